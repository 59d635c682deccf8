"""Whether a box is within reach, and since when it was not."""

from contextlib import suppress
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .gateways.clock import Clock
from .gateways.model import GatewayError, InvalidAuth
from .messaging import history
from .messaging.history import Gap
from .messaging.store import StoreUnavailable
from .messenger import MESSENGER

_LOGGER = logging.getLogger(__name__)

# The entries whose loss the log has; a reload between loss and return keeps it.
_LOST_TOLD: Final[HassKey[set[str]]] = HassKey(f"{DOMAIN}_lost_told")


class Connection:
    """What the link last said, told to the log once when it changes."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, clock: Clock) -> None:
        self._hass = hass
        self._entry = entry
        self._clock = clock
        self._store = hass.data[MESSENGER].store
        self._lost_told = hass.data.setdefault(_LOST_TOLD, set())
        self.connected = False
        self.refused = False
        """Whether the box refuses the credentials, so that nobody tries any more."""
        self.first = False
        """Whether nobody has ever listened to this box."""
        self.gap = Gap(since=clock.now(), until=None)
        """The present one, else the last."""

    async def async_load(self) -> None:
        """Read since when nobody listens: since the run before, if there was one."""
        with suppress(StoreUnavailable):
            self.first = not await history.gaps(self._store, self._entry.entry_id, 1)
        self.note()
        with suppress(StoreUnavailable):
            gaps = await history.gaps(self._store, self._entry.entry_id, 1)
            self.gap = next(iter(gaps), self.gap)

    @callback
    def note(self) -> None:
        """Let the log know whether we listen; it may be told again."""
        history.listening(
            self._store,
            self._entry.entry_id,
            self._clock.now(),
            connected=self.connected,
        )

    @callback
    def update(self, *, connected: bool, error: GatewayError | None) -> bool:
        """Take what the link says and return whether that changes anything."""
        if isinstance(error, InvalidAuth):
            self.refused = True
            self._entry.async_start_reauth(self._hass)
        changed = connected is not self.connected
        self.connected = connected
        if connected:
            self.refused = False
            self._back()
        else:
            self._lost(error, changed=changed)
        if changed:
            self.note()
        return changed

    @callback
    def leave(self) -> None:
        """Hear that nobody listens from now on: the entry is unloaded, or all ends."""
        if self.connected:
            self.connected = False
            self.gap = Gap(since=self._clock.now(), until=None)
            self.note()

    def _back(self) -> None:
        if self.gap.until is None:
            self.gap = Gap(since=self.gap.since, until=self._clock.now())
        if self._entry.entry_id in self._lost_told:
            _LOGGER.info("%s is connected again", self._entry.title)
        self._lost_told.discard(self._entry.entry_id)

    def _lost(self, error: GatewayError | None, *, changed: bool) -> None:
        if changed:
            self.gap = Gap(since=self._clock.now(), until=None)
        if self._entry.entry_id not in self._lost_told:
            _LOGGER.warning(
                "%s is not connected: %s",
                self._entry.title,
                str(error or "") or "no reason given",
            )
        self._lost_told.add(self._entry.entry_id)
