"""Delivery receipts: what they say, and of which message (GoIP section 3, D7)."""

from collections.abc import Iterator
from dataclasses import dataclass
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
_MOST_OPEN = 500


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


class OpenMessages:
    """The messages of one line whose receipts may still come."""

    def __init__(self) -> None:
        """Start with none."""
        self._tokens: dict[str, str] = {}

    def add(self, message_id: str, token: str) -> None:
        """Note a message that the box took.

        A box that has started anew counts from the beginning: the same id
        then means the newer message.
        """
        self._tokens.pop(message_id, None)
        self._tokens[message_id] = token
        if len(self._tokens) > _MOST_OPEN:
            del self._tokens[next(iter(self._tokens))]

    def find(self, receipt: Receipt) -> str | None:
        """Return the token of the oldest message that a receipt may mean.

        Boxes differ in whether either id is decimal or hexadecimal.
        """
        return next((self._tokens[each] for each in self._fitting(receipt)), None)

    def close(self, receipt: Receipt) -> None:
        """Forget the message that `find` found."""
        if (message_id := next(self._fitting(receipt), None)) is not None:
            del self._tokens[message_id]

    def _fitting(self, receipt: Receipt) -> Iterator[str]:
        told = _readings(receipt.message_id)
        return (each for each in self._tokens if told & _readings(each))


def _readings(message_id: str) -> frozenset[str | int]:
    """Return the id as it is, and what it may count."""
    readings: set[str | int] = {message_id.lower()}
    if re.fullmatch(r"[0-9a-fA-F]{1,32}", message_id):
        readings.add(int(message_id, 16))
        if message_id.isdecimal():
            readings.add(int(message_id))
    return frozenset(readings)
