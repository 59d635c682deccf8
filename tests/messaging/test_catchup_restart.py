"""The inbox page over restarts: nothing old, nothing twice, nothing left out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from custom_components.gsm_gateway.gateways.model import InboxEntry
from custom_components.gsm_gateway.messaging.catchup import CatchUp

from .fake_box import FakeBox, FakePage
from .fickle_store import HELD, MUTE
from .hand_clock import HandClock
from .receiving import SENDER, Announced, listening

ZONE = ZoneInfo("Europe/Berlin")
ENTRY = "INSERT OR REPLACE INTO page_entry"


class Page:
    """The page of one box, whoever reads it."""

    def __init__(self, clock: HandClock) -> None:
        """Show what came before we did."""
        self._clock = clock
        self.entries: list[InboxEntry] = []
        self.show("old")

    def show(self, text: str) -> None:
        """Let a message come in at the box."""
        printed = self._clock.now().astimezone(ZONE).strftime("%m-%d %H:%M:%S")
        entry = InboxEntry(channel=1, sender=SENDER, text=text, box_time=printed)
        self.entries.insert(0, entry)

    def on(self, page: FakePage) -> None:
        """Let a box show this page."""
        page.entries = self.entries


class Run(Announced):
    """One life of the process, from its start to a kill."""

    box: FakeBox
    catchup: CatchUp


@asynccontextmanager
async def run(
    clock: HandClock,
    new_id: Callable[[], str],
    page: Page,
    file: Path,
    *,
    pushes: bool = False,
    opened: bool = True,
) -> AsyncIterator[Run]:
    """Live on a file from an earlier life until killed, the page being read once."""
    box = FakeBox(pushes=pushes)
    page.on(box.page)
    async with listening(clock, new_id, file, opened=opened) as seen:
        here = Run(seen.inbox, seen.store, seen.messages)
        here.box, here.catchup = box, CatchUp(box.gateway, seen.inbox, clock, ZONE)
        await here.catchup.load()
        task = asyncio.create_task(here.catchup.run())
        await clock.advance(1)
        try:
            yield here
        finally:
            task.cancel()
            await asyncio.wait([task])


@pytest.fixture
async def page(clock: HandClock) -> Page:
    page = Page(clock)
    await clock.advance(3600)
    return page


async def test_nothing_is_announced_again_after_a_kill(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1") as first:
        page.show("new")
        await clock.advance(60)
        assert first.texts == ["new"]
        file = first.store.copy(tmp_path / "2")
    async with run(clock, new_id, page, file) as second:
        await clock.advance(600)
        assert second.texts == []


async def test_what_came_while_we_were_down_is_announced_late(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1") as first:
        await clock.advance(60)
        file = first.store.copy(tmp_path / "2")
    await clock.advance(600)
    page.show("meanwhile")
    came = clock.now()
    await clock.advance(600)
    async with run(clock, new_id, page, file) as second:
        assert [(m.text, m.late, m.redelivered) for m in second.messages] == [
            ("meanwhile", True, False)
        ]
        assert second.last.received_at == came.replace(microsecond=0)
        assert second.last.time_guessed


async def test_first_start_on_an_old_inbox_that_is_killed_before_it_is_noted(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with listening(clock, new_id, tmp_path / "1") as seen:
        box = FakeBox(pushes=False)
        page.on(box.page)
        seen.store.fates = {ENTRY: HELD}
        catchup = CatchUp(box.gateway, seen.inbox, clock, ZONE)
        task = asyncio.create_task(catchup.run())
        await clock.advance(60)
        file = seen.store.copy(tmp_path / "2")
        task.cancel()
        await asyncio.wait([task])
    async with run(clock, new_id, page, file) as second:
        await clock.advance(60)
        assert second.texts == []


async def test_killed_while_an_entry_is_announced(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1") as first:
        first.store.fates = {"'announcing'": MUTE}
        page.show("new")
        await clock.advance(60)
        assert first.texts == []
        file = first.store.copy(tmp_path / "2")
    async with run(clock, new_id, page, file) as second:
        await clock.advance(60)
        assert [(m.text, m.redelivered) for m in second.messages] == [("new", True)]


async def test_killed_before_an_entry_is_on_disk(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1") as first:
        first.store.fates = {"'announcing'": HELD}
        page.show("new")
        await clock.advance(60)
        file = first.store.copy(tmp_path / "2")
    async with run(clock, new_id, page, file) as second:
        await clock.advance(60)
        assert [(m.text, m.redelivered) for m in second.messages] == [("new", False)]


async def test_entry_found_before_the_start_of_home_assistant(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1", opened=False) as first:
        page.show("new")
        await clock.advance(60)
        assert first.texts == []
        file = first.store.copy(tmp_path / "2")
        first.inbox.open()
        await clock.advance(1)
        assert first.texts == ["new"]
    async with run(clock, new_id, page, file) as second:
        await clock.advance(60)
        assert [(m.text, m.redelivered) for m in second.messages] == [("new", False)]


async def test_push_of_before_the_kill_accounts_for_its_entry(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1", pushes=True) as first:
        await first.bring("pushed")
        page.show("pushed")
        await clock.advance(2)
        file = first.store.copy(tmp_path / "2")
    await clock.advance(30)
    async with run(clock, new_id, page, file, pushes=True) as second:
        await clock.advance(1200)
        assert second.texts == []


async def test_entry_announced_before_the_kill_accounts_for_its_push(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1", pushes=True) as first:
        page.show("slow")
        first.catchup.wake()
        await clock.advance(35)
        assert first.texts == ["slow"]
        file = first.store.copy(tmp_path / "2")
    async with run(clock, new_id, page, file, pushes=True) as second:
        await second.bring("slow")
        await clock.advance(1200)
        assert second.texts == []
        states = await second.rows("SELECT state FROM received ORDER BY rowid")
        assert states == [("announced",), ("dropped",)]


async def test_push_that_never_showed_hides_nothing_that_came_while_we_were_down(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1", pushes=True) as first:
        await first.bring("Motion")
        await clock.advance(3600)
        file = first.store.copy(tmp_path / "2")
    page.show("Motion")
    await clock.advance(600)
    async with run(clock, new_id, page, file, pushes=True) as second:
        await clock.advance(60)
        assert second.texts == ["Motion"]


async def test_piece_of_a_push_is_claimed_once_over_a_restart(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    whole = "".join(f"{n:03d} Ёлка, " for n in range(15))
    async with run(clock, new_id, page, tmp_path / "1", pushes=True) as first:
        await first.bring(whole)
        page.show(whole[:67])
        first.catchup.wake()
        await clock.advance(2)
        file = first.store.copy(tmp_path / "2")
    async with run(clock, new_id, page, file, pushes=True) as second:
        page.show(whole[67:134])
        page.show(whole[134:])
        second.catchup.wake()
        await clock.advance(60)
        assert second.texts == []
        page.show(whole[:67])
        second.catchup.wake()
        await clock.advance(60)
        assert second.texts == [whole[:67]]


async def test_page_is_not_read_while_the_disk_is_full(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1") as here:
        here.store.full = True
        reads = here.box.page.reads
        page.show("new")
        await clock.advance(300)
        assert (here.box.page.reads, here.texts) == (reads, [])
        await here.disk_back()
        await clock.advance(35)
        assert [(m.text, m.stored) for m in here.messages] == [("new", True)]


async def test_compare_that_the_disk_did_not_take_has_claimed_nothing(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1", pushes=True) as here:
        await here.bring("pushed")
        page.show("pushed")
        page.show("lost")
        here.catchup.wake()
        here.store.fates = {ENTRY: HELD}
        await clock.advance(1)
        here.store.full = True
        here.store.release()
        await clock.advance(1)
        await here.disk_back()
        await clock.advance(100)
        assert here.texts == ["pushed", "lost"]
        await here.bring("pushed")
        await clock.advance(600)
        assert here.texts == ["pushed", "lost", "pushed"]


async def test_push_that_comes_while_the_page_is_being_written(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1", pushes=True) as here:
        page.show("twin")
        here.catchup.wake()
        await clock.advance(1)
        here.store.fates = {"'announcing'": HELD}
        await clock.advance(30)
        await here.bring("twin")
        assert (here.acknowledged, here.texts) == (["twin"], [])
        here.store.release()
        await clock.advance(1)
        assert here.texts == ["twin"]


async def test_push_that_comes_while_the_page_cannot_be_written(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1", pushes=True) as here:
        page.show("twin")
        here.catchup.wake()
        await clock.advance(1)
        here.store.fates = {"'announcing'": HELD}
        await clock.advance(30)
        await here.bring("twin")
        here.store.full = True
        here.store.release()
        await clock.advance(1)
        assert [(m.text, m.time_guessed) for m in here.messages] == [("twin", False)]
        await here.disk_back()
        await clock.advance(1200)
        assert here.texts == ["twin"]


async def test_reload_while_the_page_is_being_written(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with listening(clock, new_id, tmp_path / "1") as seen:
        box = FakeBox(pushes=False)
        page.on(box.page)
        catchup = CatchUp(box.gateway, seen.inbox, clock, ZONE)
        task = asyncio.create_task(catchup.run())
        await clock.advance(1)
        seen.store.fates = {"'announcing'": HELD}
        page.show("new")
        await clock.advance(40)
        task.cancel()
        await asyncio.wait([task])
        seen.store.release()
        await clock.advance(1)
        task = asyncio.create_task(catchup.run())
        await clock.advance(100)
        task.cancel()
        await asyncio.wait([task])
        assert seen.texts == ["new"]


async def test_damaged_file_is_as_a_first_start(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1") as first:
        page.show("new")
        await clock.advance(60)
        await first.store.write(  # as if the file had been moved aside
            ("DELETE FROM page_entry", ()),
            ("DELETE FROM received", ()),
            ("DELETE FROM ledger", ()),
            ("DELETE FROM box", ()),
        )
        page.show("after")
        await clock.advance(60)
        assert first.texts == ["new", "after"]
        file = first.store.copy(tmp_path / "2")
    page.show("down")
    await clock.advance(10)
    async with run(clock, new_id, page, file) as second:
        page.show("up")
        await clock.advance(60)
        assert second.texts == ["up"]


async def test_reads_that_bring_nothing_are_noted_now_and_then(
    clock: HandClock, new_id: Callable[[], str], page: Page, tmp_path: Path
) -> None:
    async with run(clock, new_id, page, tmp_path / "1") as first:
        await clock.advance(3600)
        writes = [w for w in first.store.writes if "page_read_at" in str(w)]
        assert 11 <= len(writes) <= 14
        file = first.store.copy(tmp_path / "2")
    await clock.advance(7200)
    page.show("x")
    page.entries[0] = InboxEntry(
        channel=1, sender=SENDER, text="x", box_time="11-01 05:00:00"
    )
    async with run(clock, new_id, page, file) as second:
        age = clock.now() - second.last.received_at
        assert timedelta(seconds=7200) <= age <= timedelta(seconds=7600)
