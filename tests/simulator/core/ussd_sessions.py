"""Menus that an operator holds open for an answer, and how they end."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import journal as j
from .line import Line
from .sim_card import SimCard, UssdOutcome

if TYPE_CHECKING:
    from .powered_box import PoweredBox


@dataclass(frozen=True)
class _Session:
    """One open menu and the task that ends it after the operator's patience."""

    card: SimCard
    timer: asyncio.Task[None]


class UssdSessions:
    """The open USSD sessions of a box, at most one per line."""

    def __init__(self, box: PoweredBox) -> None:
        """Bind to a box."""
        self._box = box
        self._open: dict[int, _Session] = {}

    def is_open(self, line: Line) -> bool:
        """Tell whether the operator waits for an answer."""
        return line.number in self._open

    def dial(self, line: Line, card: SimCard, code: str) -> UssdOutcome:
        """Dial a code or answer an open menu; a code that is no choice of it ends it."""
        answers = card.session is not None and code in card.session.menu
        outcome = card.dial(code)
        if session := self._open.pop(line.number, None):
            session.timer.cancel()
            if not answers:
                self._log(line, "closed", code=code, by="another code")
            elif outcome.kind != "menu":
                self._log(line, "closed", code=code, by="operator")
        if outcome.kind == "menu":
            if not answers:
                self._log(line, "opened", code=code)
            seconds = outcome.delay + line.faults.ussd_delay + card.ussd_session_seconds
            timer = self._box.spawn(self._time_out(line, seconds))
            self._open[line.number] = _Session(card, timer)
        return outcome

    def close(self, line: Line, by: str) -> bool:
        """End a line's open session; False when there is none."""
        session = self._open.pop(line.number, None)
        if session is None:
            return False
        session.timer.cancel()
        session.card.hang_up()
        self._log(line, "closed", by=by)
        return True

    def close_all(self, by: str) -> None:
        """End every session."""
        for number in list(self._open):
            self.close(self._box.lines[number], by)

    async def _time_out(self, line: Line, seconds: float) -> None:
        """End a session that nobody has answered."""
        await self._box.clock.sleep(seconds)
        self._open.pop(line.number).card.hang_up()
        self._log(line, "timed out")

    def _log(self, line: Line, event: str, **fields: str) -> None:
        """Journal what became of a session."""
        self._box.log(j.USSD_SESSION, line.number, event=event, **fields)
