"""The sockets that GoIPs push to: one per port, shared by all boxes that use it."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import CONF_ADDRESS, CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.discovery_flow import async_create_flow
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

from . import troubles
from .const import CONF_UDP, DOMAIN
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


@callback
def known_server(hass: HomeAssistant, port: int) -> SmsServer | None:
    """Return the socket of a port if it was ever asked for."""
    return hass.data.get(_SERVERS, {}).get(port)


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
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed)

    @callback
    def async_strangers(self, strangers: Mapping[str, Stranger]) -> None:
        """Hear which addresses call with ids that nobody has registered."""
        self._calling = frozenset(strangers)
        for address in self._offered - self._calling:
            self._withdraw(address)
        self._offered &= self._calling
        self._offer()

    @callback
    def _begin(self, _hass: HomeAssistant) -> None:
        self._started = True
        self._offer()

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Look again when a box is loaded, removed, or not ignored any more."""
        if entry.domain != DOMAIN:
            return
        if change is ConfigEntryChange.REMOVED:
            self._offered.clear()
        self._offer()

    def _offer(self) -> None:
        if not self._started:
            return
        for address in sorted(self._calling - self._offered):
            if self._open() >= MOST_DISCOVERED:
                return
            if self._is_settled(address):
                continue
            self._offered.add(address)
            async_create_flow(
                self._hass,
                DOMAIN,
                context={"source": SOURCE_INTEGRATION_DISCOVERY},
                data=self._data(address),
            )

    def _withdraw(self, address: str) -> None:
        """Take back the offer of a box that has been added, or calls no more."""
        data = self._data(address)
        self._hass.config_entries.flow.async_dismiss_discovery_flows(
            dict, lambda offered: offered == data
        )

    def _data(self, address: str) -> dict[str, Any]:
        """Return what the flow that offers a box begins with."""
        return {CONF_ADDRESS: address, CONF_PORT: self._port}

    def _is_settled(self, address: str) -> bool:
        """Tell whether a box is known, ignored, or called where it is not looked for.

        While no box that pushes is loaded, somebody is setting up the first one.
        """
        entries = self._hass.config_entries.async_entries(DOMAIN)
        pushing = any(
            entry.state is ConfigEntryState.LOADED and entry.data.get(CONF_UDP)
            for entry in entries
        )
        return not pushing or any(
            entry.data.get(CONF_HOST) == address
            or (
                entry.source == SOURCE_IGNORE
                and entry.unique_id == discovery_id(address)
            )
            for entry in entries
        )

    def _open(self) -> int:
        """Return how many discovered boxes wait for the user."""
        flows: list[Any] = self._hass.config_entries.flow.async_progress_by_handler(
            DOMAIN,
            include_uninitialized=True,
            match_context={"source": SOURCE_INTEGRATION_DISCOVERY},
        )
        return len(flows)
