"""What a transport brings twice is announced once, and no more is dropped."""

from collections.abc import AsyncIterator, Callable

import pytest

from .fickle_store import HELD, MUTE
from .hand_clock import HandClock
from .receiving import Announced, after_a_kill, ami, listening, smpp


@pytest.fixture
async def box(clock: HandClock, new_id: Callable[[], str]) -> AsyncIterator[Announced]:
    async with listening(clock, new_id) as announced:
        yield announced


async def rebind(box: Announced, clock: HandClock, seconds: float = 3) -> None:
    """Let the link fall and come back."""
    box.inbox.on_connection(connected=False)
    await clock.advance(seconds)
    box.inbox.on_connection(connected=True)


async def test_smpp_repeat_after_a_rebind_is_acknowledged_and_dropped(
    box: Announced, clock: HandClock
) -> None:
    acknowledged: list[str] = []
    await box.take(smpp("x"))
    await rebind(box, clock)
    again = smpp("x", link="bind 2", acknowledge=lambda: acknowledged.append("x"))
    await box.take(again)
    assert box.texts == ["x"]
    assert acknowledged == ["x"]


async def test_another_bind_alone_tells_that_the_link_had_fallen(
    box: Announced,
) -> None:
    await box.take(smpp("x", channel=2))
    await box.take(smpp("x", channel=2, link="bind 2"))
    assert box.texts == ["x"]


async def test_each_part_is_repeated_only_once(
    box: Announced, clock: HandClock
) -> None:
    await box.take(smpp("x"))
    await rebind(box, clock)
    for _ in range(2):
        await box.take(smpp("x", link="bind 2"))
    assert box.texts == ["x", "x"]


async def test_repeat_of_a_repeat(box: Announced, clock: HandClock) -> None:
    for number in range(4):
        await box.take(smpp("x", link=f"bind {number}"))
        await rebind(box, clock)
    assert box.texts == ["x"]


async def test_same_text_on_the_same_bind_is_a_new_message(
    box: Announced, clock: HandClock
) -> None:
    await box.take(smpp("x"))
    await box.take(smpp("x"))
    await rebind(box, clock)  # of another line of this box
    await box.take(smpp("x"))
    assert box.texts == ["x", "x", "x"]


async def test_other_content_after_a_rebind_is_new(
    box: Announced, clock: HandClock
) -> None:
    await box.take(smpp("x"))
    await rebind(box, clock)
    await box.take(smpp("y", link="bind 2"))
    await box.take(smpp("x", link="bind 2", channel=2))
    assert box.texts == ["x", "y", "x"]


async def test_what_was_answered_long_before_the_fall_is_not_repeated(
    box: Announced, clock: HandClock
) -> None:
    await box.take(smpp("x"))
    await clock.advance(61)
    await rebind(box, clock)
    await box.take(smpp("x", link="bind 2"))
    assert box.texts == ["x", "x"]


async def test_box_repeats_within_two_minutes_of_the_rebind(
    box: Announced, clock: HandClock
) -> None:
    await box.take(smpp("x"))
    await box.take(smpp("y"))
    await rebind(box, clock, seconds=1800)
    await clock.advance(119)
    await box.take(smpp("x", link="bind 2"))
    await clock.advance(2)
    await box.take(smpp("y", link="bind 2"))
    assert box.texts == ["x", "y", "y"]


async def test_repeated_part_of_a_long_message(
    box: Announced, clock: HandClock
) -> None:
    await box.take(smpp("a", ("r", 1, 2)))
    await box.take(smpp("b", ("r", 2, 2)))
    await rebind(box, clock)
    await box.take(smpp("b", ("r", 2, 2), link="bind 2"))
    await clock.advance(400)
    assert box.texts == ["ab"]


async def test_two_ami_logins_bring_one_message(box: Announced) -> None:
    await box.take(ami("x", link="events"))
    await box.take(ami("x", link="ussd"))
    assert box.texts == ["x"]


@pytest.mark.parametrize(
    "logins",
    [
        ["events", "ussd", "events", "ussd"],
        ["events", "events", "ussd", "ussd"],
        ["ussd", "ussd", "events", "events"],
    ],
)
async def test_two_equal_messages_over_two_logins(
    box: Announced, logins: list[str]
) -> None:
    for login in logins:
        await box.take(ami("x", link=login))
    assert box.texts == ["x", "x"]


async def test_one_ami_login_never_repeats(box: Announced) -> None:
    await box.take(ami("x"))
    await box.take(ami("x"))
    assert box.texts == ["x", "x"]


async def test_other_login_with_another_time_stamp_is_new(box: Announced) -> None:
    await box.take(ami("x", link="events"))
    await box.take(ami("x", link="ussd", box_time="2026-11-01 12:00:01"))
    assert box.texts == ["x", "x"]


async def test_other_login_a_minute_later_is_new(
    box: Announced, clock: HandClock
) -> None:
    await box.take(ami("x", link="events"))
    await clock.advance(61)
    await box.take(ami("x", link="ussd"))
    assert box.texts == ["x", "x"]


async def test_long_message_over_two_logins_with_parts_out_of_order(
    box: Announced, clock: HandClock
) -> None:
    for index in (2, 1):
        await box.take(ami("ab"[index - 1], ("", index, 2), link="events"))
    for index in (1, 2):
        await box.take(ami("ab"[index - 1], ("", index, 2), link="ussd"))
    await clock.advance(400)
    assert box.texts == ["ab"]


async def test_part_of_the_last_minute_before_a_kill_may_come_again(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("x")
    await clock.advance(50)
    async with after_a_kill(box, clock, new_id) as again:
        again.messages.clear()
        await clock.advance(3600)
        again.inbox.on_connection(connected=True)
        await clock.advance(119)
        await again.bring("x")
        assert again.acknowledged == ["x"]
        await again.bring("x")
        assert again.texts == ["x"]


async def test_two_minutes_after_the_first_rebind_nothing_of_before_comes_again(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("x")
    async with after_a_kill(box, clock, new_id) as again:
        again.messages.clear()
        again.inbox.on_connection(connected=True)
        await clock.advance(121)
        await again.bring("x")
        assert again.texts == ["x"]


async def test_part_that_was_answered_long_before_a_kill_does_not_come_again(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("x")
    await clock.advance(70)
    async with after_a_kill(box, clock, new_id) as again:
        again.inbox.on_connection(connected=True)
        await again.bring("x")
        assert again.texts == ["x"]


async def test_part_in_doubt_stays_so_over_a_kill_however_long_the_link_is_down(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("x")
    box.inbox.on_connection(connected=False)
    await clock.advance(3600)
    async with after_a_kill(box, clock, new_id) as again:
        again.inbox.on_connection(connected=True)
        await again.bring("x", link="bind 2")
        assert again.texts == []


async def test_repeat_after_a_kill_and_another_kill(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("x")
    await clock.advance(2)
    async with after_a_kill(box, clock, new_id) as second:
        second.inbox.on_connection(connected=True)
        await second.bring("x")
        async with after_a_kill(second, clock, new_id) as third:
            third.inbox.on_connection(connected=True)
            await third.bring("x")
            assert (second.texts, third.texts) == ([], [])


async def test_repeated_part_of_a_long_message_after_a_kill(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.bring("a", ("r", 1, 2))
    await box.bring("b", ("r", 2, 2))
    await clock.advance(2)
    async with after_a_kill(box, clock, new_id) as again:
        again.inbox.on_connection(connected=True)
        await again.bring("a", ("r", 1, 2))
        await again.bring("b", ("r", 2, 2))
        await clock.advance(400)
        assert again.acknowledged == ["a", "b"]
        assert again.texts == []


async def test_part_that_the_driver_has_refused_meanwhile_comes_again_on_its_bind(
    box: Announced, clock: HandClock
) -> None:
    box.store.fates = {"INSERT INTO received_part": HELD}
    await box.bring("x")
    await clock.advance(31)
    box.store.release()
    await clock.advance(1)
    assert box.texts == ["x"]
    await box.bring("x")
    assert box.texts == ["x"]
    await box.bring("x")
    assert box.texts == ["x", "x"]


async def test_part_comes_again_before_the_first_is_on_a_slow_disk(
    box: Announced, clock: HandClock
) -> None:
    box.store.fates = {"INSERT INTO received_part": HELD}
    await box.bring("x")
    await clock.advance(31)  # the driver has refused it
    await box.bring("x")
    box.store.release()
    await clock.advance(1)
    assert box.acknowledged == ["x", "x"]
    assert box.texts == ["x"]
    await box.bring("x")
    assert box.texts == ["x", "x"]


async def test_part_that_was_never_answered_is_in_doubt_however_long_ago_it_came(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.fates = {"INSERT INTO received_part": MUTE}
    await box.bring("x")
    await clock.advance(200)
    async with after_a_kill(box, clock, new_id) as again:
        again.inbox.on_connection(connected=True)
        await again.bring("x")
        assert again.acknowledged == ["x"]
        assert again.texts == ["x"]


async def test_ami_parts_of_an_earlier_run_do_not_come_again(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.take(ami("x", link="events"))
    await clock.advance(2)
    async with after_a_kill(box, clock, new_id) as again:
        await again.take(ami("x", link="ussd"))
        assert again.texts == ["x"]
