"""Incoming parts become messages: kept, acknowledged, joined, announced."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from itertools import permutations
import logging

import pytest

from custom_components.gsm_gateway.gateways.model import (
    Coding,
    MessageKind,
    SmsPart,
)
from custom_components.gsm_gateway.messaging.messages import ReceivedMessage

from .hand_clock import START, HandClock, settle
from .receiving import SENDER, Announced, after_a_kill, ami, listening, smpp

PARTY = "\N{PARTY POPPER}"
HIGH, LOW = "\ud83c", "\udf89"


@pytest.fixture
async def box(clock: HandClock, new_id: Callable[[], str]) -> AsyncIterator[Announced]:
    async with listening(clock, new_id) as announced:
        yield announced


async def test_single_message(box: Announced) -> None:
    await box.take(smpp("Hallo", channel=3))
    assert box.messages == [
        ReceivedMessage(
            message_id="m1",
            box_id="box",
            channel=3,
            sender=SENDER,
            text="Hallo",
            kind=MessageKind.TEXT,
            received_at=START,
            time_guessed=False,
            parts=1,
            complete=True,
            late=False,
            redelivered=False,
            stored=True,
        )
    ]


async def test_acknowledged_before_it_is_announced(
    clock: HandClock, new_id: Callable[[], str]
) -> None:
    steps: list[str] = []
    async with listening(
        clock, new_id, announce=lambda message: steps.append("announced")
    ) as box:
        await box.take(smpp("x", acknowledge=lambda: steps.append("acknowledged")))
    assert steps == ["acknowledged", "announced"]


async def test_nothing_is_announced_before_open_but_acknowledged_at_once(
    clock: HandClock, new_id: Callable[[], str]
) -> None:
    async with listening(clock, new_id, opened=False) as box:
        for text in ("one", "two"):
            await box.bring(text)
        assert box.acknowledged == ["one", "two"]
        assert box.messages == []
        await clock.advance(61)
        await box.bring("three")
        box.inbox.open()
        await box.bring("four")
        assert [(m.text, m.late) for m in box.messages] == [
            ("one", True),
            ("two", True),
            ("three", False),
            ("four", False),
        ]
        assert box.messages[0].received_at == START


async def test_closed_inbox_refuses(box: Announced) -> None:
    refused: list[str] = []
    await box.take(smpp("half", ("a", 1, 2)))
    box.inbox.close()
    await box.take(smpp("x", refuse=lambda: refused.append("x")))
    assert refused == ["x"]
    assert box.messages == []


async def test_closed_inbox_keeps_what_the_box_cannot_keep(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.inbox.close()
    await box.take(ami("x"))
    assert box.messages == []
    async with after_a_kill(box, clock, new_id) as again:
        assert [(m.text, m.redelivered) for m in again.messages] == [("x", False)]
    box.inbox.open()
    await settle()
    assert [(m.text, m.redelivered) for m in box.messages] == [("x", False)]


async def test_listener_that_raises_costs_only_its_own_message(
    clock: HandClock, new_id: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    def announce(message: ReceivedMessage) -> None:
        if message.text == "secret":
            raise RuntimeError

    async with listening(clock, new_id, announce=announce) as box:
        await box.take(smpp("secret"), smpp("two"))
        assert box.texts == ["secret", "two"]
    assert "could not be announced" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("order", permutations(range(4)))
async def test_joins_parts_in_any_order(
    box: Announced, base: int, order: tuple[int, ...]
) -> None:
    for index in order:
        await box.take(smpp("abcd"[index], ("r", index + base, 4)))
    assert box.texts == ["abcd"]
    assert box.last.parts == 4
    assert box.last.complete


async def test_received_at_is_the_arrival_of_the_last_part(
    box: Announced, clock: HandClock
) -> None:
    await box.take(smpp("a", ("r", 1, 2)))
    await clock.advance(100)
    await box.take(smpp("b", ("r", 2, 2)))
    assert box.last.received_at == clock.now()
    assert not box.last.late


@pytest.mark.parametrize("make", [smpp, ami])
async def test_emoji_across_the_border_of_parts_stays_whole(
    box: Announced, make: Callable[..., SmsPart]
) -> None:
    if make is smpp:
        halves = [smpp("a" + HIGH, ("r", 1, 2)), smpp(LOW + "b", ("r", 2, 2))]
    else:
        halves = [
            replace(ami("", ("r", 1, 2)), payload=b"a\xed\xa0\xbc"),
            replace(ami("", ("r", 2, 2)), payload=b"\xed\xbe\x89b"),
        ]
    for half in halves:
        await box.take(half)
    assert box.texts == [f"a{PARTY}b"]


async def test_escape_across_the_border_of_parts_stays_whole(box: Announced) -> None:
    part = replace(smpp("", ("r", 1, 2)), coding=Coding.GSM7, payload=b"5\x1b")
    await box.take(part)
    await box.take(replace(smpp("", ("r", 2, 2)), coding=Coding.GSM7, payload=b"e!"))
    assert box.texts == ["5€!"]


async def test_parts_of_different_coding(box: Announced) -> None:
    await box.take(replace(smpp("", ("r", 1, 2)), coding=Coding.GSM7, payload=b"\x00"))
    await box.take(smpp("П", ("r", 2, 2)))
    assert box.texts == ["@П"]


@pytest.mark.parametrize(
    "other",
    [
        {"channel": 2},
        {"sender": "+49171"},
    ],
)
async def test_one_reference_on_two_lines_or_of_two_senders(
    box: Announced, other: dict[str, object]
) -> None:
    await box.take(smpp("a1", ("r", 1, 2)))
    await box.take(replace(smpp("b1", ("r", 1, 2)), **other))  # type: ignore[arg-type]
    await box.take(smpp("a2", ("r", 2, 2)))
    await box.take(replace(smpp("b2", ("r", 2, 2)), **other))  # type: ignore[arg-type]
    assert box.texts == ["a1a2", "b1b2"]


async def test_one_reference_with_another_total(box: Announced) -> None:
    await box.take(smpp("a1", ("r", 1, 2)))
    await box.take(smpp("b1", ("r", 1, 3)))
    await box.take(smpp("a2", ("r", 2, 2)))
    assert box.texts == ["a1a2"]


async def test_repeated_part_of_an_open_set_is_dropped(box: Announced) -> None:
    for _ in range(2):
        await box.take(smpp("a", ("r", 1, 2)))
    await box.take(smpp("b", ("r", 2, 2)))
    assert box.texts == ["ab"]


async def test_same_place_with_other_bytes_begins_a_new_message(
    box: Announced,
) -> None:
    await box.take(smpp("old", ("r", 1, 2)))
    await box.take(smpp("new", ("r", 1, 2)))
    assert [(m.text, m.complete) for m in box.messages] == [("old", False)]
    await box.take(smpp("er", ("r", 2, 2)))
    assert [(m.text, m.complete) for m in box.messages[1:]] == [("newer", True)]
    assert box.messages[0].message_id != box.messages[1].message_id


async def test_reference_is_free_again_after_a_complete_message(
    box: Announced,
) -> None:
    for _ in range(2):
        await box.take(smpp("a", ("r", 1, 2)))
        await box.take(smpp("b", ("r", 2, 2)))
    assert box.texts == ["ab", "ab"]
    assert not any(message.redelivered for message in box.messages)


async def test_incomplete_after_five_minutes(box: Announced, clock: HandClock) -> None:
    await box.take(smpp("a", ("r", 1, 3)))
    await clock.advance(200)
    await box.take(smpp("c", ("r", 3, 3)))
    await clock.advance(299)
    assert box.messages == []
    await clock.advance(6)
    assert [(m.text, m.complete, m.parts) for m in box.messages] == [("ac", False, 3)]
    assert box.last.late
    await clock.advance(600)
    assert len(box.messages) == 1


async def test_late_part_gives_the_message_again_whole(
    box: Announced, clock: HandClock
) -> None:
    await box.take(smpp("a", ("r", 1, 2)))
    await clock.advance(400)
    await clock.leap(23 * 3600)
    await box.take(smpp("b", ("r", 2, 2)))
    first, second = box.messages
    assert (first.text, first.complete, first.redelivered) == ("a", False, False)
    assert (second.text, second.complete, second.redelivered) == ("ab", True, True)
    assert second.message_id == first.message_id


async def test_late_part_that_is_not_the_last_missing_one_is_not_lost(
    box: Announced, clock: HandClock
) -> None:
    await box.take(smpp("a", ("r", 1, 3)))
    await clock.advance(400)
    await box.take(smpp("b", ("r", 2, 3)))
    await clock.advance(600)
    assert [(m.text, m.complete, m.redelivered) for m in box.messages] == [
        ("a", False, False),
        ("ab", False, True),
    ]
    await box.take(smpp("c", ("r", 3, 3)))
    assert (box.last.text, box.last.complete) == ("abc", True)
    assert len({m.message_id for m in box.messages}) == 1


async def test_key_is_forgotten_after_a_day(box: Announced, clock: HandClock) -> None:
    await box.take(smpp("a", ("r", 1, 2)))
    await clock.advance(400)
    await clock.leap(24 * 3600)
    await box.take(smpp("b", ("r", 2, 2)))
    assert box.texts == ["a"]
    await clock.advance(306)
    assert box.texts == ["a", "b"]
    assert not box.last.redelivered


async def test_other_bytes_after_a_late_part(box: Announced, clock: HandClock) -> None:
    await box.take(smpp("a", ("r", 1, 3)))
    await clock.advance(310)
    await box.take(smpp("b", ("r", 2, 3)))
    await box.take(smpp("c", ("r", 1, 3)))
    assert box.texts == ["a", "ab"]


async def test_other_bytes_after_the_incomplete_one_was_announced(
    box: Announced, clock: HandClock
) -> None:
    await box.take(smpp("a", ("r", 1, 2)))
    await clock.advance(310)
    await box.take(smpp("c", ("r", 1, 2)))
    await box.take(smpp("d", ("r", 2, 2)))
    assert box.texts == ["a", "cd"]
    assert not box.last.redelivered


async def test_ami_without_id_joins_what_comes_within_five_minutes(
    box: Announced, clock: HandClock
) -> None:
    await box.take(ami("a", ("", 1, 2)))
    await clock.advance(290)
    await box.take(ami("b", ("", 2, 2), box_time="2026-11-01 12:04:50"))
    assert box.texts == ["ab"]


async def test_ami_without_id_takes_no_part_later(
    box: Announced, clock: HandClock
) -> None:
    await box.take(ami("a", ("", 1, 2)))
    await clock.advance(310)
    await box.take(ami("b", ("", 2, 2)))
    await clock.advance(310)
    assert [(m.text, m.complete) for m in box.messages] == [("a", False), ("b", False)]
    assert box.messages[0].message_id != box.messages[1].message_id


@pytest.mark.parametrize("place", [("", 0, 1), ("", 1, 1), ("E9510086", 0, 1)])
async def test_single_ami_message_with_either_index(
    box: Announced, place: tuple[str, int, int]
) -> None:
    await box.take(ami("Ok", place))
    assert box.texts == ["Ok"]
    assert box.last.complete


@pytest.mark.parametrize("place", [("r", 4, 3), ("r", -1, 3), ("r", 1, 0)])
async def test_part_with_an_impossible_place_is_not_lost(
    box: Announced, place: tuple[str, int, int]
) -> None:
    await box.take(smpp("x", place))
    assert box.texts == ["x"]


async def test_text_that_says_it_lacks_a_part_is_not_complete(box: Announced) -> None:
    await box.take(smpp(" [SMS1 missed] rest"))
    assert box.texts == [" [SMS1 missed] rest"]
    assert not box.last.complete


@pytest.mark.parametrize(
    ("coding", "payload", "text", "kind"),
    [
        (Coding.BINARY, b"\x01\x02", "", MessageKind.BINARY),
        (Coding.UCS2, b"\x04\x1f\x04", "П\ufffd", MessageKind.TEXT),
        (Coding.UTF8, b"a\xffb\0c", "a\ufffdbc", MessageKind.TEXT),
        (Coding.GSM7, b"a\xffb", "a\ufffdb", MessageKind.TEXT),
        (Coding.UCS2, b"\x00a\xd8\x3c\x00b", "a\ufffdb", MessageKind.TEXT),
    ],
)
async def test_what_cannot_be_read_is_announced_as_far_as_it_can(
    box: Announced, coding: Coding, payload: bytes, text: str, kind: MessageKind
) -> None:
    await box.take(replace(smpp(""), coding=coding, payload=payload))
    assert (box.last.text, box.last.kind) == (text, kind)


@pytest.mark.parametrize("kind", [MessageKind.FLASH, MessageKind.MMS_NOTICE])
async def test_kind_is_what_the_driver_says(box: Announced, kind: MessageKind) -> None:
    part = replace(smpp(""), coding=Coding.BINARY, payload=b"\x01", kind=kind)
    await box.take(part)
    assert box.last.kind is kind


async def test_knows_the_senders_of_announced_messages(box: Announced) -> None:
    await box.take(smpp("x"))
    assert box.inbox.knows(SENDER)
    assert not box.inbox.knows(SENDER.removeprefix("+"))


async def test_texts_stay_out_of_the_log(
    box: Announced, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await box.take(smpp("secret", ("r", 1, 2)))
    await box.take(smpp("secret2", ("r", 1, 2)))
    assert caplog.text == ""
