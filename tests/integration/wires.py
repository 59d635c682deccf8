"""Boxes on the wire that live as fast as Home Assistant does, so that journals can be compared."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.gateways.clock import Clock
from tests.integration.boxes import box_entry, goip_data, running, yeastar_data
from tests.integration.entries import set_up, sim
from tests.simulator.core.clock import Clock as BoxClock
from tests.simulator.core.journal import SMS_ON_AIR, Entry
from tests.simulator.goip.box import GoipBox
from tests.simulator.goip.options import GoipOptions
from tests.simulator.yeastar.box import YeastarBox

type SimulatedBox = GoipBox | YeastarBox

WIRES = ("goip, web", "goip, smpp", "yeastar")
"""The ways by which a text leaves."""
RADIO = 3.0
"""Seconds that one part takes on the air."""
PACE = {"goip, web": 3.0, "goip, smpp": 3.0, "yeastar": 10.0}
"""Seconds between two SMS of one SIM, by default."""


@contextmanager
def living(scale: float) -> Iterator[None]:
    """Let Home Assistant's half live so many times as fast."""
    with patch("custom_components.gsm_gateway.messenger.Clock", lambda: Clock(scale)):
        yield


@asynccontextmanager
async def switched_on(
    hass: HomeAssistant, wire: str, scale: float, **options: Any
) -> AsyncGenerator[SimulatedBox]:
    """Run a box with two SIMs; options are those of a GoIP."""
    clock = BoxClock(scale)
    box: SimulatedBox = (
        YeastarBox(clock=clock)
        if wire == "yeastar"
        else GoipBox(GoipOptions(**options), clock=clock)
    )
    async with running(hass, box):  # type: ignore[type-var]
        yield box


def wired_entry(
    box: SimulatedBox,
    wire: str,
    *contacts: ConfigSubentryDataWithId,
    name: str = "",
    sims: int = 2,
    **settings: Any,
) -> MockConfigEntry:
    """Return an entry about a box; its SIMs, `sim1` and so on after `name`, have these settings."""
    subentries = [
        {
            **sim(
                line.number,
                operator=line.sim.operator,
                imsi=line.sim.imsi,
                iccid=line.sim.iccid,
                **settings,
            ),
            "subentry_id": f"{name}sim{line.number}",
        }
        for line in box.lines.values()
        if line.sim and line.number <= sims
    ]
    data = (
        yeastar_data(box)
        if isinstance(box, YeastarBox)
        else goip_data(box, smpp=wire == "goip, smpp")
    )
    return box_entry(box, data, subentries_data=[*subentries, *contacts])


async def connect(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set up an entry and wait for the link."""
    await set_up(hass, entry)
    await link(entry, up=True)


async def link(entry: ConfigEntry, *, up: bool) -> None:
    """Wait until a box is within reach, or is not."""
    news = asyncio.Event()
    stop = entry.runtime_data.status.async_add_listener(news.set)
    async with asyncio.timeout(30):
        while entry.runtime_data.connection.connected is not up:
            news.clear()
            await news.wait()
    stop()


def on_air(box: SimulatedBox) -> list[tuple[int | None, str, str]]:
    """Return what left the antenna: line, number, text."""
    entries = box.journal.entries(SMS_ON_AIR)
    return [(sms.line, sms["number"], sms["text"]) for sms in entries]


def seconds(since: datetime | Entry, until: Entry) -> float:
    """Return how long something took, in the box's own time."""
    begin = since.time if isinstance(since, Entry) else since
    return (until.time - begin).total_seconds()
