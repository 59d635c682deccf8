"""Packets that a line begins and repeats until the server answers (device file 2.3, Q13)."""

import asyncio
from collections import Counter, deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, override

from ..core import journal as j
from ..core.connection import About
from ..core.line import IncomingSms, Line
from ..core.outgoing import Sms
from .box_clock import box_seconds
from .inbox import joined_text
from .udp_air import LossyWire
from .udp_packets import Answer, pushed

if TYPE_CHECKING:
    from .box import GoipBox

AT_ONCE = 5
"""How many packets of a line wait for an answer at the same time; our guess."""


class Push:
    """One packet: verb, what it tells behind id and password, and how far it is.

    `through` counts the datagrams that were really put on the wire.
    """

    def __init__(self, box: GoipBox, line: Line, verb: str, tail: str) -> None:
        self.box = box
        self.line = line
        self.verb = verb
        self.tail = tail
        self.number = 0
        self.attempt = 0
        self.through = 0
        self.ended = asyncio.Event()

    @property
    def about(self) -> About:
        """What tells which packet it is."""
        return {
            "dialogue": self.verb,
            "line": self.line.number,
            "packet": self.number,
            "attempt": self.attempt,
        }

    def sent(self) -> None:
        """Journal that a datagram of the present attempt is on the wire."""
        self._log(j.UDP_PUSH, event="sent")

    def acknowledged(self, word: str) -> None:
        """Journal the server's answer."""
        self._log(j.UDP_PUSH, event="acknowledged", answer=word)

    def lost(self, reason: str) -> None:
        """Journal that the line gave it up."""
        self._log(j.UDP_PUSH, event="lost", reason=reason)

    def _log(self, kind: str, **fields: Any) -> None:
        """Journal something of this packet."""
        self.box.log(
            kind,
            self.line.number,
            verb=self.verb,
            packet=self.number,
            attempt=self.attempt,
            datagrams_through=self.through,
            **fields,
        )


class SmsPush(Push):
    """An SMS that came in."""

    def __init__(self, box: GoipBox, line: Line, message: IncomingSms) -> None:
        smsc = ""
        if box.options.udp_smsc and line.sim is not None:
            smsc = f"smscnum:{line.sim.smsc};"
        tail = f"srcnum:{message.sender};{smsc}msg:{joined_text(message)}"
        super().__init__(box, line, "RECEIVE", tail)
        self._message = message

    @property
    @override
    def about(self) -> About:
        """What tells which SMS it is."""
        return super().about | {
            "id": self._message.id,
            "part": 1,
            "total": 1,
            "recvid": self.number,
        }

    @override
    def sent(self) -> None:
        """Journal the handing over."""
        self.box.handed_over(
            self.line,
            self._message,
            "udp RECEIVE",
            part=1,
            total=1,
            recvid=self.number,
            attempt=self.attempt,
        )

    @override
    def acknowledged(self, word: str) -> None:
        """Journal the answer; status 0 is the only acceptance."""
        self._journal(
            j.SMS_ACKNOWLEDGED,
            how="udp RECEIVE",
            status=1 if word == "ERROR" else 0,
            attempt=self.attempt,
        )

    @override
    def lost(self, reason: str) -> None:
        """Journal the end; the inbox page may still have it."""
        self._journal(
            j.SMS_LOST, how="udp", reason=reason, datagrams_through=self.through
        )

    def _journal(self, kind: str, **fields: Any) -> None:
        """Journal something of this SMS."""
        self.box.log(
            kind,
            self.line.number,
            id=self._message.id,
            part=1,
            total=1,
            recvid=self.number,
            **fields,
        )


class ReceiptPush(Push):
    """What became of an SMS that was sent; `state` is a TP-Status (3GPP TS 23.040 9.2.3.15)."""

    def __init__(self, box: GoipBox, sms: Sms, sms_no: int, state: int) -> None:
        shown = f";num:{sms.message.number}" if box.options.udp_deliver_num else ""
        tail = f"sms_no:{sms_no};state:{state}{shown}"
        super().__init__(box, sms.line, "DELIVER", tail)
        self._sms = sms
        self._fields = {"sms_no": sms_no, "state": state}
        self._final = not 32 <= state < 64

    @property
    @override
    def about(self) -> About:
        """What tells of which SMS it speaks."""
        return {**self._sms.about, **super().about, **self._fields}

    @override
    def sent(self) -> None:
        """Journal that the result was told."""
        self.box.outgoing.told(
            self._sms,
            "udp DELIVER",
            str(self._fields["state"]),
            more=not self._final,
            attempt=self.attempt,
            **self._fields,
        )

    @override
    def acknowledged(self, word: str) -> None:
        """Journal the answer."""
        self.box.log(
            j.SMS_RESULT_ACKNOWLEDGED,
            self.line.number,
            **self._sms.fields,
            **self._fields,
            how="udp DELIVER",
            attempt=self.attempt,
            status=1 if word == "ERROR" else 0,
        )

    @override
    def lost(self, reason: str) -> None:
        """Journal that nobody answered; a lost power is told by itself."""
        open_still = self._sms.serial in self.box.outgoing.open
        if self._final and (reason != "power" or not open_still):
            self.box.outgoing.untold(
                self._sms,
                reason,
                how="udp DELIVER",
                datagrams_through=self.through,
                **self._fields,
            )


class Pushes:
    """The packets of one line on their way; numbers count down from the box's clock."""

    def __init__(self, box: GoipBox, line: Line, wire: LossyWire) -> None:
        self._box = box
        self._line = line
        self._wire = wire
        self._queue: deque[Push] = deque()
        self._running: dict[tuple[str, int], Push] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._first_number = box_seconds(box)
        self._counted: Counter[str] = Counter()
        self._verbs: set[str] = set()
        self._welcome = False

    def add(self, push: Push) -> None:
        """Send a packet as soon as it is its turn."""
        self._queue.append(push)
        self._start_next()

    def welcome(self) -> None:
        """Take note that the server knows the line."""
        self._welcome = True
        self._start_next()

    def take_answer(self, answer: Answer) -> bool:
        """Take an answer; False when the line never began that verb."""
        push = self._running.get((answer.verb, answer.number))
        if push is None:
            return answer.verb in self._verbs
        push.acknowledged(answer.word)
        if answer.word != "ERROR":
            self._end(push)
        elif self._box.options.udp_receive_error == "stop":
            push.lost("refused by the server")
            self._end(push)
        return True

    def waiting(self) -> list[About]:
        """Return what the server has not answered yet."""
        running = [
            push.about | {"stage": "unacknowledged"} for push in self._running.values()
        ]
        return running + [push.about | {"stage": "queued"} for push in self._queue]

    async def close(self, reason: str) -> None:
        """Give everything up."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for push in [*self._running.values(), *self._queue]:
            push.lost(reason)
        self._running.clear()
        self._queue.clear()

    def _start_next(self) -> None:
        """Begin what may be begun."""
        held = self._box.options.udp_before_reg == "wait" and not self._welcome
        while self._queue and not held and len(self._running) < AT_ONCE:
            push = self._queue.popleft()
            push.number = self._next_number(push.verb)
            self._verbs.add(push.verb)
            self._running[push.verb, push.number] = push
            task = self._box.spawn(self._run(push))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _next_number(self, verb: str) -> int:
        """Return a number below the last one."""
        key = verb if self._box.options.udp_counters == "own" else ""
        number = self._first_number - self._counted[key]
        self._counted[key] += 1
        return number

    async def _run(self, push: Push) -> None:
        """Send one packet until it is answered or the tries are over."""
        box = self._box
        while not push.ended.is_set() and push.attempt < box.options.udp_tries:
            await box.udp.wait_awake()
            push.attempt += 1
            self._send(push)
            with suppress(TimeoutError):
                await box.clock.wait_for(
                    push.ended.wait(), box.options.udp_retry_seconds
                )
        if not push.ended.is_set():
            push.lost("unacknowledged")
            self._end(push)

    def _end(self, push: Push) -> None:
        """Let the next one begin."""
        push.ended.set()
        del self._running[push.verb, push.number]
        self._start_next()

    def _send(self, push: Push) -> None:
        """Send the present attempt; its first datagram on the wire is journalled."""
        attempt, copies = push.attempt, 0

        def on_wire() -> None:
            nonlocal copies
            copies += 1
            push.through += 1
            if copies == 1 and attempt == push.attempt and not push.ended.is_set():
                push.sent()

        data = pushed(self._box, self._line, push.verb, push.number, push.tail)
        self._wire.out(data, push.about, on_wire)
