"""Every error that drivers and queues raise is told in words, with all it has to say."""

from collections.abc import Iterator
import inspect
from typing import cast

from custom_components.gsm_gateway.errors import translated
from custom_components.gsm_gateway.gateways.model import GatewayError
from custom_components.gsm_gateway.messaging.messages import MessagingError

from .files import english
from .texts import placeholders


def _kinds_of[T: Exception](base: type[T]) -> Iterator[type[T]]:
    """Yield an error and every kind of it."""
    yield base
    for kind in base.__subclasses__():
        yield from _kinds_of(kind)


def _any_one[T: Exception](kind: type[T]) -> T:
    """Return an error of a kind, with some text for whatever it asks for."""
    wanted = list(inspect.signature(kind.__init__).parameters.values())[1:]
    named = [
        word
        for word in wanted
        if word.kind not in (word.VAR_POSITIONAL, word.VAR_KEYWORD)
    ]
    return kind(**{word.name: "some" for word in named if word.default is word.empty})


def test_errors_from_below_the_border_fill_their_texts() -> None:
    texts = english()["exceptions"]
    kinds = (*_kinds_of(GatewayError), *_kinds_of(MessagingError))
    for kind in cast("tuple[type[GatewayError | MessagingError], ...]", kinds):
        told = translated(_any_one(kind), "Box")
        assert told.translation_key in texts, kind
        given = set(told.translation_placeholders or {})
        wanted = placeholders(texts[told.translation_key]["message"])
        assert given == wanted, kind
