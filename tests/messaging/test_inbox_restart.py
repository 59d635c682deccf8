"""What is on disk survives a kill at any moment, and is announced as the moment demands."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from custom_components.gsm_gateway.gateways.model import Coding, MessageKind
from custom_components.gsm_gateway.messaging.messages import ReceivedMessage

from .fickle_store import HELD, MUTE
from .hand_clock import START, HandClock
from .receiving import SENDER, Announced, after_a_kill, ami, listening, smpp

PART = "INSERT INTO received_part"


@pytest.fixture
async def box(clock: HandClock, new_id: Callable[[], str]) -> AsyncIterator[Announced]:
    async with listening(clock, new_id) as announced:
        yield announced


async def test_killed_before_the_part_is_on_disk(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {PART: HELD}
    await box.bring("x")
    assert (box.acknowledged, box.texts) == ([], [])
    async with after_a_kill(box, clock, new_id) as again:
        await clock.advance(600)
        assert again.texts == []
        await again.bring("x")
        assert [(m.text, m.redelivered) for m in again.messages] == [("x", False)]


async def test_killed_between_disk_and_acknowledgement(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {PART: MUTE}
    await box.bring("x")
    assert (box.acknowledged, box.texts) == ([], [])
    async with after_a_kill(box, clock, new_id) as again:
        assert [(m.text, m.redelivered, m.late) for m in again.messages] == [
            ("x", False, True)
        ]
        again.inbox.on_connection(connected=True)
        await again.bring("x")
        assert again.acknowledged == ["x"]
        assert again.texts == ["x"]


async def test_killed_between_acknowledgement_and_announcing(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {"'announcing'": HELD}
    await box.bring("x")
    assert (box.acknowledged, box.texts) == (["x"], [])
    async with after_a_kill(box, clock, new_id) as again:
        assert [(m.text, m.redelivered, m.late) for m in again.messages] == [
            ("x", False, True)
        ]


async def test_killed_between_announcing_and_the_event(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {"'announcing'": MUTE}
    await box.bring("x")
    assert box.texts == []
    async with after_a_kill(box, clock, new_id) as again:
        assert [(m.text, m.redelivered, m.late) for m in again.messages] == [
            ("x", True, True)
        ]


async def test_killed_between_the_event_and_announced(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.take(replace(smpp("x", channel=3), kind=MessageKind.FLASH))
    first = box.last
    async with after_a_kill(box, clock, new_id) as again:
        assert again.messages == [replace(first, redelivered=True, late=True)]


async def test_killed_after_announced(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("x")
    await clock.advance(2)
    async with after_a_kill(box, clock, new_id) as again:
        await clock.advance(600)
        assert again.texts == []


async def test_killed_again_and_again_while_it_is_announced(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("x")
    ids = [box.last.message_id]
    async with (
        after_a_kill(box, clock, new_id) as second,
        after_a_kill(second, clock, new_id) as third,
    ):
        ids += [second.last.message_id, third.last.message_id]
        assert second.last.redelivered
        assert third.last.redelivered
        assert len(set(ids)) == 1


async def test_killed_before_home_assistant_has_started(
    clock: HandClock, new_id: Callable[[], str]
) -> None:
    async with listening(clock, new_id, opened=False) as box:
        for text in ("one", "two", "three"):
            await box.bring(text)
        await clock.advance(10)
        async with after_a_kill(box, clock, new_id, opened=False) as again:
            assert again.messages == []
            await again.bring("four")
            again.inbox.open()
            await clock.advance(0)
            assert [(m.text, m.redelivered, m.late) for m in again.messages] == [
                ("one", False, True),
                ("two", False, True),
                ("three", False, True),
                ("four", False, False),
            ]
            assert all(message.stored for message in again.messages)
            assert again.messages[0].received_at == START


async def test_stopped_while_an_event_is_due(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {"'announcing'": HELD}
    await box.bring("x")
    box.inbox.close()
    box.store.release()
    await clock.advance(2)
    assert box.texts == []
    async with after_a_kill(box, clock, new_id) as again:
        assert [(m.text, m.redelivered) for m in again.messages] == [("x", False)]


async def test_part_on_its_way_to_the_disk_at_the_stop_is_acknowledged(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {PART: HELD}
    await box.bring("x")
    box.inbox.close()
    await box.bring("y")
    box.store.release()
    await clock.advance(2)
    assert (box.acknowledged, box.refused, box.texts) == (["x"], ["y"], [])
    async with after_a_kill(box, clock, new_id) as again:
        assert [(m.text, m.redelivered) for m in again.messages] == [("x", False)]


async def test_reload_announces_what_the_stop_held_back(
    box: Announced, clock: HandClock
) -> None:
    heard: list[ReceivedMessage] = []
    box.store.fates = {"'announcing'": HELD}
    await box.bring("x")
    box.inbox.close()
    box.store.release()
    await clock.advance(2)
    box.inbox.reopen(heard.append)
    await clock.advance(2)
    assert heard == []
    box.inbox.open()
    await clock.advance(2)
    assert [(m.text, m.redelivered) for m in heard] == [("x", False)]


async def test_parts_of_before_and_after_the_kill_are_one_message(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("a", ("r", 1, 3))
    await box.bring("c", ("r", 3, 3))
    await clock.advance(100)
    async with after_a_kill(box, clock, new_id) as again:
        await clock.advance(100)
        assert again.texts == []
        await again.bring("b", ("r", 2, 3), link="bind 7")
        assert [(m.text, m.complete, m.late) for m in again.messages] == [
            ("abc", True, False)
        ]
        assert again.last.received_at == clock.now()


async def test_incomplete_message_is_given_up_by_its_own_clock(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("a", ("r", 1, 2))
    await clock.advance(200)
    async with after_a_kill(box, clock, new_id) as again:
        await clock.advance(95)
        assert again.texts == []
        await clock.advance(10)
        assert [
            (m.text, m.complete, m.late, m.received_at) for m in again.messages
        ] == [("a", False, True, START)]


async def test_late_part_after_a_kill_completes_the_message(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("a", ("r", 1, 2))
    await clock.advance(400)
    first = box.last
    async with after_a_kill(box, clock, new_id) as again:
        assert again.texts == []
        await clock.leap(23 * 3600)
        await again.bring("b", ("r", 2, 2))
        assert [(m.text, m.complete, m.redelivered) for m in again.messages] == [
            ("ab", True, True)
        ]
        assert again.last.message_id == first.message_id


async def test_late_part_that_was_not_joined_before_the_kill(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("a", ("r", 1, 2))
    await clock.advance(400)
    box.store.fates = {PART: MUTE}
    await box.bring("b", ("r", 2, 2))
    async with after_a_kill(box, clock, new_id) as again:
        assert [(m.text, m.complete, m.redelivered) for m in again.messages] == [
            ("ab", True, True)
        ]
        assert again.last.message_id == box.messages[0].message_id


async def test_event_of_the_first_version_does_not_stand_for_the_second(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("a", ("r", 1, 2))
    box.store.fates = {"'announced'": HELD}
    await clock.advance(310)
    assert box.texts == ["a"]
    box.store.fates["'announcing'"] = MUTE
    await box.bring("b", ("r", 2, 2))
    box.store.release()
    await clock.advance(2)
    assert box.texts == ["a"]
    async with after_a_kill(box, clock, new_id) as again:
        assert [(m.text, m.redelivered) for m in again.messages] == [("ab", True)]


async def test_key_is_forgotten_a_day_later_over_a_restart(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("a", ("r", 1, 2))
    await clock.advance(400)
    await clock.leap(24 * 3600)
    async with after_a_kill(box, clock, new_id) as again:
        await again.bring("b", ("r", 2, 2))
        await clock.advance(310)
        assert [(m.text, m.complete, m.redelivered) for m in again.messages] == [
            ("b", False, False)
        ]


async def test_message_whose_place_was_taken_gets_no_part_of_another(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("old", ("r", 1, 2))
    await clock.advance(400)
    await box.bring("new", ("r", 1, 2))
    await box.bring("er", ("r", 2, 2))
    assert box.texts == ["old", "newer"]
    await clock.advance(2)
    async with after_a_kill(box, clock, new_id) as again:
        await again.bring("third", ("r", 2, 2), link="bind 2")
        await clock.advance(310)
        assert [(m.text, m.complete) for m in again.messages] == [("third", False)]


async def test_reference_is_free_again_after_a_complete_message_of_before(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("a", ("r", 1, 2))
    await box.bring("b", ("r", 2, 2))
    await clock.advance(70)
    async with after_a_kill(box, clock, new_id) as again:
        await again.bring("a", ("r", 1, 2))
        await again.bring("b", ("r", 2, 2))
        assert [(m.text, m.redelivered) for m in again.messages] == [("ab", False)]
        assert again.last.message_id != box.last.message_id


async def test_incomplete_and_completed_before_anybody_listened(
    clock: HandClock, new_id: Callable[[], str]
) -> None:
    async with listening(clock, new_id, opened=False) as box:
        await box.bring("a", ("r", 1, 2))
        await clock.advance(400)
        await box.bring("b", ("r", 2, 2))
        async with after_a_kill(box, clock, new_id) as again:
            assert [(m.text, m.redelivered) for m in again.messages] == [("ab", False)]
        box.inbox.open()
        await clock.advance(0)
        assert [(m.text, m.redelivered) for m in box.messages] == [("ab", False)]


async def test_equal_part_that_came_twice_begins_no_message_after_a_restart(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    for _ in range(2):
        await box.bring("a", ("r", 1, 2))
    await box.bring("b", ("r", 2, 2))
    await clock.advance(2)
    async with after_a_kill(box, clock, new_id) as again:
        await clock.advance(400)
        assert again.texts == []


async def test_order_of_what_was_not_joined_is_kept(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {PART: MUTE}
    for number in range(20):
        box.inbox.take(ami(f"{number}"))
    await clock.advance(2)
    async with after_a_kill(box, clock, new_id) as again:
        assert again.texts == [f"{number}" for number in range(20)]


async def test_raw_bytes_of_what_cannot_be_read_are_kept(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {PART: MUTE}
    part = replace(smpp(""), coding=Coding.BINARY, payload=b"\x01\xff", raw=b"\x00PDU")
    await box.take(part)
    async with after_a_kill(box, clock, new_id) as again:
        assert [(m.text, m.kind) for m in again.messages] == [("", MessageKind.BINARY)]
        rows = await again.rows("SELECT payload, raw, message_id FROM received_part")
        assert rows == [(b"\x01\xff", b"\x00PDU", again.last.message_id)]


async def test_senders_of_earlier_runs_are_known(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("x")
    async with after_a_kill(box, clock, new_id) as again:
        assert again.inbox.knows(SENDER)
        assert not again.inbox.knows("+49171")


async def test_messages_of_another_box_are_left_alone(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {PART: MUTE}
    await box.bring("x")
    await box.store.write(("UPDATE received_part SET box_id = 'other'", ()))
    async with after_a_kill(box, clock, new_id) as again:
        assert again.texts == []


async def test_rows_of_another_make_cost_nothing_else(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.inbox.close()
    for text in ("strange", "good"):
        await box.take(ami(text))
    for reference in ("1", "2"):
        await box.take(ami("first half", (reference, 1, 2)))
    for spoil in (
        "UPDATE received SET kind = 'hologram' WHERE text = 'strange'",
        "UPDATE received_part SET coding = 'runes' WHERE reference = '1'",
    ):
        await asyncio.wait([box.store.write((spoil, ()))])
    async with after_a_kill(box, clock, new_id) as again:
        await again.take(ami(", second half", ("2", 2, 2)))
        assert again.texts == ["good", "first half, second half"]
