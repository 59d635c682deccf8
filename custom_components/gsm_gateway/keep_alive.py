"""The SMS that a SIM sends so that its operator does not take it for an unused one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from . import troubles
from .balance.upkeep import Upkeep
from .balances import Balances
from .cards import card_since, other_card
from .const import (
    CONF_KEEP_ALIVE_DAYS,
    CONF_KEEP_ALIVE_NUMBER,
    CONF_KEEP_ALIVE_TEXT,
    DOMAIN,
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
ISSUE_KEEP_ALIVE_FAILED: Final = "keep_alive_failed"
_SETTLED: Final = timedelta(days=3)
"""After which no box tells any more that an SMS went wrong; the log keeps it ten times longer."""
_DAILY: Final = timedelta(days=1)
_WEEKLY: Final = timedelta(days=7)
_ENOUGH: Final = 3
"""Failures in a row after which it is tried weekly: the operator may have charged them."""
_NOT_SENT: Final = {State.FAILED.value, State.EXPIRED.value, State.CANCELLED.value}
_WENT_OUT: Final = {State.SENT.value, State.DELIVERED.value}
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
        self._heard: list[tuple[str, str]] = []
        """Messages of ours, and what has become of them."""

    async def async_look(self) -> None:
        """Let each SIM send that has been silent for too long, at most once a day."""
        await self._async_take_heard()
        for sim in self._entry.get_subentries_of_type(SUBENTRY_SIM):
            if other_card(sim.data) is not None:
                self._last.pop(sim.subentry_id, None)
            elif _wanted(sim.data):
                await self._look_at(sim)
            else:
                await self._leave_alone(sim.subentry_id)

    @callback
    def async_hear(self, data: Mapping[str, Any]) -> bool:
        """Hear what became of an outgoing message; tell whether to look at it."""
        message_id, state = data["message_id"], data["state"]
        ours = state in _NOT_SENT | _WENT_OUT and self._sim_of(message_id) is not None
        if ours:
            self._heard.append((message_id, state))
        return ours

    @callback
    def async_tell(self) -> None:
        """Raise the issues about SIMs whose SMS keep failing, and delete all others of the box."""
        told = set()
        for sim in self._entry.get_subentries_of_type(SUBENTRY_SIM):
            line = self._lines.get(sim.subentry_id)
            if _wanted(sim.data) and line and line.enabled and self._fails(sim):
                told.add(self._raise(sim))
        troubles.async_settle(self._hass, self._begin, told)

    @callback
    def async_leave(self) -> None:
        """Tell of no SIM while the box is not set up; after the end nothing is written."""
        if self._hass.is_running:
            troubles.async_settle(self._hass, self._begin, ())

    async def _async_take_heard(self) -> None:
        while self._heard:
            await self._async_take(*self._heard.pop(0))

    async def _async_take(self, message_id: str, state: str) -> None:
        """Keep what became of an SMS of ours; it is no secret when it did not go out."""
        if (sim := self._sim_of(message_id)) is None:
            return
        sim_id = sim.subentry_id
        upkeep = self._upkeep(sim_id)
        if state in _WENT_OUT:
            upkeep = upkeep.after_success()
        elif state == State.FAILED.value:
            upkeep = upkeep.after_failure()
        if upkeep != self._upkeep(sim_id):
            await self._balances.async_keep_upkeep(sim_id, upkeep)
        if state in _NOT_SENT:
            self._complain(sim, state)

    async def _look_at(self, sim: ConfigSubentry) -> None:
        sim_id, now = sim.subentry_id, local_now(self._clock)
        silence = timedelta(days=sim.data[CONF_KEEP_ALIVE_DAYS])
        is_watched = self._upkeep(sim_id).idle_since is not None
        last = self._last.get(sim_id) if is_watched else None
        if last is None or last.on != now.date() or now - last.at >= silence:
            last = await self._async_last_sent(sim)
            await self._async_take_heard()  # before it is forgotten for a next one
        if now - last.at < silence or now.time() < LOOK_AT:
            return
        upkeep = self._upkeep(sim_id)
        if self._waits(upkeep) or not self._can_send(sim):
            return
        tried, pause = upkeep.keep_alive_on, _WEEKLY if self._fails(sim) else _DAILY
        if tried is None or not timedelta() <= now.date() - tried < pause:
            await self._async_send(sim, now.date())

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
            tried = upkeep.keep_alive_on
            if tried is not None and begun[-1].astimezone(now.tzinfo).date() >= tried:
                upkeep = upkeep.after_success()
        idle_since = max(begun, default=now.astimezone(UTC))
        upkeep = replace(upkeep, idle_since=idle_since)
        if upkeep != self._upkeep(sim_id):
            await self._balances.async_keep_upkeep(sim_id, upkeep)
        at = idle_since
        if last is not None:
            at = max(at, datetime.fromtimestamp(last, UTC))
        found = self._last[sim_id] = _LastSent(on=now.date(), at=at)
        return found

    async def _leave_alone(self, sim_id: str) -> None:
        """Forget what was watched: where it is wanted again, the days are counted anew."""
        self._last.pop(sim_id, None)
        upkeep = self._upkeep(sim_id)
        cleared = replace(upkeep, idle_since=None, keep_alive_failures=0)
        if cleared != upkeep:
            await self._balances.async_keep_upkeep(sim_id, cleared)

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

    async def _async_send(self, sim: ConfigSubentry, today: date) -> None:
        """Queue the SMS; that it is tried today is on disk before."""
        sim_id, number = sim.subentry_id, sim.data[CONF_KEEP_ALIVE_NUMBER]
        upkeep = self._upkeep(sim_id).before_try(today, number)
        if not await self._balances.async_keep_upkeep(sim_id, upkeep):
            return self._complain(sim, "the disk takes nothing")
        treatment = Treatment(
            route=Route(order=(sim_id,)),
            priority=Priority.NORMAL,
            expire_after=EXPIRY[Priority.NORMAL],
        )
        text = sim.data.get(CONF_KEEP_ALIVE_TEXT) or DEFAULT_TEXT
        try:
            (message,) = await async_send(self._hass, [number], text, treatment, None)
        except HomeAssistantError as error:
            return self._complain(sim, error.translation_key or "refused")
        _LOGGER.info("%s sends an SMS to stay alive", self._name(sim_id))
        sent = replace(self._upkeep(sim_id), keep_alive_id=message.message_id)
        await self._balances.async_keep_upkeep(sim_id, sent)
        return None

    def _complain(self, sim: ConfigSubentry, why: str) -> None:
        _LOGGER.warning(
            "%s could not send the SMS that keeps it alive (%s); it tries again %s",
            self._name(sim.subentry_id),
            why,
            "in a week" if self._fails(sim) else "tomorrow",
        )

    def _fails(self, sim: ConfigSubentry) -> bool:
        """Tell whether enough SMS to the number of the settings have failed."""
        number: str | None = sim.data.get(CONF_KEEP_ALIVE_NUMBER)
        return self._upkeep(sim.subentry_id).failures(number) >= _ENOUGH

    def _raise(self, sim: ConfigSubentry) -> str:
        """Raise the issue about a SIM, and return its id."""
        issue_id = f"{self._begin}{sim.subentry_id}"
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE_KEEP_ALIVE_FAILED,
            translation_placeholders={"sim": self._name(sim.subentry_id)},
        )
        return issue_id

    @property
    def _begin(self) -> str:
        return f"{ISSUE_KEEP_ALIVE_FAILED}_{self._entry.entry_id}_"

    def _sim_of(self, message_id: str) -> ConfigSubentry | None:
        """Return the SIM that a message is to keep alive."""
        sims = self._entry.get_subentries_of_type(SUBENTRY_SIM)
        return next(
            (
                sim
                for sim in sims
                if self._upkeep(sim.subentry_id).keep_alive_id == message_id
            ),
            None,
        )

    def _upkeep(self, sim_id: str) -> Upkeep:
        return self._balances.known(sim_id).upkeep

    def _name(self, sim_id: str) -> str:
        return device_name(self._hass, self._entry, sim_id)


def _wanted(settings: Mapping[str, Any]) -> bool:
    return bool(
        settings.get(CONF_KEEP_ALIVE_DAYS) and settings.get(CONF_KEEP_ALIVE_NUMBER)
    )
