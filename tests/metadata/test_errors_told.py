"""Every error that drivers and queues raise is told in words, with all it has to say."""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from inspect import signature
from types import UnionType
from typing import Any, cast, get_args, get_type_hints

from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.gsm_gateway.errors import translated
from custom_components.gsm_gateway.gateways.model import GatewayError
from custom_components.gsm_gateway.messaging.guard_refusals import (
    Budget,
    GuardRefusal,
    LargerThanLimit,
    OverBudget,
    Stop,
    Stopped,
)
from custom_components.gsm_gateway.messaging.messages import (
    MessagingError,
    NothingToSend,
)

from .files import english
from .texts import placeholders

MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)
STOPS = [
    Stop(number="+491", text_hash=text_hash, since=MOMENT, cause="Freezer")
    for text_hash in ("", "hash")
]

type Told = GatewayError | MessagingError


def _kinds_of[T: Exception](base: type[T]) -> Iterator[type[T]]:
    """Yield an error and every kind of it."""
    yield base
    for kind in base.__subclasses__():
        yield from _kinds_of(kind)


def _values(wanted: Any) -> list[Any]:
    """Return all values of a type that make a difference, or some value."""
    if isinstance(wanted, UnionType):
        wanted = get_args(wanted)[0]
    if wanted is Stop:
        return STOPS
    if issubclass(wanted, Enum):
        return list(wanted)
    known: dict[Any, Any] = {str: "some", bytes: b"some", int: 7, datetime: MOMENT}
    return [known[wanted]]


def _all_of(kind: type[Told]) -> Iterator[Told]:
    """Yield an error of a kind for each value that it may be about."""
    if "__init__" not in vars(kind) and kind.__init__ is Exception.__init__:
        yield kind("some")
        return
    hints = get_type_hints(kind.__init__)
    names = [name for name in signature(kind).parameters if name in hints]
    usual = {name: _values(hints[name])[0] for name in names}
    for name in names:
        for value in _values(hints[name]):
            yield _made(kind, usual | {name: value})
    if not names:
        yield kind()


def _made(kind: type[Told], given: dict[str, Any]) -> Told:
    """Call with the arguments in their order, by name where they have to be."""
    bound = signature(kind).bind_partial()
    bound.arguments.update(given)
    return kind(*bound.args, **bound.kwargs)


def _is_raised(error: Told) -> bool:
    """Leave out what there is no message for: recipients are no parts of it."""
    return not (isinstance(error, LargerThanLimit) and error.which is Budget.RECIPIENTS)


KINDS = cast(
    "list[type[Told]]",
    [
        kind
        for kind in (*_kinds_of(GatewayError), *_kinds_of(MessagingError))
        if kind is not GuardRefusal  # only its kinds are raised
    ],
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_errors_from_below_the_border_fill_their_texts(kind: type[Told]) -> None:
    texts = english()["exceptions"]
    for error in filter(_is_raised, _all_of(kind)):
        told = translated(error, "Box")
        assert told.translation_key in texts, error
        given = set(told.translation_placeholders or {})
        wanted = placeholders(texts[told.translation_key]["message"])
        assert given == wanted, error


def test_each_limit_and_each_stop_has_words_of_its_own() -> None:
    told = [
        translated(error, "").translation_key
        for kind in (OverBudget, LargerThanLimit, Stopped)
        for error in _all_of(kind)
    ]
    assert {"over_budget_hour", "over_budget_alarm_hour", "larger_than_day"} < {*told}
    assert {"same_text_stopped", "loop_stopped"} < {*told}


def test_a_text_of_which_nothing_is_left_can_be_mended_by_the_caller() -> None:
    told = translated(NothingToSend(), "")
    assert isinstance(told, ServiceValidationError)
    assert told.translation_key == "nothing_to_send"
