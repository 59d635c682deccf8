"""Writes and reads of the message log, on a disk that is well."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
import sqlite3
import stat
import threading
from typing import Any, override

import pytest

from custom_components.gsm_gateway.messaging.store import (
    Opening,
    Store,
    StoreUnavailable,
    Trouble,
)

from .hand_clock import START, HandClock, settle
from .inline_executor import InlineExecutor
from .storing import SET, Log, keys_on_disk


@pytest.fixture
async def log(tmp_path: Path, clock: HandClock) -> AsyncIterator[Log]:
    log = Log(tmp_path, clock)
    await log.store.open()
    yield log
    await log.store.close()


class Gate(InlineExecutor):
    """Runs what it is given only when it is opened; counts commits."""

    def __init__(self) -> None:
        super().__init__()
        self.thread = ThreadPoolExecutor(1)
        self.free = threading.Event()
        self.free.set()

    @override
    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        def run() -> Any:
            self.free.wait(10)
            return fn(*args, **kwargs)

        return self.thread.submit(run)

    @override
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.thread.shutdown(wait=wait, cancel_futures=cancel_futures)


async def test_what_was_acknowledged_is_in_the_file(log: Log) -> None:
    await log.put("a")
    await log.store.close()
    assert keys_on_disk(log.path) == ["a"]


async def test_each_commit_is_synced(log: Log) -> None:
    def query(connection: sqlite3.Connection) -> list[Any]:
        names = ("journal_mode", "synchronous", "locking_mode")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert await log.store.read(query) == ["wal", 2, "exclusive"]


async def test_only_its_owner_may_read_the_file(log: Log) -> None:
    await log.put("a")
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in log.path.parent.iterdir()
    }
    assert modes == {"log.db": 0o600, "log.db-wal": 0o600, "log.begun": 0o600}


async def test_writers_of_one_moment_share_a_commit(
    tmp_path: Path, clock: HandClock
) -> None:
    gate = Gate()
    store = Store(tmp_path / "log.db", clock, lambda *_: None, gate)
    await store.open()
    await store.write()
    commits: list[str] = []
    await store.read(lambda connection: connection.set_trace_callback(commits.append))
    gate.free.clear()
    writes = [store.write((SET, (f"{n}", n))) for n in range(100)]
    await settle()
    gate.free.set()
    await asyncio.gather(*writes)
    # The first went alone, before the others were asked for, or with them.
    assert 1 <= commits.count("COMMIT") <= 2
    await store.close()


async def test_a_read_sees_what_was_asked_for_before(log: Log) -> None:
    log.put("now")
    log.put("later", lazy=True)
    assert await log.keys() == ["later", "now"]  # by key


async def test_a_read_does_not_wait_for_those_who_never_stop_writing(log: Log) -> None:
    async def write_on() -> None:
        for number in range(100_000):
            await log.put(f"{number}")

    writing = asyncio.create_task(write_on())
    await log.put("before")
    assert "before" in await log.keys()
    assert not writing.done()
    writing.cancel()


async def test_futures_are_done_in_the_order_of_the_calls(log: Log) -> None:
    done: list[str] = []
    writes = {name: log.put(name) for name in "abc"}
    for name, write in writes.items():
        write.add_done_callback(partial(lambda name, _: done.append(name), name))
    await writes["c"]
    await settle()
    assert done == ["a", "b", "c"]


async def test_later_statements_win(log: Log) -> None:
    sql = "INSERT OR REPLACE INTO meta VALUES ('x', ?)"
    for number in range(50):
        log.store.write((sql, (number,)), lazy=number % 3 == 0)
    query = "SELECT value FROM meta WHERE key = 'x'"
    found = await log.store.read(lambda c: c.execute(query).fetchone())
    assert found == (49,)


async def test_statements_of_one_writer_are_all_written_or_none(log: Log) -> None:
    with pytest.raises(StoreUnavailable):
        await log.store.write((SET, ("a", 1)), (SET, ("a", 2)))
    assert await log.keys() == []


@pytest.mark.parametrize(
    "faulty",
    [
        ("INSERT INTO meta VALUES ('b', 1)", ()),  # there already
        ("INSERT INTO nothing VALUES (1)", ()),
        ("INSERT INTO meta VALUES (?, ?)", ("too few",)),
        ("INSERT INTO meta VALUES (?, ?)", ("\ud83d", 1)),  # half an emoji
        ("INSERT INTO meta VALUES (?, ?)", ("too large", 2**70)),
    ],
)
async def test_a_faulty_row_fails_its_writer_alone(log: Log, faulty: Any) -> None:
    await log.put("b")
    before, at_fault, after = log.put("a"), log.store.write(faulty), log.put("c")
    await asyncio.gather(before, after)
    with pytest.raises(StoreUnavailable):
        await at_fault
    assert await log.keys() == ["a", "b", "c"]
    assert log.store.available
    assert log.troubles == []


async def test_who_gives_up_waiting_changes_nothing(log: Log) -> None:
    writes = [log.put(name) for name in "abc"]
    writes[0].cancel()
    waiting = asyncio.create_task(asyncio.wait_for(writes[1], 10))
    await asyncio.sleep(0)
    waiting.cancel()
    await writes[2]
    assert await log.keys() == ["a", "b", "c"]


async def test_a_query_that_fails_takes_nothing_with_it(log: Log) -> None:
    with pytest.raises(StoreUnavailable):
        await log.store.read(lambda c: c.execute("SELECT nothing"))
    await log.put("a")
    assert log.store.available


async def test_what_nobody_waits_for_waits_for_company(
    tmp_path: Path, clock: HandClock
) -> None:
    log = Log(tmp_path, clock, thread=False)
    await log.store.open()
    await settle()
    lazy = log.put("a", lazy=True)
    await clock.advance(0.9)
    assert not lazy.done()
    await clock.advance(0.2)
    assert lazy.done()
    lazy = log.put("b", lazy=True)
    await log.put("c")
    assert lazy.done()
    await log.store.close()


async def test_what_is_pending_is_written_at_the_end(log: Log) -> None:
    log.put("lazy", lazy=True)
    log.put("eager")
    await log.store.close()
    assert keys_on_disk(log.path) == ["eager", "lazy"]


async def test_a_closed_store_takes_nothing(log: Log) -> None:
    await log.store.close()
    await log.store.close()
    with pytest.raises(StoreUnavailable):
        await log.put("a")
    with pytest.raises(StoreUnavailable):
        await log.keys()


async def test_nothing_runs_on_after_the_end(tmp_path: Path, clock: HandClock) -> None:
    before = asyncio.all_tasks()
    log = Log(tmp_path / "nowhere", clock)
    await log.store.open()
    log.put("a", lazy=True)
    assert len(asyncio.all_tasks() - before) >= 3
    await log.store.close()
    assert asyncio.all_tasks() == before


async def test_a_disk_that_hangs_does_not_hold_up_the_end(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.gsm_gateway.messaging.store._CLOSING", 0.05)
    gate = Gate()
    store = Store(tmp_path / "log.db", clock, lambda *_: None, gate)
    await store.open()
    await store.read(lambda _: None)
    gate.free.clear()
    under_way = store.write((SET, ("a", 1)))
    await settle()
    waiting = store.write((SET, ("b", 1)))
    await store.close()
    for write in (under_way, waiting):
        with pytest.raises(StoreUnavailable, match="hangs"):
            await write
    gate.free.set()
    gate.thread.shutdown()
    await asyncio.get_running_loop().run_in_executor(None, store._disk.close)


async def test_a_first_start_finds_nothing(tmp_path: Path, clock: HandClock) -> None:
    log = Log(tmp_path, clock)
    assert await log.store.open() == Opening()
    await log.store.close()


async def test_the_last_sign_of_life_of_a_run_is_its_end_or_earlier(
    tmp_path: Path, clock: HandClock
) -> None:
    first = Log(tmp_path, clock, thread=False)
    await first.store.open()
    await clock.advance(200)
    await first.store.close()
    second = Log(tmp_path, clock, thread=False)
    opening = await second.store.open()
    ended = START.timestamp() + 200
    assert opening == Opening(alive_at=ended)
    await settle()
    await second.crash()
    third = Log(tmp_path, clock, thread=False)
    assert await third.store.open() == Opening(alive_at=ended)
    await third.store.close()


async def test_a_sign_of_life_is_left_every_minute(
    tmp_path: Path, clock: HandClock
) -> None:
    log = Log(tmp_path, clock, thread=False)
    await log.store.open()
    await clock.advance(185)
    await log.crash()
    second = Log(tmp_path, clock, thread=False)
    opening = await second.store.open()
    assert opening.alive_at is not None
    assert opening.alive_at - START.timestamp() == pytest.approx(181, abs=1.5)
    await second.store.close()


async def test_a_copy_is_known_as_one(log: Log, tmp_path: Path) -> None:
    await log.put("before")
    await log.store.begin_copy()
    await log.put("during")
    copied = tmp_path / "copy"
    copied.mkdir()
    for name in ("log.db", "log.db-wal"):
        (copied / name).write_bytes((tmp_path / name).read_bytes())
    await log.store.end_copy()
    restored = Log(copied, HandClock())
    opening = await restored.store.open()
    assert opening.copied
    assert await restored.keys() == ["before", "during"]
    await restored.store.end_copy()
    await restored.store.close()
    again = Log(copied, HandClock())
    assert not (await again.store.open()).copied
    await again.store.close()
    await log.store.close()
    original = Log(tmp_path, HandClock())
    assert not (await original.store.open()).copied
    await original.store.close()


@pytest.mark.parametrize("how", ["close", "crash"])
async def test_a_run_that_ends_in_a_copy(
    tmp_path: Path, clock: HandClock, how: str
) -> None:
    log = Log(tmp_path, clock, thread=False)
    await log.store.open()
    await log.store.begin_copy()
    await (log.store.close() if how == "close" else log.crash())
    again = Log(tmp_path, clock, thread=False)
    assert (await again.store.open()).copied is (how == "crash")
    await again.store.close()


async def test_a_copy_without_the_journal_is_one_of_the_beginning(
    log: Log, tmp_path: Path
) -> None:
    await log.put("before")
    await log.store.begin_copy()
    for number in range(1200):  # more pages than would be taken into the file else
        log.store.write((SET, (f"during {number}", "x" * 4096)))
    await log.keys()
    copied = tmp_path / "copy"
    copied.mkdir()
    (copied / "log.db").write_bytes(log.path.read_bytes())
    restored = Log(copied, HandClock())
    assert (await restored.store.open()).copied
    assert await restored.keys() == ["before"]
    await restored.store.close()


async def test_an_older_file_is_brought_up_to_date(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = Log(tmp_path, clock)
    await older.store.open()
    await older.put("kept")
    await older.store.close()
    name = "custom_components.gsm_gateway.messaging.disk.MIGRATIONS"
    from custom_components.gsm_gateway.messaging.schema import MIGRATIONS

    further = "ALTER TABLE meta ADD COLUMN more; UPDATE meta SET more = key"
    monkeypatch.setattr(name, (*MIGRATIONS, further))
    newer = Log(tmp_path, clock)
    await newer.store.open()
    query = "SELECT more FROM meta WHERE key = 'kept'"
    assert await newer.store.read(lambda c: c.execute(query).fetchone()) == ("kept",)
    await newer.store.close()
    assert newer.troubles == []


async def test_a_step_that_fails_leaves_the_older_file(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = Log(tmp_path, clock)
    await older.store.open()
    await older.put("kept")
    await older.store.close()
    name = "custom_components.gsm_gateway.messaging.disk.MIGRATIONS"
    from custom_components.gsm_gateway.messaging.schema import MIGRATIONS

    further = "DELETE FROM meta; SELECT nonsense"
    with monkeypatch.context() as patch:
        patch.setattr(name, (*MIGRATIONS, further))
        newer = Log(tmp_path, clock)
        await newer.store.open()
        assert [trouble for trouble, _ in newer.troubles] == [Trouble.FULL]
        await newer.store.close()
    assert keys_on_disk(older.path) == ["kept"]
