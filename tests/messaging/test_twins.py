"""A message that one box brings by UDP, by SMPP and on its inbox page is announced once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count, pairwise, permutations
from pathlib import Path

import pytest

from .fickle_store import HELD, MUTE
from .hand_clock import HandClock
from .receiving import SENDER, Announced, after_a_kill, listening, smpp, udp
from .test_catchup_restart import Page, run

LONG = "".join(f"{n:03d} Ёлка, " for n in range(15))


@pytest.fixture
async def box(clock: HandClock, new_id: Callable[[], str]) -> AsyncIterator[Announced]:
    async with listening(clock, new_id) as announced:
        yield announced


@pytest.mark.parametrize("ways", ["us", "su"])
async def test_the_other_transport_brings_nothing_new(
    box: Announced, ways: str
) -> None:
    for way in ways:
        await (box.push("x") if way == "u" else box.bring("x"))
    assert box.acknowledged == ["x", "x"]
    assert box.texts == ["x"]
    states = await box.rows("SELECT state FROM received ORDER BY rowid")
    assert states == [("announced",), ("dropped",)]


@pytest.mark.parametrize("ways", sorted(set(permutations("uuss"))))
async def test_two_equal_texts_by_each_transport_stay_two(
    box: Announced, ways: tuple[str, ...]
) -> None:
    numbers = count()
    for way in ways:
        await (box.push("x", next(numbers)) if way == "u" else box.bring("x"))
    assert box.texts == ["x", "x"]


@pytest.mark.parametrize("way", ["u", "s"])
async def test_equal_texts_by_one_transport_are_all_announced(
    box: Announced, way: str
) -> None:
    for number in range(3):
        await (box.push("x", number) if way == "u" else box.bring("x"))
    assert box.texts == ["x"] * 3


async def test_more_by_one_transport_than_by_the_other(box: Announced) -> None:
    await box.push("x", 1)
    for _ in range(3):
        await box.bring("x")
    await box.push("x", 2)
    assert box.texts == ["x"] * 3


async def test_repeats_of_one_transport_do_not_count(box: Announced) -> None:
    for _ in range(3):
        await box.push("x", 1)
    await box.bring("x")
    await box.bring("x")
    assert box.texts == ["x", "x"]


@pytest.mark.parametrize(("seconds", "times"), [(599, 1), (601, 2)])
async def test_twin_comes_within_ten_minutes(
    box: Announced, clock: HandClock, seconds: float, times: int
) -> None:
    await box.push("x")
    await clock.advance(seconds)
    await box.bring("x")
    assert box.texts == ["x"] * times


async def test_other_line_sender_and_text_are_other_messages(box: Announced) -> None:
    await box.push("x")
    await box.take(smpp("x", channel=2), smpp("x", sender="+49171"), smpp("y"))
    assert box.texts == ["x", "x", "x", "y"]


async def test_plus_and_trailing_blanks_do_not_tell_them_apart(box: Announced) -> None:
    await box.take(udp("x ", 1, sender=SENDER.removeprefix("+")), smpp("x"))
    assert box.texts == ["x "]


@pytest.mark.parametrize("whole_first", [False, True])
async def test_long_text_whole_by_one_and_in_parts_by_the_other(
    box: Announced, clock: HandClock, whole_first: bool
) -> None:
    parts = [smpp(LONG[:67], ("7", 1, 3)), smpp(LONG[67:134], ("7", 2, 3))]
    parts.append(smpp(LONG[134:], ("7", 3, 3)))
    if whole_first:
        await box.push(LONG)
    await box.take(*parts)
    if not whole_first:
        await box.push(LONG)
    await clock.advance(400)
    assert box.texts == [LONG]


async def test_incomplete_set_of_a_text_that_came_whole(
    box: Announced, clock: HandClock
) -> None:
    await box.push(LONG)
    await box.take(smpp(LONG[:67], ("7", 1, 3)), smpp(LONG[134:], ("7", 3, 3)))
    await clock.advance(400)
    assert box.texts == [LONG]


async def test_incomplete_set_that_is_completed_after_the_text_came_whole(
    box: Announced, clock: HandClock
) -> None:
    await box.take(smpp(LONG[:67], ("7", 1, 2)))
    await clock.advance(400)
    await box.push(LONG)
    await box.take(smpp(LONG[67:], ("7", 2, 2)))
    assert box.texts == [LONG[:67], LONG]


async def test_twin_after_a_kill(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    await box.push("x")
    await clock.advance(2)
    async with after_a_kill(box, clock, new_id) as again:
        await again.bring("x")
        async with after_a_kill(again, clock, new_id) as third:
            assert (again.texts, third.texts) == ([], [])
            await third.push("x", 2)
            await third.bring("x")
            assert third.texts == ["x"]


@pytest.mark.parametrize("fate", [HELD, MUTE])
async def test_kill_while_the_twin_is_being_dropped(
    box: Announced, clock: HandClock, new_id: Callable[[], str], fate: str
) -> None:
    await box.push("x")
    await clock.advance(2)
    box.store.fates = {"'dropped'": fate}
    await box.bring("x")
    await clock.advance(1000)
    async with after_a_kill(box, clock, new_id) as again:
        await clock.advance(10)
        assert again.texts == []


async def test_twin_of_what_was_announced_from_memory(
    box: Announced, clock: HandClock, new_id: Callable[[], str]
) -> None:
    box.store.full = True
    for _ in range(3):
        await box.push("x")
    for _ in range(3):
        await box.bring("x")
    await box.disk_back()
    assert [(m.text, m.stored) for m in box.messages] == [("x", False)]
    async with after_a_kill(box, clock, new_id) as again:
        assert again.texts == []
        assert await again.rows("SELECT kind FROM ledger") == [("push",)]


async def test_notes_of_the_ways_are_forgotten_after_ten_minutes(
    box: Announced, clock: HandClock
) -> None:
    await box.push("x")
    await box.bring("y")
    await clock.advance(610)
    kinds = "SELECT kind, text FROM ledger ORDER BY text"
    assert await box.rows(kinds) == [("push", "x"), ("push", "y")]


@pytest.mark.parametrize("order", sorted(permutations("ups")))
@pytest.mark.parametrize("kills", [(), (1,), (2,), (1, 2)])
async def test_by_udp_by_smpp_and_on_the_page(
    clock: HandClock,
    new_id: Callable[[], str],
    tmp_path: Path,
    order: tuple[str, ...],
    kills: tuple[int, ...],
) -> None:
    page = Page(clock)
    await clock.advance(3600)
    heard: list[str] = []
    file = tmp_path / "0"
    for life, ways in enumerate(_lives(order, kills), 1):
        async with run(clock, new_id, page, file, pushes=True) as here:
            for way in ways:
                await _happen(way, here.push, here.bring, page)
                here.catchup.wake()
                await clock.advance(40)
            heard += here.texts
            file = here.store.copy(tmp_path / f"{life}")
    async with run(clock, new_id, page, file, pushes=True) as here:
        await clock.advance(60)
        assert heard + here.texts == ["x"]
        page.show("x")  # nothing is left that hides another one
        here.catchup.wake()
        await clock.advance(900)
        assert heard + here.texts == ["x", "x"]


def _lives(order: tuple[str, ...], kills: tuple[int, ...]) -> list[tuple[str, ...]]:
    """Cut what happens at the kills."""
    cuts = [0, *kills, len(order)]
    return [order[a:b] for a, b in pairwise(cuts)]


async def _happen(
    way: str,
    push: Callable[[str], Awaitable[None]],
    bring: Callable[[str], Awaitable[None]],
    page: Page,
) -> None:
    if way == "p":
        page.show("x")
    else:
        await (push("x") if way == "u" else bring("x"))


async def test_page_that_shows_a_long_text_in_pieces_before_it_is_pushed(
    clock: HandClock, new_id: Callable[[], str], tmp_path: Path
) -> None:
    page = Page(clock)
    await clock.advance(3600)
    async with run(clock, new_id, page, tmp_path / "1", pushes=True) as here:
        for piece in (LONG[:67], LONG[67:134], LONG[134:]):
            page.show(piece)
        here.catchup.wake()
        await clock.advance(60)
        assert sorted(here.texts) == sorted([LONG[:67], LONG[67:134], LONG[134:]])
        await here.push(LONG)
        await here.bring(LONG)
        await clock.advance(600)
        assert len(here.texts) == 3
        page.show(LONG[:67])
        here.catchup.wake()
        await clock.advance(60)
        assert len(here.texts) == 4


async def test_push_is_no_text_of_which_the_page_shows_only_a_piece(
    clock: HandClock, new_id: Callable[[], str], tmp_path: Path
) -> None:
    page = Page(clock)
    await clock.advance(3600)
    async with run(clock, new_id, page, tmp_path / "1", pushes=True) as here:
        page.show(LONG[:67])
        here.catchup.wake()
        await clock.advance(60)
        await here.push(LONG)
        assert here.texts == [LONG[:67], LONG]


async def test_part_of_before_a_long_stop_finds_what_was_its_twin_then(
    clock: HandClock, new_id: Callable[[], str], tmp_path: Path
) -> None:
    page = Page(clock)
    await clock.advance(3600)
    async with run(clock, new_id, page, tmp_path / "1", pushes=True) as here:
        page.show("x")
        here.catchup.wake()
        await clock.advance(60)
        here.store.fates = {"'dropped'": HELD}
        await here.push("x")
        file = here.store.copy(tmp_path / "2")
    await clock.advance(7200)
    async with run(clock, new_id, page, file, pushes=True) as again:
        await clock.advance(900)
        assert again.texts == []
