"""The inbox page brings what was not pushed, and nothing twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.gsm_gateway.gateways.model import CannotConnect, InboxEntry
from custom_components.gsm_gateway.messaging.catchup import CatchUp, time_of

from .fake_box import FakeBox
from .hand_clock import START, HandClock
from .receiving import SENDER, Announced, listening, smpp

ZONE = ZoneInfo("Europe/Berlin")
NOON = "11-01 13:00:00"
"""The moment at which the hand clock starts, as the box prints it."""


def entry(
    text: str, box_time: str, *, channel: int = 1, sender: str = SENDER
) -> InboxEntry:
    """Make a line of the page."""
    return InboxEntry(channel=channel, sender=sender, text=text, box_time=box_time)


def printed(clock: HandClock) -> str:
    """Return the present moment as the box prints it."""
    return clock.now().astimezone(ZONE).strftime("%m-%d %H:%M:%S")


class Site:
    """A box with its page, and what was announced."""

    def __init__(self, box: FakeBox, seen: Announced, catchup: CatchUp) -> None:
        """Bring them together."""
        self.page = box.page
        self.inbox = seen.inbox
        self.seen = seen
        self.catchup = catchup

    def show(self, text: str, clock: HandClock) -> None:
        """Let a message come in at the box, on top of a page of five."""
        self.page.entries = [entry(text, printed(clock)), *self.page.entries][:5]


@asynccontextmanager
async def site(
    clock: HandClock, new_id: Callable[[], str], *, pushes: bool
) -> AsyncIterator[Site]:
    """Run the inbox and the reading of the page."""
    box = FakeBox(pushes=pushes)
    box.page.entries = [entry("old", "10-31 09:00:00")]
    async with listening(clock, new_id) as seen:
        catchup = CatchUp(box.gateway, seen.inbox, clock, ZONE)
        task = asyncio.create_task(catchup.run())
        try:
            yield Site(box, seen, catchup)
        finally:
            task.cancel()
            await asyncio.wait([task])


@pytest.fixture
async def pulled(clock: HandClock, new_id: Callable[[], str]) -> AsyncIterator[Site]:
    """A box where nothing pushes, its page read once."""
    async with site(clock, new_id, pushes=False) as here:
        await clock.advance(1)
        yield here


@pytest.fixture
async def pushed(clock: HandClock, new_id: Callable[[], str]) -> AsyncIterator[Site]:
    """A box that pushes too, its page read once."""
    async with site(clock, new_id, pushes=True) as here:
        await clock.advance(1)
        yield here


async def test_first_read_announces_nothing_old(pulled: Site, clock: HandClock) -> None:
    await clock.advance(600)
    assert pulled.page.reads > 10
    assert pulled.seen.texts == []


async def test_what_came_between_two_drivers_of_a_box_is_announced(
    clock: HandClock, new_id: Callable[[], str]
) -> None:
    async with listening(clock, new_id) as seen:
        old, new = FakeBox(pushes=False), FakeBox(pushes=False)
        catchup = CatchUp(old.gateway, seen.inbox, clock, ZONE)
        task = asyncio.create_task(catchup.run())
        await clock.advance(1)
        task.cancel()
        await asyncio.wait([task])
        await clock.advance(3600)
        new.page.entries = [entry("meanwhile", printed(clock))]
        await clock.advance(3600)

        catchup.use(new.gateway)
        task = asyncio.create_task(catchup.run())
        await clock.advance(1)
        task.cancel()
        await asyncio.wait([task])
        assert seen.texts == ["meanwhile"]


async def test_new_entry_is_announced_at_the_next_read(
    pulled: Site, clock: HandClock
) -> None:
    await clock.advance(10)
    pulled.show("new", clock)
    came = clock.now()
    await clock.advance(20)
    assert pulled.seen.texts == ["new"]
    assert pulled.seen.last.received_at == came.replace(microsecond=0)
    assert pulled.seen.last.time_guessed
    await clock.advance(600)
    assert pulled.seen.texts == ["new"]


async def test_message_of_the_instant_of_recovery_is_not_old(
    clock: HandClock, new_id: Callable[[], str]
) -> None:
    async with site(clock, new_id, pushes=False) as here:
        here.page.error = CannotConnect("off")
        await clock.advance(3600)
        here.show("first", clock)
        here.page.error = None
        here.catchup.wake()
        await clock.advance(1)
        assert here.seen.texts == ["first"]
        assert not here.seen.last.late


async def test_equal_texts_are_counted(pulled: Site, clock: HandClock) -> None:
    for _ in range(3):
        await clock.advance(40)
        pulled.show("Motion", clock)
    await clock.advance(40)
    assert pulled.seen.texts == ["Motion"] * 3


async def test_equal_texts_in_one_second_are_counted(
    pulled: Site, clock: HandClock
) -> None:
    pulled.show("Motion", clock)
    pulled.show("Motion", clock)
    await clock.advance(30)
    assert pulled.seen.texts == ["Motion"] * 2
    pulled.page.entries = [entry("Motion", pulled.page.entries[0].box_time)]
    await clock.advance(60)
    assert pulled.seen.texts == ["Motion"] * 2


async def test_equal_texts_roll_through_a_page_of_five(
    pulled: Site, clock: HandClock
) -> None:
    for number in range(12):
        pulled.show("Motion", clock)
        await clock.advance(30)
        assert len(pulled.seen.texts) == number + 1


async def test_entries_that_go_and_come_back_are_not_new(
    pulled: Site, clock: HandClock
) -> None:
    pulled.show("new", clock)
    await clock.advance(30)
    kept, pulled.page.entries = pulled.page.entries, []
    await clock.advance(60)
    pulled.page.entries = kept[1:]
    await clock.advance(60)
    pulled.page.entries = kept
    await clock.advance(60)
    assert pulled.seen.texts == ["new"]


async def test_several_new_entries_come_oldest_first(
    pulled: Site, clock: HandClock
) -> None:
    for text in ("one", "two", "three"):
        pulled.show(text, clock)
        await clock.advance(2)
    pulled.page.entries = pulled.page.entries[1:] + pulled.page.entries[:1]
    await clock.advance(30)
    assert pulled.seen.texts == ["one", "two", "three"]


async def test_page_that_cannot_be_read_is_read_again(
    pulled: Site, clock: HandClock
) -> None:
    pulled.page.error = CannotConnect("off")
    await clock.advance(100)
    pulled.show("meanwhile", clock)
    pulled.page.error = None
    await clock.advance(30)
    assert pulled.seen.texts == ["meanwhile"]


async def test_pushed_message_is_not_announced_from_the_page(
    pushed: Site, clock: HandClock
) -> None:
    await clock.advance(100)
    await pushed.seen.take(smpp("Hallo"))
    pushed.show("Hallo", clock)
    await clock.advance(1200)
    assert pushed.seen.texts == ["Hallo"]


async def test_push_during_a_long_read_is_not_announced_from_the_next_page(
    pushed: Site, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = pushed.page.read_inbox

    async def slow() -> tuple[InboxEntry, ...]:
        shown = await quick()
        await clock.sleep(200)
        return shown

    monkeypatch.setattr(pushed.page, "read_inbox", slow)
    pushed.catchup.wake()
    await clock.advance(1)
    await pushed.seen.take(smpp("Hallo"))
    pushed.show("Hallo", clock)
    await clock.advance(1200)
    assert pushed.seen.texts == ["Hallo"]


async def test_message_around_the_first_read_is_not_announced_twice(
    clock: HandClock, new_id: Callable[[], str]
) -> None:
    async with site(clock, new_id, pushes=True) as here:
        await here.seen.take(smpp("before"))
        here.show("before", clock)
        here.show("after", clock)
        await clock.advance(1)
        await here.seen.take(smpp("after"))
        await clock.advance(1200)
        assert here.seen.texts == ["before", "after"]


async def test_message_that_was_not_pushed_needs_two_reads(
    pushed: Site, clock: HandClock
) -> None:
    pushed.show("lost", clock)
    came = clock.now()
    pushed.catchup.wake()
    await clock.advance(29)
    assert pushed.seen.texts == []
    await clock.advance(2)
    assert pushed.seen.texts == ["lost"]
    assert pushed.seen.last.received_at == came
    await clock.advance(1200)
    assert pushed.seen.texts == ["lost"]


async def test_two_hasty_reads_do_not_count_as_two(
    pushed: Site, clock: HandClock
) -> None:
    pushed.show("slow push", clock)
    for _ in range(4):
        pushed.catchup.wake()
        await clock.advance(5)
    await pushed.seen.take(smpp("slow push"))
    await clock.advance(1200)
    assert pushed.seen.texts == ["slow push"]
    assert not pushed.seen.last.time_guessed


async def test_page_is_read_every_five_minutes_beside_pushes(
    pushed: Site, clock: HandClock
) -> None:
    assert pushed.page.reads == 1
    await clock.advance(298)
    assert pushed.page.reads == 1
    await clock.advance(2)
    assert pushed.page.reads == 2


async def test_push_after_its_entry_was_announced_is_dropped(
    pushed: Site, clock: HandClock
) -> None:
    pushed.show("late push", clock)
    pushed.catchup.wake()
    await clock.advance(31)
    assert pushed.seen.texts == ["late push"]
    acknowledged: list[bool] = []
    await clock.advance(560)
    await pushed.seen.take(
        smpp("late push", acknowledge=lambda: acknowledged.append(True))
    )
    assert acknowledged == [True]
    assert pushed.seen.texts == ["late push"]
    await pushed.seen.take(smpp("late push"))
    assert pushed.seen.texts == ["late push"] * 2


async def test_push_long_after_its_entry_is_a_new_message(
    pushed: Site, clock: HandClock
) -> None:
    pushed.show("again", clock)
    pushed.catchup.wake()
    await clock.advance(640)
    await pushed.seen.take(smpp("again"))
    assert pushed.seen.texts == ["again"] * 2


async def test_second_equal_message_whose_push_was_lost(
    pushed: Site, clock: HandClock
) -> None:
    await pushed.seen.take(smpp("Motion"))
    pushed.show("Motion", clock)
    pushed.catchup.wake()
    await clock.advance(30)
    pushed.show("Motion", clock)
    pushed.catchup.wake()
    await clock.advance(700)
    assert pushed.seen.texts == ["Motion"] * 2
    assert [m.time_guessed for m in pushed.seen.messages] == [False, True]


async def test_push_that_never_shows_on_the_page_hides_nothing_later(
    pushed: Site, clock: HandClock
) -> None:
    await pushed.seen.take(smpp("Motion"))
    await clock.advance(1000)
    pushed.show("Motion", clock)
    await clock.advance(700)
    assert pushed.seen.texts == ["Motion"] * 2


@pytest.mark.parametrize(
    ("push", "shown"),
    [
        ("Zeile\r\nzwei  ", "Zeile zwei".replace(" ", "")),
        ("Bell\x07", "Bell"),
        ("Überfall", "\ufffdberfall"),
        ("teil", " [SMS1 missed]teil"),
        ("Ende   ", "Ende"),
        ("\N{PARTY POPPER}", "\ud83c\udf89"),
    ],
)
async def test_what_page_and_push_write_differently(
    pushed: Site, clock: HandClock, push: str, shown: str
) -> None:
    await pushed.seen.take(smpp(push.replace("Ü", "\ufffd")))
    pushed.show(shown, clock)
    await clock.advance(1200)
    assert len(pushed.seen.texts) == 1


async def test_sender_without_its_plus_on_the_page(
    pushed: Site, clock: HandClock
) -> None:
    await pushed.seen.take(smpp("x", sender="+4917"))
    pushed.page.entries.append(entry("x", printed(clock), sender="4917"))
    await clock.advance(1200)
    assert pushed.seen.texts == ["x"]


@pytest.mark.parametrize("rows", [["ab"], ["a", "b"], ["b", "a"]])
async def test_long_message_as_one_row_or_several(
    pushed: Site, clock: HandClock, rows: list[str]
) -> None:
    await pushed.seen.take(smpp("a", ("r", 1, 2)))
    await pushed.seen.take(smpp("b", ("r", 2, 2)))
    for row in rows:
        pushed.show(row, clock)
    await clock.advance(1200)
    assert pushed.seen.texts == ["ab"]


@pytest.mark.parametrize("rows", [["ab"], ["a", "b"]])
async def test_long_push_after_its_rows_were_announced(
    pushed: Site, clock: HandClock, rows: list[str]
) -> None:
    for row in rows:
        pushed.show(row, clock)
    pushed.catchup.wake()
    await clock.advance(31)
    await pushed.seen.take(smpp("a", ("r", 1, 2)))
    await pushed.seen.take(smpp("b", ("r", 2, 2)))
    await clock.advance(1200)
    assert sorted(pushed.seen.texts) == rows


async def test_half_a_push_is_no_news_beside_the_whole_row(
    pushed: Site, clock: HandClock
) -> None:
    await pushed.seen.take(smpp("half ", ("r", 1, 2)))
    pushed.show("half whole", clock)
    pushed.catchup.wake()
    await clock.advance(1200)
    assert pushed.seen.texts == ["half whole"]


async def test_box_without_a_page(clock: HandClock, new_id: Callable[[], str]) -> None:
    box = FakeBox()
    object.__setattr__(box.gateway, "inbox", None)
    async with listening(clock, new_id) as seen:
        await CatchUp(box.gateway, seen.inbox, clock, ZONE).run()


async def test_received_at_is_never_before_the_last_read(
    pulled: Site, clock: HandClock
) -> None:
    await clock.advance(100)
    pulled.page.entries.insert(0, entry("x", "11-01 09:00:00"))
    await clock.advance(40)
    assert clock.now() - pulled.seen.last.received_at < timedelta(seconds=75)


async def test_time_stamp_that_cannot_be_read_is_now(
    pulled: Site, clock: HandClock
) -> None:
    pulled.page.entries.insert(0, entry("x", "yesterday"))
    await clock.advance(30)
    assert clock.now() - pulled.seen.last.received_at < timedelta(seconds=35)


@pytest.mark.parametrize(
    ("printed_time", "time"),
    [
        (NOON, START),
        ("2026-11-01 13:00:00", START),
        ("12-31 23:59:59", datetime(2025, 12, 31, 22, 59, 59, tzinfo=UTC)),
        ("11-01 14:00:00", datetime(2026, 11, 1, 13, 0, tzinfo=UTC)),
        ("02-29 12:00:00", None),
        ("13-01 12:00:00", None),
        ("", None),
        ("0001-01-01 00:00:00", None),
    ],
)
def test_time_stamps_with_and_without_a_year(
    printed_time: str, time: datetime | None
) -> None:
    assert time_of(printed_time, ZONE, START) == time


async def test_long_push_that_the_page_lists_in_parts_is_announced_once(
    pushed: Site, clock: HandClock
) -> None:
    whole = "".join(f"{n:03d} Ёлка, " for n in range(15))
    await pushed.seen.take(smpp(whole))
    for at in range(0, len(whole), 67):
        pushed.show(whole[at : at + 67], clock)
    await clock.advance(1200)
    assert pushed.seen.texts == [whole]


async def test_short_text_within_a_long_push_is_a_message_of_its_own(
    pushed: Site, clock: HandClock
) -> None:
    whole = "x" * 70 + " ok " + "y" * 80
    await pushed.seen.take(smpp(whole))
    pushed.show(whole, clock)
    pushed.show("ok", clock)
    await clock.advance(1200)
    assert pushed.seen.texts == [whole, "ok"]
