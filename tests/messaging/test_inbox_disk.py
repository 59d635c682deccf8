"""A disk that takes nothing for a while loses no message and doubles none."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from .fickle_store import HELD, MUTE
from .hand_clock import HandClock, settle
from .receiving import Announced, after_a_kill, ami, listening, smpp

PART = "INSERT INTO received_part"


@pytest.fixture
async def box(clock: HandClock, new_id: Callable[[], str]) -> AsyncIterator[Announced]:
    async with listening(clock, new_id) as announced:
        yield announced


async def test_smpp_is_refused_twice_and_announced_from_memory_the_third_time(
    box: Announced,
) -> None:
    box.store.full = True
    for times in (1, 2):
        await box.bring("x")
        assert (len(box.refused), box.acknowledged, box.texts) == (times, [], [])
    await box.bring("x")
    assert box.acknowledged == ["x"]
    assert [(m.text, m.stored) for m in box.messages] == [("x", False)]


async def test_udp_gets_no_answer_twice_and_is_announced_from_memory_the_third_time(
    box: Announced,
) -> None:
    box.store.full = True
    for times in (1, 2):
        await box.push("x")
        assert (len(box.refused), box.acknowledged, box.texts) == (times, [], [])
    await box.push("x")
    assert box.acknowledged == ["x"]
    assert [(m.text, m.stored) for m in box.messages] == [("x", False)]
    await box.push("x")
    await box.disk_back()
    await box.push("x")
    assert box.acknowledged == ["x"] * 3
    assert box.texts == ["x"]


async def test_udp_is_kept_at_its_last_time_when_the_disk_takes_it_again(
    box: Announced,
) -> None:
    box.store.full = True
    for _ in range(2):
        await box.push("x")
    await box.disk_back()
    await box.push("x")
    assert box.acknowledged == ["x"]
    assert [(m.text, m.stored) for m in box.messages] == [("x", True)]


async def test_refusals_are_counted_for_each_number(box: Announced) -> None:
    box.store.full = True
    for number in (1, 2, 1, 2):
        await box.push("x", number)
    assert box.texts == []
    await box.push("x", 2)
    assert box.texts == ["x"]


async def test_all_repeats_that_come_before_the_disk_refuses_are_counted(
    box: Announced, clock: HandClock
) -> None:
    box.store.fates = {PART: HELD}
    for _ in range(3):
        await box.push("x")
    box.store.full = True
    box.store.release()
    await clock.advance(0)
    assert (box.acknowledged, box.refused) == (["x"] * 3, [])
    assert [(m.text, m.stored) for m in box.messages] == [("x", False)]


async def test_full_disk_while_home_assistant_stops_keeps_nothing_in_memory(
    box: Announced,
) -> None:
    box.store.full = True
    box.inbox.close()
    for _ in range(4):
        await box.push("x")
    assert (box.acknowledged, box.refused) == ([], ["x"] * 4)


async def test_refused_part_is_kept_as_soon_as_the_disk_takes_it(
    box: Announced,
) -> None:
    box.store.full = True
    for _ in range(2):
        await box.bring("x")
    await box.disk_back()
    await box.bring("x")
    assert box.acknowledged == ["x"]
    assert [(m.text, m.stored) for m in box.messages] == [("x", True)]


async def test_refused_part_that_comes_again_after_a_rebind_is_no_repeat(
    box: Announced,
) -> None:
    box.store.full = True
    await box.bring("x")
    await box.disk_back()
    box.inbox.on_connection(connected=False)
    box.inbox.on_connection(connected=True)
    await box.bring("x", link="bind 2")
    assert (box.refused, box.acknowledged, box.texts) == (["x"], ["x"], ["x"])


async def test_refusals_are_counted_for_each_part(box: Announced) -> None:
    box.store.full = True
    for text in ("x", "y", "x", "y"):
        await box.bring(text)
    assert box.texts == []
    await box.bring("y")
    assert box.texts == ["y"]


async def test_count_of_refusals_ends_with_the_part_kept(box: Announced) -> None:
    box.store.full = True
    for _ in range(2):
        await box.bring("x")
    await box.disk_back()
    await box.bring("x")
    box.store.full = True
    await box.bring("x")
    assert box.refused == ["x"] * 3
    assert box.texts == ["x"]


async def test_ami_is_announced_from_memory_at_once(box: Announced) -> None:
    box.store.full = True
    await box.take(ami("a", ("E1", 1, 2)), ami("b", ("E1", 2, 2)))
    assert [(m.text, m.stored) for m in box.messages] == [("ab", False)]


async def test_what_was_announced_from_memory_is_written_and_not_announced_again(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.full = True
    await box.take(ami("a", ("E1", 1, 2)), ami("b", ("E1", 2, 2)))
    await box.disk_back()
    await clock.advance(2)
    assert box.texts == ["ab"]
    assert await box.rows("SELECT text, state, complete FROM received") == [
        ("ab", "announced", 1)
    ]
    parts = "SELECT payload, message_id FROM received_part ORDER BY place"
    message_id = box.last.message_id
    assert await box.rows(parts) == [(b"a", message_id), (b"b", message_id)]
    async with after_a_kill(box, clock, new_id) as again:
        await clock.advance(400)
        assert again.texts == []


async def test_disk_that_fills_between_part_and_message(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {"'announcing'": HELD}
    await box.bring("x")
    box.store.full = True
    box.store.release()
    await clock.advance(0)
    assert box.acknowledged == ["x"]
    assert [(m.text, m.stored) for m in box.messages] == [("x", False)]
    await box.disk_back()
    async with after_a_kill(box, clock, new_id) as again:
        assert again.texts == []


async def test_kill_before_it_was_written_announces_it_under_the_same_id(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {"'announcing'": HELD}
    await box.bring("x")
    box.store.full = True
    box.store.release()
    await clock.advance(0)
    async with after_a_kill(box, clock, new_id) as again:
        assert again.texts == ["x"]
        assert again.last.message_id == box.last.message_id


async def test_disk_that_fills_before_announced_is_noted(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("x")
    box.store.fates = {"'announced'": HELD}
    await box.bring("y")
    box.store.full = True
    box.store.release()
    await clock.advance(5)
    await box.disk_back()
    await clock.advance(5)
    async with after_a_kill(box, clock, new_id) as again:
        assert again.texts == []


async def test_part_that_waits_in_memory_is_written(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.full = True
    await box.take(ami("a", ("E1", 1, 2)))
    await box.disk_back()
    async with after_a_kill(box, clock, new_id) as again:
        await again.take(ami("b", ("E1", 2, 2)))
        assert again.texts == ["ab"]


async def test_message_of_parts_on_disk_and_in_memory(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("a", ("r", 1, 2))
    box.store.full = True
    for _ in range(3):
        await box.bring("b", ("r", 2, 2))
    assert [(m.text, m.stored) for m in box.messages] == [("ab", False)]
    await box.disk_back()
    await clock.advance(2)
    async with after_a_kill(box, clock, new_id) as again:
        await clock.advance(400)
        assert again.texts == []
        rows = await again.rows("SELECT DISTINCT message_id FROM received_part")
        assert rows == [(box.last.message_id,)]


async def test_disk_comes_back_between_two_parts(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.full = True
    await box.take(ami("a", ("E1", 1, 2)))
    box.store.full = False
    await box.take(ami("b", ("E1", 2, 2)))
    await box.disk_back()
    await clock.advance(2)
    assert [(m.text, m.stored) for m in box.messages] == [("ab", True)]
    async with after_a_kill(box, clock, new_id) as again:
        await clock.advance(400)
        assert again.texts == []


async def test_late_part_completes_what_was_announced_from_memory(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.full = True
    await box.take(ami("a", ("E1", 1, 2)))
    await clock.advance(310)
    assert [(m.text, m.complete, m.stored) for m in box.messages] == [
        ("a", False, False)
    ]
    box.store.full = False
    await box.take(ami("b", ("E1", 2, 2)))
    await box.disk_back()
    await clock.advance(2)
    assert (box.last.text, box.last.complete, box.last.redelivered) == (
        "ab",
        True,
        True,
    )
    assert await box.rows("SELECT text, complete, state FROM received") == [
        ("ab", 1, "announced")
    ]
    async with after_a_kill(box, clock, new_id) as again:
        await clock.advance(400)
        assert again.texts == []


async def test_message_is_joined_while_its_first_part_is_being_written(
    box: Announced,
) -> None:
    box.store.full = True
    await box.take(ami("a", ("E1", 1, 2)))
    box.store.fates = {PART: MUTE}
    await box.disk_back()
    box.store.fates = {}
    await box.take(ami("b", ("E1", 2, 2)))
    assert box.texts == ["ab"]
    rows = await box.rows("SELECT message_id FROM received_part")
    assert rows == [(box.last.message_id,)] * 2


async def test_later_version_writes_what_the_first_one_could_not(
    box: Announced, clock: HandClock
) -> None:
    for text, number in (("a", 1), ("b", 2)):
        await box.bring(text, ("r", number, 3))
    box.store.fates = {"'announcing'": HELD}
    await clock.advance(310)
    box.store.full = True
    box.store.release()
    await clock.advance(0)
    assert [(m.text, m.stored) for m in box.messages] == [("ab", False)]
    box.store.full = False
    await box.bring("c", ("r", 3, 3))
    assert (box.last.text, box.last.stored) == ("abc", True)
    pushes = await box.rows("SELECT text FROM ledger WHERE kind = 'push' ORDER BY text")
    assert pushes == [("a",), ("ab",), ("abc",), ("b",), ("c",)]


async def test_what_waits_for_the_start_in_memory_is_announced_once(
    clock: HandClock, new_id: Callable[[], str]
) -> None:
    async with listening(clock, new_id, opened=False) as box:
        box.store.full = True
        await box.take(ami("x"))
        await box.disk_back()
        async with after_a_kill(box, clock, new_id) as again:
            assert [(m.text, m.redelivered) for m in again.messages] == [("x", False)]
        box.inbox.open()
        await clock.advance(2)
        assert [(m.text, m.stored) for m in box.messages] == [("x", True)]
        async with after_a_kill(box, clock, new_id) as again:
            assert again.texts == []


async def test_log_that_could_not_be_read_at_the_start_is_read_later(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("a", ("r", 1, 2))
    box.store.fates = {"'announcing'": HELD}
    await box.bring("waited")
    await clock.advance(1)
    async with after_a_kill(box, clock, new_id, full=True) as again:
        await again.take(ami("new"))
        assert again.texts == ["new"]
        await again.disk_back()
        await again.bring("stored")
        await clock.advance(10)
        await again.bring("b", ("r", 2, 2))
        await clock.advance(400)
        assert again.texts == ["new", "stored", "waited", "ab"]
        assert not any(message.redelivered for message in again.messages)


async def test_repeat_of_a_part_that_is_not_on_disk_waits_for_it(
    box: Announced, clock: HandClock
) -> None:
    box.store.fates = {PART: HELD}
    await box.bring("x")
    box.inbox.on_connection(connected=False)
    box.inbox.on_connection(connected=True)
    await box.bring("x", link="bind 2")
    assert (box.acknowledged, box.refused) == ([], [])
    box.store.release()
    await clock.advance(0)
    assert box.acknowledged == ["x", "x"]
    assert box.texts == ["x"]


async def test_repeat_of_a_part_that_the_disk_did_not_take_is_refused_too(
    box: Announced, clock: HandClock
) -> None:
    box.store.fates = {PART: HELD}
    await box.bring("x")
    box.inbox.on_connection(connected=False)
    box.inbox.on_connection(connected=True)
    await box.bring("x", link="bind 2")
    box.store.full = True
    box.store.release()
    await clock.advance(0)
    assert (box.acknowledged, box.refused, box.texts) == ([], ["x", "x"], [])
    await box.disk_back()
    await box.bring("x", link="bind 2")
    assert (box.acknowledged, box.texts) == (["x"], ["x"])


async def test_many_at_once_are_announced_in_their_order(box: Announced) -> None:
    await box.take(*(smpp(f"{number}") for number in range(100)))
    assert box.texts == [f"{number}" for number in range(100)]


@pytest.mark.parametrize("opened", [False, True])
async def test_new_file_gets_what_waits(
    clock: HandClock, new_id: Callable[[], str], opened: bool
) -> None:
    async with listening(clock, new_id, opened=opened) as box:
        await box.bring("a", ("7", 1, 2))
        await box.bring("whole")
        empty = ("DELETE FROM received", ()), ("DELETE FROM received_part", ())
        await asyncio.wait([box.store.write(*empty)])
        box.inbox.on_store_back(anew=True)
        await settle()
        async with after_a_kill(box, clock, new_id) as again:
            await again.bring("b", ("7", 2, 2), link="bind 2")
            heard = [m.text for m in (*box.messages, *again.messages)]
            assert heard == ["whole", "ab"]
