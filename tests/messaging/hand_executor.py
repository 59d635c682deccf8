"""A store's thread that a test can stop, break, or lose."""

from collections.abc import Callable
from concurrent.futures import Future
from math import inf
from pathlib import Path
from typing import Any, override

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.messaging.disk import Refused
from custom_components.gsm_gateway.messaging.store import Store, Trouble

from .inline_executor import InlineExecutor


class HandExecutor(InlineExecutor):
    """Runs what it is given at once, or when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.held = False
        self._waiting: list[tuple[Callable[[], Any], Future[Any]]] = []

    @override
    def submit[**P, T](
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        if not self.held:
            return super().submit(fn, *args, **kwargs)
        done: Future[T] = Future()
        self._waiting.append((lambda: fn(*args, **kwargs), done))
        return done

    def release(self) -> None:
        """Do what was held back, and hold nothing any more."""
        self.held = False
        waiting, self._waiting = self._waiting, []
        for work, done in waiting:
            try:
                done.set_result(work())
            except Exception as error:  # noqa: BLE001  # as a thread would
                done.set_exception(error)


class HandStore(Store):
    """A message log whose disk a test can fill, stop, or pull out."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.executor = HandExecutor()
        self.troubles: list[Trouble] = []
        super().__init__(
            path, clock, lambda trouble, _: self.troubles.append(trouble), self.executor
        )
        self._room: float = inf
        commit = self._disk.commit

        def commit_or_not(statements: Any) -> None:
            if self._room <= 0:
                raise Refused("the disk is full")
            self._room -= 1
            commit(statements)

        self._disk.commit = commit_or_not  # type: ignore[method-assign]

    def fill(self, *, even_the_list: bool = False) -> None:
        """Let the disk take nothing, perhaps not even the list of begun messages."""
        self._room = 0

        def refuse(message_id: str) -> None:
            raise OSError("no space left on device")

        if even_the_list:
            self._begun.note = refuse  # type: ignore[method-assign]

    def empty(self, commits: float = inf) -> None:
        """Let the disk take everything again, or a few commits."""
        self._room = commits

    def pull(self) -> None:
        """Lose what is not on disk, as a process that is killed."""
        self._closed = True
        self.executor.held = True
        for task in (*self._tasks.values(), self._committing):
            if task is not None:
                task.cancel()
        self._disk.close()
