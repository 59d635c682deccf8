"""What to set in a GoIP, and hearing which of its lines call meanwhile."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
import socket
from typing import Any

from homeassistant.components import network
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import UNDEFINED
from homeassistant.util.network import is_ipv4_address

from .const import CONF_HTTP_PORT, CONF_TLS, CONF_UDP_PASSWORD
from .flow_udp_form import line_ids
from .gateways.goip import GoipSettings
from .gateways.goip.sms_server import SmsServer, Trial

LISTEN_SECONDS = 120.0
"""A keepalive comes every 30 seconds, and the box takes a minute to restart."""

RESOLVE_SECONDS = 5.0

CALLED = "✓"
WRONG_PASSWORD = "✗"
WAITED_FOR = "…"
NOTHING = "–"

_LONGEST_SHOWN = 32
_TURN_SECONDS = 0.01
_TURNS = 200
"""To open a port takes two or three."""


class Listening:
    """Answers the lines of a box on trial, until all have called or time is up.

    What was heard stays known afterwards.
    """

    def __init__(
        self,
        server: SmsServer,
        udp: Mapping[str, Any],
        sims: Collection[int],
        address: str,
    ) -> None:
        """Prepare; lines with a SIM are waited for, all where none has one."""
        self.over = False
        """Whether time is up."""
        self._server = server
        self._address = address
        self._ids = line_ids(udp)
        self._password: str = udp[CONF_UDP_PASSWORD]
        wanted = {text for line, text in self._ids.items() if line in sims}
        self._wanted = wanted or {*self._ids.values()}
        self._heard: set[str] = set()
        self._changed = asyncio.Event()
        self._deadline = 0.0
        self._trial: Trial

    @contextmanager
    def listen(self) -> Iterator[None]:
        """Answer the lines; may be entered again."""
        ids = frozenset(self._ids.values())
        self._deadline = asyncio.get_running_loop().time() + LISTEN_SECONDS
        self.over = False
        with self._server.watch(ids, self._password, self._changed.set) as self._trial:
            yield
        self._heard |= self.called

    async def is_open(self) -> bool:
        """Tell whether the port can be had."""
        for _ in range(_TURNS):
            if self._server.bound_port is not None or self._server.trouble is not None:
                break
            await asyncio.sleep(_TURN_SECONDS)
        return self._server.bound_port is not None

    async def wait(self) -> None:
        """Wait until something new was heard, or time is up."""
        try:
            async with asyncio.timeout_at(self._deadline):
                await self._changed.wait()
        except TimeoutError:
            self.over = True
        self._changed.clear()

    @property
    def called(self) -> set[str]:
        """The ids that have called."""
        return self._heard | self._trial.called.keys()

    @property
    def complete(self) -> bool:
        """Whether all lines that are waited for have called."""
        return self._wanted <= self.called

    @property
    def strangers(self) -> list[str]:
        """The ids that call from the address of the box and that nobody knows."""
        return sorted(self._trial.strange.get(self._address, ()))

    @property
    def rows(self) -> str:
        """The lines as the rows of a table: number, id, whether it has called."""
        return "\n".join(
            f"| {line} | {shown(text)} | {self._mark(text)} |"
            for line, text in self._ids.items()
        )

    def _mark(self, line_id: str) -> str:
        if line_id in self.called:
            return CALLED
        if line_id in self._trial.wrong_password:
            return WRONG_PASSWORD
        return WAITED_FOR if line_id in self._wanted else NOTHING


def shown(text: str) -> str:
    """Return a text from the network as code, so that nothing in it is taken as markup."""
    letters = (each for each in text if each.isprintable() and each not in "`|")
    plain = "".join(letters).strip()[:_LONGEST_SHOWN]
    return f"`{plain}`" if plain else NOTHING


async def async_box_address(hass: HomeAssistant, host: str) -> str:
    """Return the address that a box's packets should come from; its name if it has none."""
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await hass.loop.getaddrinfo(
                host, None, family=socket.AF_INET, type=socket.SOCK_DGRAM
            )
    except OSError:  # or time is up
        return host
    return str(found[0][4][0])


async def async_own_address(hass: HomeAssistant, address: str) -> str:
    """Return the address of Home Assistant in the network of a box."""
    target = address if is_ipv4_address(address) else UNDEFINED
    return await network.async_get_source_ip(hass, target)


def settings_page(data: Mapping[str, Any]) -> str:
    """Return the address of the box's page about its SMS server (GoIP 1.7)."""
    settings = GoipSettings(
        host=data[CONF_HOST],
        http_port=data[CONF_HTTP_PORT],
        tls=data[CONF_TLS],
        username="",
        password="",
    )
    return str(settings.pages_url / "config.html" % {"type": "sms"})
