"""The sockets that GoIPs push to: one per port, shared by all boxes that use it."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntryState,
)
from homeassistant.const import CONF_ADDRESS, CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.discovery_flow import async_create_flow
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

from . import troubles
from .const import DOMAIN
from .gateways.goip.sms_server import SmsServer, Stranger
from .messenger import MESSENGER

MOST_DISCOVERED: Final = 5
"""Discovered boxes that wait for the user at one time."""

_SERVERS: Final[HassKey[dict[int, SmsServer]]] = HassKey(f"{DOMAIN}_sms_servers")


@callback
def server_for(hass: HomeAssistant, port: int) -> SmsServer:
    """Return the socket of a port; it is open while somebody is registered with it."""
    servers = hass.data.setdefault(_SERVERS, {})
    if port not in servers:
        server = SmsServer(port, hass.data[MESSENGER].clock)
        server.on_trouble = partial(troubles.async_udp_port, hass, port)
        server.on_strangers = Discovery(hass, port).async_strangers
        servers[port] = server
    return servers[port]


def discovery_id(address: str) -> str:
    """Return what an unknown box is known by until it was added, or ignored."""
    return f"{DOMAIN}_udp_{address}"


class Discovery:
    """Offers boxes that call, and that nobody has added, to the user: each of them once."""

    def __init__(self, hass: HomeAssistant, port: int) -> None:
        """Offer nothing before Home Assistant has started."""
        self._hass = hass
        self._port = port
        self._calling: frozenset[str] = frozenset()
        self._offered: set[str] = set()
        self._started = False
        async_at_started(hass, self._begin)

    @callback
    def async_strangers(self, strangers: Mapping[str, Stranger]) -> None:
        """Hear which addresses call with ids that nobody has registered."""
        self._calling = frozenset(strangers)
        self._offered &= self._calling
        if self._started:
            self._offer()

    @callback
    def _begin(self, _hass: HomeAssistant) -> None:
        self._started = True
        self._offer()

    def _offer(self) -> None:
        for address in sorted(self._calling - self._offered - self._settled()):
            if self._open() >= MOST_DISCOVERED:
                return
            self._offered.add(address)
            async_create_flow(
                self._hass,
                DOMAIN,
                context={"source": SOURCE_INTEGRATION_DISCOVERY},
                data={CONF_ADDRESS: address, CONF_PORT: self._port},
            )

    def _settled(self) -> set[str]:
        """Return the addresses that the user has decided about."""
        entries = self._hass.config_entries.async_entries(DOMAIN)
        ignored = {e.unique_id for e in entries if e.source == SOURCE_IGNORE}
        hosts = {
            e.data.get(CONF_HOST) for e in entries if e.state is ConfigEntryState.LOADED
        }
        return {
            address
            for address in self._calling
            if address in hosts or discovery_id(address) in ignored
        }

    def _open(self) -> int:
        """Return how many discovered boxes wait for the user."""
        flows: list[Any] = self._hass.config_entries.flow.async_progress_by_handler(
            DOMAIN,
            include_uninitialized=True,
            match_context={"source": SOURCE_INTEGRATION_DISCOVERY},
        )
        return len(flows)
