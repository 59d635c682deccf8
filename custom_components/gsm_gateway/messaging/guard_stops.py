"""What the loop breaker has stopped, safe on disk."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from ..gateways.clock import Clock
from .disk import Statement, Value
from .guard_log import StopRow
from .guard_loops import LOOP_WINDOW, Pair
from .guard_refusals import Stop
from .guard_wishes import Wish
from .messages import Priority
from .store import Store

_SAVE: Final = (
    "INSERT OR REPLACE INTO stopped (number, text_hash, since, cause, resumed_at) "
    "VALUES (?, ?, ?, ?, ?)"
)
_PRUNE: Final = "DELETE FROM stopped WHERE resumed_at < ?"


class Stops:
    """The stops that hold."""

    def __init__(self, clock: Clock, store: Store) -> None:
        """Start with none."""
        self._clock = clock
        self._store = store
        self._stops: dict[Pair, Stop] = {}
        self._unwritten: dict[Pair, Statement] = {}

    def all(self) -> list[Stop]:
        """Return those that hold, the oldest first."""
        return sorted(self._stops.values(), key=lambda stop: stop.since)

    def load(self, rows: Iterable[StopRow]) -> None:
        """Take those that an earlier run has left."""
        lifted = False
        for row in rows:
            if row.resumed_at is not None:
                lifted = True
            else:
                self._stops[row.number, row.text_hash] = Stop(
                    number=row.number,
                    text_hash=row.text_hash,
                    since=datetime.fromtimestamp(row.since, UTC),
                    cause=row.cause,
                )
        if lifted:
            border = self._clock.now().timestamp() - LOOP_WINDOW
            self._store.write((_PRUNE, (border,)), lazy=True)

    def holding(self, wish: Wish) -> Stop | None:
        """Return what stops a message, if anything does."""
        peer = wish.peer
        stop = self._stops.get((peer, ""))
        if stop is None and wish.priority is Priority.NORMAL:
            stop = self._stops.get((peer, wish.text_hash))
        return stop

    def add(self, pair: Pair, cause: str) -> Stop:
        """Stop a pair."""
        number, text_hash = pair
        stop = Stop(
            number=number, text_hash=text_hash, since=self._clock.now(), cause=cause
        )
        self._stops[pair] = stop
        self._save(pair, stop, None)
        return stop

    def lift(self, pair: Pair) -> bool:
        """Let a pair pass again, and tell whether it was stopped."""
        if (stop := self._stops.pop(pair, None)) is None:
            return False
        self._save(pair, stop, self._clock.now().timestamp())
        return True

    def write_again(self) -> None:
        """Write what the disk did not take."""
        for pair, statement in list(self._unwritten.items()):
            self._write(pair, statement)

    def _save(self, pair: Pair, stop: Stop, resumed_at: float | None) -> None:
        row: tuple[Value, ...] = (
            *pair,
            stop.since.timestamp(),
            stop.cause,
            resumed_at,
        )
        self._write(pair, (_SAVE, row))

    def _write(self, pair: Pair, statement: Statement) -> None:
        self._unwritten[pair] = statement

        def written(done: asyncio.Future[None]) -> None:
            ours = self._unwritten.get(pair) is statement
            if ours and not done.cancelled() and done.exception() is None:
                del self._unwritten[pair]

        self._store.write(statement).add_done_callback(written)
