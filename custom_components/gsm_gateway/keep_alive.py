"""The SMS that a SIM sends so that its operator does not take it for an unused one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .balance.upkeep import Upkeep
from .balances import Balances
from .cards import card_since, other_card
from .const import (
    CONF_KEEP_ALIVE_DAYS,
    CONF_KEEP_ALIVE_NUMBER,
    CONF_KEEP_ALIVE_TEXT,
    SUBENTRY_SIM,
)
from .devices import device_name
from .gateways.model import SendState
from .lapsing import LOOK_AT, local_now
from .messaging.line import Line
from .messaging.messages import Priority, Route, State
from .messaging.store import StoreUnavailable
from .messenger import MESSENGER
from .sending import EXPIRY, Treatment, async_send

_LOGGER = logging.getLogger(__name__)

DEFAULT_TEXT: Final = "Hello"
_SETTLED: Final = timedelta(days=3)
"""After which no box tells any more that an SMS went wrong; the log keeps it ten times longer."""
_NOT_SENT: Final = {State.FAILED.value, State.EXPIRED.value, State.CANCELLED.value}
_LAST: Final = """
    SELECT max(handed_at), max(CASE WHEN handed_at <= ? THEN handed_at END)
    FROM sent_piece
    WHERE line_id = ? AND handed_at > ? AND handed_at <= ? AND state IS NOT ?
"""
_EVER: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class _LastSent:
    """When a SIM sent its last SMS, as it was found on a day."""

    on: date
    at: datetime


class KeepAlive:
    """Lets the SIMs of one box send an SMS after days of silence, where the user wants it."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        lines: Mapping[str, Line],
        balances: Balances,
    ) -> None:
        """Look at nothing yet."""
        self._hass = hass
        self._entry = entry
        self._lines = lines
        self._balances = balances
        self._messenger = hass.data[MESSENGER]
        self._clock = self._messenger.clock
        self._last: dict[str, _LastSent] = {}

    async def async_look(self) -> None:
        """Let each SIM send that has been silent for too long, at most once a day."""
        for sim in self._entry.get_subentries_of_type(SUBENTRY_SIM):
            if other_card(sim.data) is not None:
                self._last.pop(sim.subentry_id, None)
            elif _wanted(sim.data):
                await self._look_at(sim)
            else:
                await self._leave_alone(sim.subentry_id)

    @callback
    def async_hear(self, data: Mapping[str, Any]) -> None:
        """Hear what became of an outgoing message: one of ours is no secret when it fails."""
        if data["state"] not in _NOT_SENT:
            return
        for sim in self._entry.get_subentries_of_type(SUBENTRY_SIM):
            if self._upkeep(sim.subentry_id).keep_alive_id == data["message_id"]:
                self._complain(sim.subentry_id, data["state"])

    async def _look_at(self, sim: ConfigSubentry) -> None:
        sim_id, now = sim.subentry_id, local_now(self._clock)
        silence = timedelta(days=sim.data[CONF_KEEP_ALIVE_DAYS])
        is_watched = self._upkeep(sim_id).idle_since is not None
        last = self._last.get(sim_id) if is_watched else None
        if last is None or last.on != now.date() or now - last.at >= silence:
            last = await self._async_last_sent(sim)
        if now - last.at < silence or now.time() < LOOK_AT:
            return
        upkeep = self._upkeep(sim_id)
        if upkeep.keep_alive_on == now.date() or self._waits(upkeep):
            return
        if self._can_send(sim):
            await self._async_send(sim, replace(upkeep, keep_alive_on=now.date()))

    async def _async_last_sent(self, sim: ConfigSubentry) -> _LastSent:
        """Return when a SIM sent last; what is known of it outlives the message log.

        What was noted while the clock was ahead does not count.
        """
        sim_id, now = sim.subentry_id, local_now(self._clock)
        since = card_since(sim.data) or _EVER
        values = (
            (now - _SETTLED).timestamp(),
            sim_id,
            since.timestamp(),
            now.timestamp(),
            SendState.FAILED.value,
        )
        try:
            last, settled = await self._messenger.store.read(
                lambda log: log.execute(_LAST, values).fetchone()
            )
        except StoreUnavailable:
            last = settled = None
        upkeep = self._upkeep(sim_id)
        known = upkeep.idle_since
        begun = [known] if known and known <= now else []
        if settled is not None:
            begun.append(datetime.fromtimestamp(settled, UTC))
        idle_since = max(begun, default=now.astimezone(UTC))
        if idle_since != known:
            await self._balances.async_keep_upkeep(
                sim_id, replace(upkeep, idle_since=idle_since)
            )
        at = idle_since
        if last is not None:
            at = max(at, datetime.fromtimestamp(last, UTC))
        found = self._last[sim_id] = _LastSent(on=now.date(), at=at)
        return found

    async def _leave_alone(self, sim_id: str) -> None:
        """Forget what was watched: where it is wanted again, the days are counted anew."""
        self._last.pop(sim_id, None)
        upkeep = self._upkeep(sim_id)
        if upkeep.idle_since is not None:
            await self._balances.async_keep_upkeep(
                sim_id, replace(upkeep, idle_since=None)
            )

    def _can_send(self, sim: ConfigSubentry) -> bool:
        line = self._lines.get(sim.subentry_id)
        return (
            line is not None
            and line.enabled
            and line.connected
            and line.registered is not False
            and not line.alarms_only
        )

    def _waits(self, upkeep: Upkeep) -> bool:
        """Tell whether the last SMS that keeps the SIM alive has not left yet."""
        message = self._messenger.outbox.get(upkeep.keep_alive_id or "")
        return message is not None and message.state in (State.QUEUED, State.SENDING)

    async def _async_send(self, sim: ConfigSubentry, upkeep: Upkeep) -> None:
        """Queue the SMS; that it is tried today is on disk before."""
        sim_id = sim.subentry_id
        upkeep = replace(upkeep, keep_alive_id=None)
        if not await self._balances.async_keep_upkeep(sim_id, upkeep):
            return self._complain(sim_id, "the disk takes nothing")
        treatment = Treatment(
            route=Route(order=(sim_id,)),
            priority=Priority.NORMAL,
            expire_after=EXPIRY[Priority.NORMAL],
        )
        number = sim.data[CONF_KEEP_ALIVE_NUMBER]
        text = sim.data.get(CONF_KEEP_ALIVE_TEXT) or DEFAULT_TEXT
        try:
            (message,) = await async_send(self._hass, [number], text, treatment, None)
        except HomeAssistantError as error:
            return self._complain(sim_id, error.translation_key or "refused")
        _LOGGER.info("%s sends an SMS to stay alive", self._name(sim_id))
        sent = replace(self._upkeep(sim_id), keep_alive_id=message.message_id)
        await self._balances.async_keep_upkeep(sim_id, sent)
        return None

    def _complain(self, sim_id: str, why: str) -> None:
        _LOGGER.warning(
            "%s could not send the SMS that keeps it alive (%s); it tries again tomorrow",
            self._name(sim_id),
            why,
        )

    def _upkeep(self, sim_id: str) -> Upkeep:
        return self._balances.known(sim_id).upkeep

    def _name(self, sim_id: str) -> str:
        return device_name(self._hass, self._entry, sim_id)


def _wanted(settings: Mapping[str, Any]) -> bool:
    return bool(
        settings.get(CONF_KEEP_ALIVE_DAYS) and settings.get(CONF_KEEP_ALIVE_NUMBER)
    )
