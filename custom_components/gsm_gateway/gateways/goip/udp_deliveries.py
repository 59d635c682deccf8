"""Which message a delivery report is about (GoIP 2.3, D13)."""

from collections.abc import Callable
from dataclasses import dataclass
import re

from ..clock import Clock
from ..model import SendReport, SendState
from .udp_packets import Packet

_WINDOW_SECONDS = 900.0
"""An sms_no has one byte and comes round."""
_MOST_MESSAGES = 300
_MOST_EARLY = 16
_COMPARED_DIGITS = 7
_FAILED_FROM = 64
"""TP-Status (3GPP 23.040 section 9.2.3.15): what is below is no news, but for 0."""


@dataclass(slots=True, eq=False)
class _Sent:
    """A message that was told to leave."""

    token: str
    to: str
    parts: int
    """2 where they are not known."""
    at: float
    """When (monotonic)."""
    sms_no: str = ""
    """What the box calls it, once it told."""
    under_way: bool = True
    """Whether its result is waited for."""
    ended: bool = False
    """Whether the box has told the result."""
    told: bool = False
    """Whether its delivery was reported."""
    safe: bool = False
    """Whether that report is safe."""


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A delivery report that decides something."""

    sms_no: str
    status: int
    number: str
    at: float
    acknowledge: Callable[[], None]


class Deliveries:
    """The messages of one line that delivery reports may come for."""

    def __init__(self, clock: Clock, report: Callable[[SendReport], None]) -> None:
        """Know none; `report` hears what became of them."""
        self._clock = clock
        self._report = report
        self._sent: dict[str, _Sent] = {}
        self._early: dict[str, _Delivery] = {}
        """Reports that came before the box told the number of their message."""

    def leaves(self, token: str, to: str, parts: int) -> None:
        """Note a message before it is told to leave."""
        self._forget()
        self._sent.pop(token, None)
        self._sent[token] = _Sent(token, to, parts, self._clock.monotonic())
        if len(self._sent) > _MOST_MESSAGES:
            del self._sent[next(iter(self._sent))]

    def is_open(self, token: str) -> bool:
        """Tell whether a message left whose result the box has not told."""
        sent = self._sent.get(token)
        return sent is not None and not sent.ended and not sent.told

    def taken(self, token: str, sms_no: str) -> None:
        """Note what the box calls a message; its report may have come before."""
        if (sent := self._sent.get(token)) is not None:
            sent.sms_no, sent.under_way, sent.ended = sms_no, False, True
            self._look_at_early()

    def given_up(self, token: str) -> None:
        """Note that the box did not tell what became of a message."""
        if (sent := self._sent.get(token)) is not None and sent.under_way:
            sent.under_way = False
            self._look_at_early()

    def failed(self, token: str) -> None:
        """Forget a message that did not leave."""
        self._sent.pop(token, None)
        self._look_at_early()

    def recall(self, token: str, sms_no: str, seconds_ago: float) -> None:
        """Take up a message of an earlier run."""
        if token not in self._sent and 0 <= seconds_ago < _WINDOW_SECONDS:
            at = self._clock.monotonic() - seconds_ago
            sent = _Sent(token, "", 2, at, sms_no, under_way=False)
            self._sent = {token: sent} | self._sent

    def deliver(self, packet: Packet, acknowledge: Callable[[], None]) -> None:
        """Take a delivery report; it is acknowledged when nothing is lost by that."""
        self._forget()
        status = packet.told("state") or ""
        if not re.fullmatch(r"[0-9]{1,3}", status) or 0 < int(status) < _FAILED_FROM:
            acknowledge()
            return
        delivery = _Delivery(
            packet.told("sms_no") or "",
            int(status),
            packet.told("num") or "",
            self._clock.monotonic(),
            acknowledge,
        )
        if self._tell(delivery):
            return
        if any(sent.under_way for sent in self._sent.values()):
            if len(self._early) < _MOST_EARLY or packet.number in self._early:
                self._early.setdefault(packet.number, delivery)
            return  # the box says it again, or its number comes before that
        acknowledge()

    def _tell(self, delivery: _Delivery) -> bool:
        """Report what a delivery report means, and tell whether it means anything."""
        sent = self._find(delivery)
        if sent is None:
            return False
        if sent.told:
            if sent.safe:
                delivery.acknowledge()
            return True
        sent.told, sent.under_way = True, False

        def acknowledge() -> None:
            sent.safe = True
            delivery.acknowledge()

        good = delivery.status == 0
        self._report(
            SendReport(
                token=sent.token,
                state=SendState.DELIVERED if good else SendState.FAILED,
                reason="" if good else f"TP-Status {delivery.status}",
                code=None if good else delivery.status,
                acknowledge=acknowledge,
            )
        )
        return True

    def _find(self, delivery: _Delivery) -> _Sent | None:
        """Return the message that a report is about, the newest with its number.

        One whose number was lost on the way is meant only if there is but one
        to that recipient, and no other has parts that the report could be about.
        """
        fitting = [s for s in self._sent.values() if _may_be(s.to, delivery.number)]
        numbered = [s for s in fitting if s.sms_no and s.sms_no == delivery.sms_no]
        if numbered:
            return numbered[-1]
        nameless = [s for s in fitting if not (s.sms_no or s.told)]
        others = [s for s in fitting if s not in nameless]
        if len(nameless) != 1 or any(s.parts > 1 for s in others):
            return None
        (lost,) = nameless
        return None if lost.under_way or lost.at > delivery.at else lost

    def _look_at_early(self) -> None:
        """Match the reports that came too early; those that mean nothing are let go."""
        for number, delivery in list(self._early.items()):
            found = self._find(delivery)
            if found is not None and found.at <= delivery.at:
                del self._early[number]
                self._tell(delivery)
        if not any(sent.under_way for sent in self._sent.values()):
            for delivery in self._early.values():
                delivery.acknowledge()
            self._early.clear()

    def _forget(self) -> None:
        """Forget what is too long ago."""
        end = self._clock.monotonic() - _WINDOW_SECONDS
        self._sent = {t: s for t, s in self._sent.items() if s.at > end or s.under_way}


def _may_be(to: str, number: str) -> bool:
    """Tell whether a report that names `number` can be about a message to `to`."""
    ours, told = _digits(to), _digits(number)
    if not ours or not told:
        return True
    return ours[-_COMPARED_DIGITS:] == told[-_COMPARED_DIGITS:]


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isascii() and c.isdecimal())
