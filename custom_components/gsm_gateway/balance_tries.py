"""Answers to balance codes that were tried, until the settings they belong to are saved."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.util.hass_dict import HassKey

from .balance_store import KeptAnswer
from .const import CONF_BALANCE_CODE, CONF_CHANNEL, DOMAIN
from .gateways.clock import Clock
from .messaging.messages import ReceivedMessage
from .ussd_path import join_path, split_path

KEPT: Final = 3600.0
"""Seconds after which what was tried is old: the next question tells more."""
_MESSAGES: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Try:
    """What came of a code that somebody tried on a port."""

    code: str
    asked: datetime
    """When it was dialled."""
    answer: KeptAnswer = field(repr=False)
    since: float
    """When the answer came, in monotonic seconds."""
    messages: deque[ReceivedMessage] = field(
        default_factory=lambda: deque(maxlen=_MESSAGES), repr=False
    )
    """What the port has received since: the balance may come as an SMS."""


type _Port = tuple[str, int]
"""The entry id of a box, and a channel."""


class Tries:
    """The last answer of each port of all boxes; it outlives a reload, and no restart."""

    def __init__(self, clock: Clock) -> None:
        """Begin without any."""
        self._clock = clock
        self._last: dict[_Port, Try] = {}
        self._saved: dict[_Port, Try] = {}

    @callback
    def keep(self, entry_id: str, channel: int, tried: Try) -> None:
        """Remember an answer, for the case that its code is saved."""
        self._forget_old()
        self._last[entry_id, channel] = tried

    @callback
    def hear(self, entry_id: str, message: ReceivedMessage) -> None:
        """Remember an SMS that may be the answer to the code that was tried on its port."""
        self._forget_old()
        if tried := self._last.get((entry_id, message.channel)):
            tried.messages.append(message)

    @callback
    def save(self, entry_id: str, channel: int, tried: Try) -> None:
        """Hand over an answer whose code is being saved; the SIM takes it."""
        self._forget_old()
        if self._is_new(tried):
            self._saved[entry_id, channel] = tried

    @callback
    def take(self, entry_id: str, sim: ConfigSubentry) -> Try | None:
        """Return what was handed over for a SIM as it is now, once."""
        self._forget_old()
        port = entry_id, sim.data[CONF_CHANNEL]
        if (tried := self._saved.pop(port, None)) is None:
            return None
        self._last.pop(port, None)
        code = split_path(sim.data.get(CONF_BALANCE_CODE) or "")
        return tried if tried.code == join_path(code) else None

    def _forget_old(self) -> None:
        self._last = self._new_of(self._last)
        self._saved = self._new_of(self._saved)

    def _new_of(self, tries: dict[_Port, Try]) -> dict[_Port, Try]:
        return {port: tried for port, tried in tries.items() if self._is_new(tried)}

    def _is_new(self, tried: Try) -> bool:
        return self._clock.monotonic() < tried.since + KEPT


TRIES: HassKey[Tries] = HassKey(f"{DOMAIN}_tries")

"""There once a box was set up."""
