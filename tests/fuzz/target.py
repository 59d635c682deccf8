"""One reader under fire, and what is asked of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
import logging
from typing import Any, override

from hypothesis.strategies import SearchStrategy

from custom_components.gsm_gateway.gateways.model import GatewayError

from .inputs import like

LARGEST_NUMBER = 1 << 63
"""What a column of the message log cannot hold any more."""
_LOGGERS = ("custom_components.gsm_gateway", "panoramisk", "asyncio")


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A reader, and good inputs to start from."""

    name: str
    read: Callable[[bytes], Awaitable[object]]
    """Returns what was read; `GatewayError` is an answer, too."""
    captures: tuple[bytes, ...]
    shaped: SearchStrategy[bytes] | None = None
    """Inputs that changing captures would hardly ever make."""

    @property
    def inputs(self) -> SearchStrategy[bytes]:
        """All kinds of inputs."""
        return like(self.captures, self.shaped)


class Feeder:
    """Gives inputs to a target and counts them."""

    def __init__(self, target: Target, runner: asyncio.Runner) -> None:
        self.target = target
        self.count = 0
        self._runner = runner

    def feed(self, data: bytes) -> None:
        """Have one input read.

        Raises whatever is no `GatewayError`, and `AssertionError` for a value
        that cannot be stored or an error that was only logged.
        """
        self.count += 1
        with _nothing_logged():
            try:
                found = self._runner.run(self._read(data))
            except GatewayError as error:
                found = (str(error), vars(error))
        for value in _values(found):
            assert _is_storable(value), f"cannot be stored: {value!r:.200}"

    async def _read(self, data: bytes) -> object:
        return await self.target.read(data)


class _Errors(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[logging.LogRecord] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record)


@contextmanager
def _nothing_logged() -> Iterator[None]:
    """Raise what was logged as an error: whoever caught it did not foresee it."""
    errors = _Errors()
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addHandler(errors)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(errors)
    for record in errors.seen:
        raise AssertionError(record.getMessage()) from (record.exc_info or (None,) * 2)[
            1
        ]


def _values(found: object) -> Iterator[object]:
    """Yield every value in a result."""
    inner: Iterable[Any]
    if is_dataclass(found):
        inner = [getattr(found, each.name) for each in fields(found)]
    elif isinstance(found, Mapping):
        inner = [*found.keys(), *found.values()]
    elif isinstance(found, list | tuple | set | frozenset):
        inner = found
    else:
        yield found
        return
    for each in inner:
        yield from _values(each)


def _is_storable(value: object) -> bool:
    """Tell whether the message log can take a value as it is."""
    match value:
        case bool():
            return True
        case int():
            return -LARGEST_NUMBER <= value < LARGEST_NUMBER
        case str():
            return not any("\ud800" <= character <= "\udfff" for character in value)
        case _:
            return True
