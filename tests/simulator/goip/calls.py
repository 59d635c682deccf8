"""Calls that come in; nobody answers them here."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core import journal as j
from ..core.commands import CommandError
from ..core.line import Line

if TYPE_CHECKING:
    from .box import GoipBox

RING_SECONDS = 60.0
"""How long a caller waits, simulated."""
NORMAL = "Normal call clearing"
IDLE = "IDLE"


@dataclass(frozen=True)
class _Call:
    """One ringing call and the task that ends the caller's patience."""

    number: str
    timer: asyncio.Task[None]


class Calls:
    """The calls of a box, at most one per line."""

    def __init__(self, box: GoipBox) -> None:
        """Bind to a box."""
        self._box = box
        self._ringing: dict[int, _Call] = {}

    def state(self, line: Line) -> str:
        """Return the word of a line for its state, e.g. INCOMING:+7999."""
        call = self._ringing.get(line.number)
        return f"INCOMING:{call.number}" if call else IDLE

    def ring(self, line: Line, number: str, record_twice: bool) -> None:
        """Let a call come in; raise CommandError when the line cannot take it."""
        self._box.require_network(line)
        if line.number in self._ringing:
            raise CommandError(f"line {line.number} has a call already")
        timer = self._box.spawn(self._give_up(line))
        self._ringing[line.number] = _Call(number, timer)
        self._box.log(j.CALL, line.number, event="incoming", number=number)
        self._tell_state(line)
        for _ in range(2 if record_twice else 1):
            self._box.udp.tell(line, "RECORD", f"dir:1;num:{number}")

    def hang_up(self, line: Line, by: str, cause: str = NORMAL) -> bool:
        """End a call; False when there is none."""
        call = self._ringing.pop(line.number, None)
        if call is None:
            return False
        if call.timer is not asyncio.current_task():
            call.timer.cancel()
        self._box.log(
            j.CALL, line.number, event="ended", number=call.number, by=by, cause=cause
        )
        self._box.udp.tell(line, "HANGUP", f"num:{call.number},cause:{cause}")
        self._tell_state(line)
        return True

    def forget(self) -> None:
        """End every call with the box's power."""
        for number in list(self._ringing):
            self.hang_up(self._box.lines[number], "power")

    async def _give_up(self, line: Line) -> None:
        """End a call that nobody ended."""
        await self._box.clock.sleep(RING_SECONDS)
        self.hang_up(line, "caller")

    def _tell_state(self, line: Line) -> None:
        """Push the line's state."""
        self._box.udp.tell(line, "STATE", f"gsm_remain_state:{self.state(line)}")
