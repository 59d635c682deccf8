"""What a transport brings twice is announced once, and no more is dropped."""

from collections.abc import AsyncIterator, Callable

import pytest

from .hand_clock import HandClock
from .receiving import Announced, ami, listening, smpp


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
