"""An executor without a thread, for tests whose time stands still."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import override


class InlineExecutor(Executor):
    """Runs what it is given at once, in the thread that gives it."""

    def __init__(self) -> None:
        self._over = False

    @override
    def submit[**P, T](
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        if self._over:
            raise RuntimeError("cannot schedule new futures after shutdown")
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  # as a thread would
            done.set_exception(error)
        return done

    @override
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._over = True
