"""Delivery receipts: what they say, and of which message (GoIP section 3, D7)."""

from dataclasses import dataclass
from enum import Enum
from math import nan
import re

from ..model import SendReport, SendState
from .smpp_pdu import Deliver

_SHAPE = re.compile(
    r"id:(\S{1,64}) sub:\S{0,10} dlvrd:\S{0,10} submit date:\S{0,20} "
    r"done date:\S{0,20} stat:([A-Z]{1,10}) err:(\S{0,10})(?: |$)",
    re.IGNORECASE,
)
_MESSAGE_ID, _MESSAGE_STATE = 0x001E, 0x0427
_TLV_STATES = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}
_FINAL = {
    "DELIVRD": SendState.DELIVERED,
    "UNDELIV": SendState.FAILED,
    "EXPIRED": SendState.FAILED,
    "REJECTD": SendState.FAILED,
    "DELETED": SendState.FAILED,
}
"""Other states change nothing."""
_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says."""

    message_id: str
    state: str
    error: str = ""

    def report(self, token: str) -> SendReport | None:
        """Return the news of a message, if it is any."""
        state = _FINAL.get(self.state.upper())
        if state is None:
            return None
        if state is SendState.DELIVERED:
            return SendReport(token=token, state=state)
        code = int(self.error) if re.fullmatch(r"[0-9]{1,9}", self.error) else None
        reason = f"{self.state} err:{self.error}" if self.error else self.state
        return SendReport(token=token, state=state, reason=reason, code=code)


def read_receipt(deliver: Deliver) -> Receipt | None:
    """Return the receipt that a `deliver_sm` is or may be, None without one."""
    text = deliver.message.decode("latin-1")
    if match := _SHAPE.match(text.lstrip()):
        return Receipt(*match.groups())
    state = _TLV_STATES.get(int.from_bytes(deliver.tlvs.get(_MESSAGE_STATE, b"")))
    message_id = deliver.tlvs.get(_MESSAGE_ID, b"").rstrip(b"\0").decode("latin-1")
    return Receipt(message_id, state) if state and message_id else None


class _Relation(Enum):
    """How a box spells the id of one message in its answer and in its receipt."""

    SAME = "both alike"
    HEX_RECEIPT = "decimal, then hexadecimal"
    HEX_ANSWER = "hexadecimal, then decimal"


@dataclass(slots=True)
class Spelling:
    """How one box spells ids, learned by any of its lines."""

    usual: _Relation | None = None
    """There once a receipt could only be read in one way."""


@dataclass(slots=True)
class SentMessage:
    """A message that the box took."""

    token: str
    is_final: bool = False
    """Its last receipt has come."""


class SentMessages:
    """The last messages of one line, to find those that receipts are about."""

    def __init__(self, spelling: Spelling) -> None:
        """Start with none; `spelling` is shared by all lines of a box."""
        self._messages: dict[str, SentMessage] = {}
        self._spelling = spelling

    def add(self, message_id: str, token: str) -> None:
        """Note a message that the box took.

        A box that has started anew counts from the beginning: the same id
        then means the newer message.
        """
        self._messages.pop(message_id, None)
        self._messages[message_id] = SentMessage(token)
        if len(self._messages) > _REMEMBERED:
            del self._messages[next(iter(self._messages))]

    def recall(self, message_id: str, token: str) -> None:
        """Note a message of an earlier run, unless a newer one has its id."""
        if message_id not in self._messages:
            self.add(message_id, token)

    def find(self, receipt: Receipt) -> SentMessage | None:
        """Return the message that a receipt means, the newest open one if it may be several.

        Receipts come soon, or perhaps never: what is open for long is less likely meant.
        """
        found = [
            (relations, message)
            for message_id, message in self._messages.items()
            if (relations := _relations(message_id, receipt.message_id))
        ]
        waiting = [each for each in found if not each[1].is_final] or found
        if len(found) == 1 and len(found[0][0]) == 1:
            (self._spelling.usual,) = found[0][0]
        usual = [each for each in waiting if self._spelling.usual in each[0]]
        return next((message for _, message in reversed(usual or waiting)), None)


def _relations(answered: str, told: str) -> set[_Relation]:
    """Return in which ways two ids may be the same one."""
    found = set()
    if answered.lower() == told.lower() or _number(answered, 10) == _number(told, 10):
        found.add(_Relation.SAME)
    if _number(answered, 10) == _number(told, 16):
        found.add(_Relation.HEX_RECEIPT)
    if _number(answered, 16) == _number(told, 10):
        found.add(_Relation.HEX_ANSWER)
    return found


def _number(message_id: str, base: int) -> int | float:
    """Return what an id counts, NaN (equal to nothing) if it is no number."""
    digits = r"[0-9]{1,32}" if base == 10 else r"[0-9a-fA-F]{1,32}"
    return int(message_id, base) if re.fullmatch(digits, message_id) else nan
