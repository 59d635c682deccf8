"""What a GoIP repeats by UDP is announced once, and acknowledged each time (quirk Q13, D10)."""

from collections.abc import AsyncIterator, Callable

import pytest

from .fickle_store import HELD, MUTE
from .hand_clock import HandClock
from .receiving import Announced, after_a_kill, listening, udp

PART = "INSERT INTO received_part"


@pytest.fixture
async def box(clock: HandClock, new_id: Callable[[], str]) -> AsyncIterator[Announced]:
    async with listening(clock, new_id) as announced:
        yield announced


async def test_repeat_is_acknowledged_again_and_dropped(box: Announced) -> None:
    for _ in range(10):
        await box.push("x", -7)
    assert box.acknowledged == ["x"] * 10
    assert box.texts == ["x"]


async def test_equal_texts_with_other_numbers_are_two_messages(box: Announced) -> None:
    await box.push("x", 2)
    await box.push("x", 1)
    assert box.texts == ["x", "x"]


async def test_number_that_begins_anew_with_another_content_is_a_new_message(
    box: Announced,
) -> None:
    await box.push("x")
    await box.push("y")
    await box.take(udp("x", 1, sender="+49171"))
    await box.take(udp("x", 1, channel=2))
    assert box.texts == ["x", "y", "x", "x"]


@pytest.mark.parametrize(("seconds", "times"), [(599, 1), (601, 2)])
async def test_number_is_remembered_for_ten_minutes(
    box: Announced, clock: HandClock, seconds: float, times: int
) -> None:
    await box.push("x")
    await clock.advance(seconds)
    await box.push("x")
    assert box.texts == ["x"] * times
    assert box.acknowledged == ["x", "x"]


async def test_lost_and_found_link_changes_nothing(
    box: Announced, clock: HandClock
) -> None:
    await box.push("x")
    box.inbox.on_connection(connected=False)
    await clock.advance(200)
    box.inbox.on_connection(connected=True)
    await box.push("x")
    assert box.texts == ["x"]


async def test_repeat_is_acknowledged_once_the_first_is_on_disk(
    box: Announced, clock: HandClock
) -> None:
    box.store.fates = {PART: HELD}
    await box.push("x")
    await box.push("x")
    assert box.acknowledged == []
    box.store.release()
    await clock.advance(0)
    assert box.acknowledged == ["x", "x"]
    assert box.texts == ["x"]


@pytest.mark.parametrize(("seconds", "heard"), [(590, []), (610, ["x"])])
async def test_repeat_after_a_kill(
    box: Announced,
    clock: HandClock,
    new_id: Callable[[], str],
    seconds: float,
    heard: list[str],
) -> None:
    await box.push("x")
    await clock.advance(seconds)
    async with after_a_kill(box, clock, new_id) as again:
        await again.push("x")
        assert again.acknowledged == ["x"]
        assert again.texts == heard


async def test_part_that_was_on_disk_at_the_kill_and_not_acknowledged(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {PART: MUTE}
    await box.push("x")
    assert box.acknowledged == []
    async with after_a_kill(box, clock, new_id) as again:
        assert again.texts == ["x"]
        for _ in range(2):
            await again.push("x")
        await clock.advance(2)
        async with after_a_kill(again, clock, new_id) as third:
            await third.push("x")
            assert (again.acknowledged, third.acknowledged) == (["x", "x"], ["x"])
            assert (again.texts, third.texts) == (["x"], [])


async def test_part_that_was_not_on_disk_at_the_kill(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {PART: HELD}
    await box.push("x")
    async with after_a_kill(box, clock, new_id) as again:
        await again.push("x")
        assert again.texts == ["x"]


async def test_what_comes_while_home_assistant_stops_is_kept(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.inbox.close()
    await box.push("x")
    assert (box.acknowledged, box.texts) == (["x"], [])
    async with after_a_kill(box, clock, new_id) as again:
        assert [(m.text, m.redelivered) for m in again.messages] == [("x", False)]


async def test_missed_part_makes_the_message_incomplete(box: Announced) -> None:
    await box.push(" [SMS1 missed]and the rest")
    assert [(m.text, m.complete) for m in box.messages] == [
        (" [SMS1 missed]and the rest", False)
    ]
