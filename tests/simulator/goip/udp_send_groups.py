"""Groups of the send dialogue: a text, and the numbers that it goes to (device file 2.4)."""

from dataclasses import dataclass, field

from ..core.clock import Clock
from ..core.outgoing import Outgoing, Sms

LIMIT = 5
"""Open groups per box, not per line."""


@dataclass
class Sending:
    """One SEND: the SMS that it made, and what the server was answered.

    `owes_receipt`: a DELIVER will tell the end again.
    """

    sms: Sms
    answer: bytes = b""
    running: bool = True
    owes_receipt: bool = False


@dataclass
class Group:
    """A text that MSG has opened; `trusted` once its password was right."""

    line: int
    sendid: int
    text: bytes
    touched: float = 0.0
    trusted: bool = False
    sends: dict[int, Sending] = field(default_factory=dict)

    @property
    def is_sending(self) -> bool:
        """Whether one of its SMS is not out yet."""
        return any(sending.running for sending in self.sends.values())


class SendGroups:
    """The open groups of a box; idle ones are dropped."""

    def __init__(self, clock: Clock, outgoing: Outgoing) -> None:
        """Begin without any."""
        self._clock = clock
        self._outgoing = outgoing
        self._open: dict[tuple[int, int], Group] = {}

    def find(self, line: int, sendid: int, patience: float) -> Group | None:
        """Return an open group and note that it is in use.

        Groups that nobody used for `patience` simulated seconds are dropped first.
        """
        now = self._clock.monotonic()
        for group in list(self._open.values()):
            if not group.is_sending and now - group.touched >= patience:
                self.close(group.line, group.sendid)
        found = self._open.get((line, sendid))
        if found is not None:
            found.touched = now
        return found

    def open(self, line: int, sendid: int, text: bytes) -> Group | None:
        """Open a group, or begin one anew; None when too many are open."""
        self.close(line, sendid)
        if len(self._open) >= LIMIT:
            return None
        group = Group(line, sendid, text, self._clock.monotonic())
        self._open[line, sendid] = group
        return group

    def text_of(self, line: int, sendid: int) -> bytes:
        """Return the text of a group, empty for none; this is no use of it."""
        group = self._open.get((line, sendid))
        return group.text if group else b""

    def touch(self, group: Group) -> None:
        """Note that a group is in use."""
        group.touched = self._clock.monotonic()

    def close(self, line: int, sendid: int) -> None:
        """Close a group, if it is open; answers that never reached the wire can no longer."""
        group = self._open.pop((line, sendid), None)
        for sending in group.sends.values() if group else ():
            told = sending.sms.serial not in self._outgoing.open
            if sending.answer and not told and not sending.owes_receipt:
                self._outgoing.untold(sending.sms, "datagram lost")

    def clear(self) -> None:
        """Forget every group."""
        self._open.clear()
