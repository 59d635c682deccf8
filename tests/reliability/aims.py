"""Kills aimed at commits: the process kills itself at a chosen step, patched in from here."""

from collections.abc import Callable, Sequence
import os
import signal
from typing import Any

from custom_components.gsm_gateway.messaging.disk import Disk, Statement

from .patching import patch
from .report import Reporter


class Aim:
    """One planned kill: `when` is before, after (a commit of `what`) or fired (an event)."""

    def __init__(self, reporter: Reporter) -> None:
        """Watch every commit; nothing is planned yet."""
        self._reporter = reporter
        self._plan: tuple[str, str, int] | None = None
        commit = Disk.commit

        def watched(disk: Disk, statements: Sequence[Statement]) -> None:
            touched = touches(statements)
            for what in touched:
                self.strike("before", what)
            commit(disk, statements)
            for what in touched:
                self.strike("after", what)

        patch(Disk, "commit", watched)

    def plan(self, when: str, what: str, skip: int) -> None:
        """Plan a kill at the next such step but `skip`."""
        self._plan = when, what, skip

    def strike(self, when: str, what: str) -> None:
        """Die here if that is planned."""
        if self._plan is None or self._plan[:2] != (when, what):
            return
        if skip := self._plan[2]:
            self._plan = when, what, skip - 1
            return
        self._reporter.tell("die", when=when, what=what)
        os.kill(os.getpid(), signal.SIGKILL)

    def around[**P, R](self, what: str, call: Callable[P, R]) -> Callable[P, R]:
        """Return the call with a step right after it."""

        def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
            result = call(*args, **kwargs)
            self.strike("fired", what)
            return result

        return wrapped


STATES = (
    *("queued", "sending", "accepted", "sent", "delivered", "unknown"),
    *("stored", "announcing", "announced"),
)


def touches(statements: Sequence[Statement]) -> list[str]:
    """Return the states that a commit writes, and `part` for a part of an SMS."""
    found: dict[str, None] = {}
    for sql, values in statements:
        if not sql.lstrip().upper().startswith(("INSERT", "UPDATE", "REPLACE")):
            continue
        if "received_part" in sql and "INSERT" in sql:
            found["part"] = None
        words: set[Any] = {value for value in values if isinstance(value, str)}
        for state in STATES:
            if state in words or f"'{state}'" in sql.partition("WHERE")[0]:
                found[state] = None
    return list(found)
