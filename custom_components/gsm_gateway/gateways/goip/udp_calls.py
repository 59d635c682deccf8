"""Voice calls that ring, each told once, from the packets that speak of them (GoIP 2.3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
import re

from ..clock import Clock
from ..model import ChannelStatus, IncomingCall, LineState
from .udp_packets import Packet
from .udp_status import read_line_state

_REPEATED_WITHIN = 60.0
"""Seconds in which a packet with the same number is the same one."""
_MOST_REMEMBERED = 64
_RINGS_AT_MOST = 120.0
"""After so long another INCOMING is another call, though the end of the first was lost."""
_AFTER_THE_END = 3.0
"""Seconds after the end of a call in which its RECORD may still come."""
_COMPARED_DIGITS = 7
_INCOMING = "1"
_HANGUP_NUMBER = re.compile(r",\s?cause\s?:", re.IGNORECASE)


@dataclass(slots=True)
class _Ring:
    """The last call that rang, and which kinds of packets have told of it."""

    caller: str
    told_by: set[str] = field(default_factory=set)
    heard: float = -inf
    """When (monotonic) a packet told of it."""
    ended: float | None = None

    def is_by(self, caller: str) -> bool:
        """Tell whether it may be a call of this caller; some packets do not name them."""
        ours, theirs = _tail(self.caller), _tail(caller)
        return ours == theirs or not ours or not theirs


class Calls:
    """What one line tells of its calls.

    A ring is told by STATE and by RECORD, in any order, and RECORD can come
    twice: the first of them is the call.
    """

    def __init__(
        self,
        channel: int,
        clock: Clock,
        on_call: Callable[[IncomingCall], None],
        on_status: Callable[[ChannelStatus], None],
    ) -> None:
        """Know of no call."""
        self._channel = channel
        self._clock = clock
        self._on_call = on_call
        self._on_status = on_status
        self._ring: _Ring | None = None
        self._seen: dict[tuple[str, str, str], float] = {}

    def take(self, packet: Packet) -> None:
        """Take a STATE, RECORD or HANGUP; others are nothing to do with calls."""
        if packet.kind not in ("STATE", "RECORD", "HANGUP") or self._is_repeat(packet):
            return
        if packet.kind == "HANGUP":
            self._end(_HANGUP_NUMBER.split(packet.told("num") or "", maxsplit=1)[0])
        elif packet.kind == "STATE":
            self._take_state(packet)
        elif packet.told("dir") == _INCOMING:
            self._rings("RECORD", packet.told("num") or "")

    def _take_state(self, packet: Packet) -> None:
        told = read_line_state(packet)
        if told is None:
            return
        state, party = told
        self._on_status(ChannelStatus(channel=self._channel, line_state=state))
        if state is LineState.INCOMING:
            self._rings("STATE", party)
        elif state is LineState.IDLE:
            self._end("")

    def _rings(self, kind: str, caller: str) -> None:
        """Take word of a call that rings, and tell of it unless that was done."""
        now = self._clock.monotonic()
        if (ring := self._ring) is None or not self._is_same(ring, kind, caller, now):
            ring = self._ring = _Ring(caller)
            self._on_call(IncomingCall(channel=self._channel, caller=caller))
        ring.told_by.add(kind)
        ring.heard = now
        ring.caller = ring.caller or caller

    def _is_same(self, ring: _Ring, kind: str, caller: str, now: float) -> bool:
        """Tell whether a packet speaks of the ring that is known already."""
        if not ring.is_by(caller):
            return False
        if ring.ended is not None and now - ring.ended > _AFTER_THE_END:
            return False
        if kind == "RECORD" or kind not in ring.told_by:
            return True
        return ring.ended is None and now - ring.heard < _RINGS_AT_MOST

    def _end(self, caller: str) -> None:
        """Note that the call is over."""
        ring = self._ring
        if ring is not None and ring.ended is None and ring.is_by(caller):
            ring.ended = self._clock.monotonic()

    def _is_repeat(self, packet: Packet) -> bool:
        """Tell whether a packet came before; the line repeats what is not acknowledged."""
        now = self._clock.monotonic()
        content = packet.fields.get("gsm_remain_state", packet.fields.get("num", ""))
        key = (packet.kind, packet.number, content)
        seen = self._seen.pop(key, -inf)
        self._seen[key] = now
        if len(self._seen) > _MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return now - seen < _REPEATED_WITHIN


def _tail(number: str) -> str:
    """Return the end of a number, where two ways of writing it agree."""
    digits = "".join(c for c in number if c.isascii() and c.isdecimal())
    return digits[-_COMPARED_DIGITS:] or number.strip().lower()
