"""Home Assistant and a GoIP whose lines call it by UDP, in one process on one fast time."""

from argparse import ArgumentParser
import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sized
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
import logging
import sys
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip.sms_server import SmsServer
from custom_components.gsm_gateway.sms_servers import server_for
from tests.integration.boxes import box_entry, call_home, goip_data, udp_data
from tests.integration.entries import sim
from tests.integration.restarting import kept, running_in
from tests.integration.wires import link
from tests.polling import until
from tests.simulator.core.clock import Clock as BoxClock
from tests.simulator.core.journal import Journal
from tests.simulator.goip.box import GoipBox, default_lines
from tests.simulator.goip.options import GoipOptions

from .timing import Timing


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """Both sides, and how to wait for them."""

    hass: HomeAssistant
    entry: ConfigEntry
    box: GoipBox

    @property
    def journal(self) -> Journal:
        """What the box knows."""
        return self.box.journal

    async def sleep(self, seconds: float) -> None:
        """Wait so many of the fast seconds."""
        await self.box.clock.sleep(seconds)

    async def until(self, met: Callable[[], object], seconds: float) -> bool:
        """Wait for something, but for so many of the fast seconds at most."""
        clock = self.box.clock
        end = clock.monotonic() + seconds
        while not met() and clock.monotonic() < end:
            await clock.sleep(min(1.0, clock.scale / 100))
        return bool(met())


@asynccontextmanager
async def house(
    lines: int,
    scale: float = 1.0,
    *,
    sims: dict[str, Any] | None = None,
    **options: Any,
) -> AsyncGenerator[House]:
    """Run both, all lines having a SIM with these settings; the box is within reach.

    Options are those of the box; what they break begins once all is set up.
    """
    timing = Timing.from_now(scale)
    clock: BoxClock = timing.set_clock(BoxClock(scale))
    box = GoipBox(
        GoipOptions(smpp=False, **options), default_lines(lines, lines), clock=clock
    )
    ids = [f"home-{number}" for number in box.lines]
    with ExitStack() as patches, TemporaryDirectory() as folder:
        patches.enter_context(
            patch(
                "custom_components.gsm_gateway.messenger.Clock",
                lambda: timing.set_clock(Clock(scale)),
            )
        )
        patches.enter_context(
            patch(
                "custom_components.gsm_gateway.sms_servers.SmsServer",
                partial(SmsServer, host="127.0.0.1"),
            )
        )
        async with box:
            data = goip_data(box, smpp=False) | {"udp": udp_data(0, udp_ids=ids)}
            numbered = [sim(number, **(sims or {})) for number in box.lines]
            known = box_entry(box, data, subentries_data=numbered)
            async with running_in(folder) as hass:
                frame.async_setup(hass)
                entry = kept(known)
                entry.add_to_hass(hass)
                assert await hass.config_entries.async_setup(entry.entry_id)
                server = server_for(hass, 0)
                await until(lambda: server.bound_port)
                await call_home(box, server.bound_port or 0)
                await link(entry, up=True)
                yield House(hass=hass, entry=entry, box=box)


def quiet() -> None:
    """Let a program log warnings only."""
    logging.basicConfig(level=logging.WARNING)


class Outcome(Protocol):
    """What a run found."""

    @property
    def failures(self) -> Sized:
        """The promises that were broken."""

    def tell(self) -> str:
        """Return the figures."""


def command[S](
    run: Callable[[S], Coroutine[Any, Any, Outcome]],
    usual: S,
    help_: Mapping[str, str],
    doc: str | None,
) -> None:
    """Run with the settings of the command line; end with 1 if a promise was broken."""
    parser = ArgumentParser(description=doc)
    for name, words in help_.items():
        value = getattr(usual, name)
        parser.add_argument(f"--{name}", type=type(value), default=value, help=words)
    quiet()
    settings = type(usual)(**vars(parser.parse_args()))
    print(settings)
    outcome = asyncio.run(run(settings))
    print(outcome.tell())
    sys.exit(bool(outcome.failures))
