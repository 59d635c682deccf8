"""Odd parts: their kind is told, they are kept, and no text is glued to them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from custom_components.gsm_gateway.gateways.model import Coding, MessageKind, SmsPart
from custom_components.gsm_gateway.messaging import joining

from .hand_clock import HandClock
from .receiving import Announced, ami, listening, smpp


@pytest.fixture
async def box(clock: HandClock, new_id: Callable[[], str]) -> AsyncIterator[Announced]:
    async with listening(clock, new_id) as announced:
        yield announced


def odd(kind: MessageKind, place: tuple[str, int, int] | None = None) -> SmsPart:
    """Make a part as the SMPP driver does for such a message."""
    text = kind in (MessageKind.FLASH, MessageKind.VOICEMAIL)
    if text:
        return replace(smpp("odd", place), kind=kind)
    part = smpp("", place)
    return replace(part, kind=kind, coding=Coding.BINARY, payload=b"\x06\x05\x04")


KINDS = [
    MessageKind.FLASH,
    MessageKind.BINARY,
    MessageKind.MMS_NOTICE,
    MessageKind.VOICEMAIL,
]


@pytest.mark.parametrize("kind", KINDS)
async def test_single_message_has_its_kind_and_is_kept(
    box: Announced, kind: MessageKind
) -> None:
    await box.take(odd(kind))
    assert box.last.kind is kind
    assert await box.rows("SELECT kind FROM received") == [(kind.value,)]
    ((payload,),) = await box.rows("SELECT payload FROM received_part")
    assert payload == odd(kind).payload


@pytest.mark.parametrize("kind", KINDS)
async def test_odd_part_is_never_joined_with_a_text(
    box: Announced, clock: HandClock, kind: MessageKind
) -> None:
    await box.take(smpp("text", ("r", 1, 2)), odd(kind, ("r", 2, 2)))
    assert box.texts == []
    await clock.advance(310)
    assert [(m.kind, m.complete) for m in box.messages] == [
        (MessageKind.TEXT, False),
        (kind, False),
    ]
    assert box.texts[0] == "text"


@pytest.mark.parametrize("kind", KINDS)
async def test_text_is_joined_around_an_odd_message_with_its_reference(
    box: Announced, kind: MessageKind
) -> None:
    await box.take(
        smpp("a", ("r", 1, 2)),
        odd(kind, ("r", 2, 2)),
        smpp("b", ("r", 2, 2)),
        odd(kind, ("r", 1, 2)),
    )
    assert [(m.kind, m.complete) for m in box.messages] == [
        (MessageKind.TEXT, True),
        (kind, True),
    ]
    assert box.texts[0] == "ab"


async def test_mms_notice_whose_second_part_does_not_repeat_the_port(
    box: Announced,
) -> None:
    await box.take(
        odd(MessageKind.MMS_NOTICE, ("r", 1, 2)), odd(MessageKind.BINARY, ("r", 2, 2))
    )
    assert [(m.kind, m.complete) for m in box.messages] == [
        (MessageKind.MMS_NOTICE, True)
    ]


async def test_message_of_255_parts(box: Announced) -> None:
    places = range(255, 0, -1)
    await box.take(*(smpp(f"{n:03d}", ("r", n, 255)) for n in places))
    assert box.texts == ["".join(f"{n:03d}" for n in range(1, 256))]
    assert box.last.parts == 255


async def test_one_part_that_claims_255(box: Announced, clock: HandClock) -> None:
    await box.take(smpp("x", ("r", 255, 255)))
    await clock.advance(310)
    assert [(m.text, m.parts, m.complete) for m in box.messages] == [("x", 255, False)]


@pytest.mark.parametrize(
    "place", [("E1", 1, 99999), ("E1", 99999, 99999), ("", 300, 300)]
)
async def test_more_parts_than_any_message_has(
    box: Announced, place: tuple[str, int, int]
) -> None:
    await box.take(ami("x", place))
    assert [(m.text, m.parts, m.complete) for m in box.messages] == [("x", 1, True)]


async def test_too_many_unfinished_messages_yield_to_new_ones(
    box: Announced, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "_MOST_SETS", 3)
    await box.take(*(smpp(f"{n}", (f"{n}", 1, 2)) for n in range(5)))
    assert [(m.text, m.complete) for m in box.messages] == [("0", False), ("1", False)]
    await box.take(smpp("!", ("4", 2, 2)))
    assert box.texts[-1] == "4!"


async def test_numbers_and_names_that_no_network_sends(box: Announced) -> None:
    part = smpp("x", channel=2**62, sender="'; DROP TABLE received; --\x00")
    await box.take(part)
    assert box.last.sender == part.sender
    assert box.last.stored
