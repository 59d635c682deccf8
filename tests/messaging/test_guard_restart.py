"""What the guard still knows after a restart."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sqlite3

import pytest

from custom_components.gsm_gateway.gateways.model import SendState
from custom_components.gsm_gateway.messaging.disk import Statement
from custom_components.gsm_gateway.messaging.guard import Card, Stopped, TooManyAlarms
from custom_components.gsm_gateway.messaging.guard_log import ages
from custom_components.gsm_gateway.messaging.store import StoreUnavailable

from .guarding import (
    ALARM,
    DAY,
    GERMANY,
    HOUR,
    MINUTE,
    NUMBER,
    RUSSIA,
    JumpingClock,
    Rows,
    Watch,
    wishing,
)
from .hand_clock import settle

CARD = Card(line_id="a", box_id="box", channel=1, country=GERMANY)


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A guard with an open log, that has not loaded it."""
    watch = Watch(tmp_path, JumpingClock())
    watch.clock.wall(2026, 11, 14, 12, 0, 0)
    await watch.store.open()
    yield watch
    await watch.store.close()


@pytest.fixture
def rows(watch: Watch) -> Rows:
    """The log, as an earlier run writes it."""
    return Rows(watch)


def refuse(*statements: Statement, lazy: bool = False) -> asyncio.Future[None]:
    """Write nothing, as on a full disk."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    done.set_exception(StoreUnavailable("full"))
    return done


async def again(watch: Watch, path: Path) -> Watch:
    """Return what there is after a restart."""
    await settle()
    await watch.store.close()
    later = Watch(path, watch.clock)
    await later.begin([CARD])
    return later


async def test_windows_go_on(watch: Watch, rows: Rows) -> None:
    await rows.sent(ago=90 * MINUTE, parts=20)
    await rows.sent(ago=50 * MINUTE, parts=7)
    await rows.sent(ago=40 * MINUTE, parts=2, pieces=3)
    await rows.sent(ago=30 * MINUTE, parts=60, priority=ALARM)
    await watch.guard.load()
    assert watch.left() == 30 - 7 - 6
    assert watch.left(priority=ALARM) == 60
    used = watch.guard.used("a")
    assert (used.today, used.month_parts) == (4, 93)
    watch.clock.pass_by(10 * MINUTE)
    assert watch.left() == 30 - 6
    watch.clock.pass_by(20 * MINUTE)
    assert watch.left() == 30
    assert watch.left(priority=ALARM) == 120


async def test_day_and_month_go_on(watch: Watch, rows: Rows) -> None:
    await rows.sent(ago=14 * DAY, parts=400)
    await rows.sent(ago=13 * DAY, parts=50)
    await rows.sent(ago=13 * HOUR, parts=75)
    await watch.guard.load()
    assert watch.left() == 25
    used = watch.guard.used("a")
    assert (used.today, used.month_parts) == (0, 125)


@pytest.mark.parametrize(
    ("state", "left"),
    [
        (None, 29),
        (SendState.UNKNOWN, 29),
        (SendState.DELIVERED, 29),
        (SendState.FAILED, 30),
    ],
)
async def test_unknown_counts_and_failed_does_not(
    watch: Watch, rows: Rows, state: SendState | None, left: int
) -> None:
    await rows.sent(state=state)
    await watch.guard.load()
    assert watch.left() == left


async def test_what_was_never_handed_over_does_not_count(
    watch: Watch, rows: Rows
) -> None:
    await rows.sent(handed=False, state=None)
    await watch.guard.load()
    assert watch.left() == 30


async def test_same_texts_and_alarms_go_on(watch: Watch, rows: Rows) -> None:
    for _ in range(5):
        await rows.sent(ago=5 * MINUTE, number="0170 1234567", handed=False, state=None)
    for _ in range(30):
        await rows.sent(ago=59 * MINUTE, priority=ALARM, text="Alarm")
    await watch.guard.load([CARD])
    watch.submit(text="another")
    with pytest.raises(Stopped):
        watch.submit()
    with pytest.raises(TooManyAlarms) as refused:
        watch.submit(priority=ALARM)
    assert refused.value.frees_at == watch.clock.now() + timedelta(minutes=1)


async def test_same_texts_of_long_ago_do_not_count(watch: Watch, rows: Rows) -> None:
    for _ in range(5):
        await rows.sent(ago=11 * MINUTE)
    await watch.guard.load([CARD])
    watch.submit()


@pytest.mark.parametrize(("answered", "stopped"), [(10, True), (9, False)])
async def test_loop_goes_on(
    watch: Watch, rows: Rows, answered: int, stopped: bool
) -> None:
    for number in range(10):
        ago = 9 * MINUTE - 30 * number
        await rows.sent(ago=ago, text=str(number))
        if number < answered:
            await rows.received(ago=ago - 10, sender="01701234567")
    await rows.received(ago=200, state="stored")
    await rows.received(ago=200, state="dropped")
    await watch.guard.load([CARD])
    if not stopped:
        watch.submit()
    else:
        with pytest.raises(Stopped):
            watch.submit(cause="Auto reply")


async def test_numbers_are_read_with_the_country_of_their_sim(
    watch: Watch, rows: Rows
) -> None:
    other = Card(line_id="b", box_id="far", channel=1, country=RUSSIA)
    for _ in range(5):
        await rows.sent(number="89991234567", line_id="b")
    await watch.guard.load([CARD, other])
    with pytest.raises(Stopped):
        watch.submit(number="+79991234567")


async def test_stop_outlives_a_restart(watch: Watch, tmp_path: Path) -> None:
    await watch.guard.load()
    for _ in range(5):
        watch.submit()
    with pytest.raises(Stopped):
        watch.submit(cause="Leak warning")
    stops = watch.guard.stops()
    watch.clock.pass_by(DAY)
    later = await again(watch, tmp_path)
    assert later.guard.stops() == stops
    assert later.stopped == []
    with pytest.raises(Stopped) as refused:
        later.submit()
    assert refused.value.stop.cause == "Leak warning"
    later.guard.resume(NUMBER, stops[0].text_hash)
    last = await again(later, tmp_path)
    assert last.guard.stops() == []
    last.submit()
    await last.store.close()


async def test_resumed_stop_does_not_come_back_with_the_history(
    watch: Watch, rows: Rows, tmp_path: Path
) -> None:
    await watch.guard.load()
    for number in range(10):
        await rows.sent(text="Hallo" if number < 5 else str(number))
        watch.submit(text="Hallo" if number < 5 else str(number))
        watch.clock.pass_by(1)
        await rows.received(ago=0)
        watch.hear()
        watch.clock.pass_by(1)
    for _ in range(2):
        with pytest.raises(Stopped) as refused:
            watch.submit()
        stop = refused.value.stop
        watch.guard.resume(stop.number, stop.text_hash)
    watch.clock.pass_by(10)
    later = await again(watch, tmp_path)
    for _ in range(5):
        later.submit()
    with pytest.raises(Stopped):
        later.submit()
    await later.store.close()


async def test_lifted_stops_are_forgotten_in_the_end(
    watch: Watch, tmp_path: Path
) -> None:
    await watch.guard.load()
    for _ in range(5):
        watch.submit()
    with pytest.raises(Stopped):
        watch.submit()
    watch.guard.resume(NUMBER, wishing().text_hash)
    watch.clock.pass_by(11 * MINUTE)
    later = await again(watch, tmp_path)
    last = await again(later, tmp_path)

    def count(connection: sqlite3.Connection) -> object:
        return connection.execute("SELECT count(*) FROM stopped").fetchone()[0]

    assert await last.store.read(count) == 0
    await last.store.close()


async def test_stop_that_the_disk_did_not_take_is_written_later(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch.guard.load()
    write = watch.store.write
    monkeypatch.setattr(watch.store, "write", refuse)
    for _ in range(5):
        watch.submit()
    with pytest.raises(Stopped):
        watch.submit()
    await settle()
    monkeypatch.setattr(watch.store, "write", write)
    watch.guard.on_store_back()
    later = await again(watch, tmp_path)
    assert len(later.guard.stops()) == 1
    await later.store.close()


async def test_stop_lifted_while_the_disk_is_full_is_lifted_later(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch.guard.load()
    for _ in range(5):
        watch.submit()
    with pytest.raises(Stopped):
        watch.submit()
    with monkeypatch.context() as full:
        full.setattr(watch.store, "write", refuse)
        watch.guard.resume(NUMBER, wishing().text_hash)
    await settle()  # the stop itself is written only now
    watch.guard.on_store_back()
    later = await again(watch, tmp_path)
    assert later.guard.stops() == []
    await later.store.close()


async def test_log_that_cannot_be_read_counts_nothing(tmp_path: Path) -> None:
    watch = Watch(tmp_path, JumpingClock())
    await watch.store.close()
    await watch.guard.load()
    assert watch.left() == 30


async def test_clock_that_is_not_set_yet(watch: Watch, rows: Rows) -> None:
    await rows.sent(ago=2 * DAY, parts=100)
    await rows.sent(ago=30 * MINUTE, parts=5)
    watch.clock.wall(1970, 1, 1, 0, 0, 0)
    await watch.guard.load()
    assert watch.left() == 25
    assert watch.guard.used("a").month_parts == 105
    watch.clock.pass_by(MINUTE)
    watch.clock.wall(2026, 11, 14, 13, 0, 0)
    assert watch.left() == 25
    assert watch.guard.used("a").month_parts == 105


async def test_month_of_the_newest_row_ends_on_a_clock_that_is_behind(
    watch: Watch, rows: Rows
) -> None:
    await rows.sent(at=datetime(2026, 11, 30, 23, 0, tzinfo=UTC), parts=1000)
    watch.clock.wall(1970, 1, 1, 0, 0, 0)
    await watch.guard.load()
    assert watch.left(priority=ALARM) == 0
    watch.clock.pass_by(HOUR)
    assert watch.left(priority=ALARM) == 120


async def test_clock_that_was_ahead_for_a_while(watch: Watch, rows: Rows) -> None:
    await rows.sent(ago=2 * HOUR, parts=3)
    await rows.sent(at=datetime(2031, 1, 1, tzinfo=UTC), parts=5)
    await rows.sent(at=datetime(2031, 1, 1, 3, tzinfo=UTC), parts=7)
    await rows.sent(ago=30 * MINUTE, parts=11)
    await watch.guard.load()
    assert watch.left() == 30 - 7 - 11
    assert watch.guard.used("a").month_parts == 26
    watch.clock.pass_by(HOUR)
    assert watch.left() == 30


def test_ages() -> None:
    assert ages([], 100.0) == []
    assert ages([90.0, 80.0], 100.0) == [10.0, 20.0]
    assert ages([90.0, 1090.0, 1080.0, 70.0], 100.0) == [10.0, 10.0, 20.0, 30.0]
    assert ages([130.0, 110.0, 90.0], 100.0) == [0.0, 20.0, 10.0]
