"""The message log when its file is damaged, full, locked or out of reach."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import sqlite3

import pytest

from custom_components.gsm_gateway.messaging.disk import Begun
from custom_components.gsm_gateway.messaging.store import (
    Opening,
    StoreUnavailable,
    Trouble,
)

from .hand_clock import HandClock, settle
from .storing import Log


@pytest.fixture
async def log(tmp_path: Path, clock: HandClock) -> AsyncIterator[Log]:
    log = Log(tmp_path, clock, thread=False)
    await log.store.open()
    yield log
    await log.store.close()


def names_in(folder: Path) -> list[str]:
    """Return the names of the files there."""
    return [path.name for path in folder.iterdir()]


async def limit(log: Log, further: int) -> None:
    """Let the file grow by so many pages and no more."""

    def query(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + further}")

    await log.store.read(query)


async def fill(log: Log) -> list[str]:
    """Write until the disk is full; return what was acknowledged."""
    written: list[str] = []
    while True:
        name = f"{len(written):03}" + "x" * 2000
        try:
            await log.put(name)
        except StoreUnavailable:
            return written
        written.append(name)


def damage(path: Path, at: int = 0) -> None:
    """Overwrite the file from there on."""
    content = path.read_bytes()
    path.write_bytes(content[:at] + b"\xa5" * (len(content) - at))


async def damage_while_open(log: Log) -> None:
    """Break the file under the store's hands, and let it forget what it has seen."""

    def query(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        damage(log.path, 4096)
        connection.execute("PRAGMA shrink_memory")

    await log.store.read(query)


@pytest.mark.parametrize("at", [0, 16, 100, 4096])
async def test_a_file_that_is_damaged_at_the_start_is_set_aside(
    tmp_path: Path, clock: HandClock, at: int
) -> None:
    first = Log(tmp_path, clock)
    await first.store.open()
    await first.put("lost")
    await first.store.close()
    damage(first.path, at)
    broken = first.path.read_bytes()
    log = Log(tmp_path, clock)
    assert await log.store.open() == Opening()
    await log.put("new")
    assert await log.keys() == ["new"]
    await log.store.close()
    [(trouble, name)] = log.troubles
    assert trouble is Trouble.DAMAGED
    assert (tmp_path / name).read_bytes() == broken
    assert name.startswith("log.db.damaged.")


async def test_a_file_that_was_cut_off_is_set_aside(
    tmp_path: Path, clock: HandClock
) -> None:
    first = Log(tmp_path, clock)
    await first.store.open()
    await first.store.close()
    first.path.write_bytes(first.path.read_bytes()[:-5000])
    log = Log(tmp_path, clock)
    await log.store.open()
    await log.put("new")
    await log.store.close()
    assert [trouble for trouble, _ in log.troubles] == [Trouble.DAMAGED]


async def test_writes_that_find_damage_go_to_a_fresh_file(log: Log) -> None:
    await log.put("lost")
    await damage_while_open(log)
    writes = [log.put(name) for name in "abc"]
    await asyncio.gather(*writes)
    assert await log.keys() == ["a", "b", "c"]
    assert [trouble for trouble, _ in log.troubles] == [Trouble.DAMAGED]
    assert log.store.available


async def test_a_read_that_finds_damage_reads_a_fresh_file(log: Log) -> None:
    await log.put("lost")
    await damage_while_open(log)
    assert await log.keys() == []
    await log.put("new")
    assert await log.keys() == ["new"]
    assert [trouble for trouble, _ in log.troubles] == [Trouble.DAMAGED]


async def test_damage_that_many_find_at_once_sets_one_file_aside(
    tmp_path: Path, clock: HandClock
) -> None:
    log = Log(tmp_path, clock)
    await log.store.open()
    await log.put("lost")
    await damage_while_open(log)
    await asyncio.gather(log.put("a"), log.keys(), log.put("b"), log.keys())
    assert await log.keys() == ["a", "b"]
    await log.store.close()
    assert sum(".damaged." in name for name in names_in(tmp_path)) == 1


async def test_a_damaged_file_that_cannot_be_moved_is_tried_again(
    log: Log, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await damage_while_open(log)

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        with pytest.raises(StoreUnavailable):
            await log.put("a")
        await clock.advance(20)
        assert not log.store.available
    await clock.advance(10)
    assert log.store.available
    await log.put("b")
    assert await log.keys() == ["b"]
    assert [trouble for trouble, _ in log.troubles] == [
        Trouble.FULL,
        Trouble.DAMAGED,
        Trouble.NONE,
    ]


async def test_a_full_disk_is_told_once_and_tried_again(
    log: Log, clock: HandClock
) -> None:
    await limit(log, 20)
    written = await fill(log)
    assert written
    assert not log.store.available
    assert log.troubles == [(Trouble.FULL, "the disk is full")]
    with pytest.raises(StoreUnavailable, match="full"):
        await log.put("again" + "x" * 9000)
    assert await log.keys() == written  # what there is can be read
    await limit(log, 1000)
    await clock.advance(9)
    assert not log.store.available
    await clock.advance(2)
    assert log.store.available
    assert log.troubles == [(Trouble.FULL, "the disk is full"), (Trouble.NONE, "")]
    await log.put("z")
    assert await log.keys() == [*written, "z"]


async def test_whoever_writes_first_finds_the_disk_well_again(log: Log) -> None:
    await limit(log, 20)
    await fill(log)
    await limit(log, 1000)
    await log.put("a" * 9000)
    assert log.store.available
    assert log.troubles[-1] == (Trouble.NONE, "")


async def test_a_read_does_not_make_a_full_disk_look_well(log: Log) -> None:
    await limit(log, 20)
    await fill(log)
    log.put("x" * 9000)
    await log.keys()
    assert not log.store.available


async def test_a_file_of_a_newer_version_is_left_alone(
    tmp_path: Path, clock: HandClock
) -> None:
    connection = sqlite3.connect(tmp_path / "log.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    log = Log(tmp_path, clock, thread=False)
    await log.store.open()
    with pytest.raises(StoreUnavailable):
        await log.put("a")
    await clock.advance(30)
    [(trouble, why)] = log.troubles
    assert trouble is Trouble.FULL
    assert "newer version" in why
    await log.store.close()
    connection = sqlite3.connect(tmp_path / "log.db")
    assert connection.execute("PRAGMA user_version").fetchone() == (99,)
    connection.close()


async def test_a_folder_that_comes_later_is_found(
    tmp_path: Path, clock: HandClock
) -> None:
    folder = tmp_path / "later"
    log = Log(folder, clock, thread=False)
    assert await log.store.open() == Opening()
    assert log.store.opening is None
    with pytest.raises(StoreUnavailable):
        await log.put("a")
    with pytest.raises(StoreUnavailable):
        await log.store.note_begun("m1")
    await clock.advance(25)
    folder.mkdir()
    assert not log.store.available
    await clock.advance(10)
    assert log.store.available
    assert log.store.opening == Opening()
    assert [trouble for trouble, _ in log.troubles] == [Trouble.FULL, Trouble.NONE]
    await log.put("b")
    await log.store.note_begun("m2")
    assert await log.keys() == ["b"]
    await log.store.close()


async def test_what_a_run_left_is_known_when_its_file_comes_later(
    tmp_path: Path, clock: HandClock
) -> None:
    first = Log(tmp_path, clock)
    await first.store.open()
    await first.put("kept")
    await first.store.close()
    hidden = tmp_path / "hidden"
    first.path.rename(hidden)
    first.path.mkdir()
    log = Log(tmp_path, clock, thread=False)
    assert await log.store.open() == Opening()
    first.path.rmdir()
    hidden.rename(first.path)
    await clock.advance(10)
    assert log.store.opening is not None
    assert log.store.opening.alive_at is not None
    assert await log.keys() == ["kept"]
    await log.store.close()


async def test_a_disk_with_errors_is_opened_anew(log: Log, clock: HandClock) -> None:
    await log.put("kept")

    def fail(connection: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
        raise error

    with pytest.raises(StoreUnavailable, match="reports an error"):
        await log.store.read(fail)
    assert not log.store.available
    with pytest.raises(StoreUnavailable):
        await log.put("a")
    await clock.advance(10)
    assert log.store.available
    await log.put("b")
    assert await log.keys() == ["b", "kept"]


async def test_nothing_is_written_into_a_file_without_a_name(log: Log) -> None:
    await log.put("lost")
    log.path.unlink()
    await log.put("kept")
    assert log.path.exists()
    assert await log.keys() == ["kept"]


async def test_begun_messages_are_known_after_a_start(
    tmp_path: Path, clock: HandClock, log: Log
) -> None:
    await log.store.note_begun("m1")
    await log.store.note_begun("m2")
    await log.store.close()
    again = Log(tmp_path, clock)
    opening = await again.store.open()
    assert opening.begun == {"m1", "m2"}
    await again.store.note_begun("m3")
    await again.store.clear_begun()
    await again.store.note_begun("m4")
    await again.store.close()
    last = Log(tmp_path, clock)
    assert (await last.store.open()).begun == {"m4"}
    await last.store.close()


def test_noting_what_is_begun_takes_no_more_room(tmp_path: Path) -> None:
    begun = Begun(tmp_path / "begun")
    begun.load()
    begun.make_room()
    size = begun._path.stat().st_size
    for number in range(256):
        begun.note(f"{number:026}")
    with pytest.raises(OSError, match="no room"):
        begun.note("one more")
    assert begun._path.stat().st_size == size
    again = Begun(tmp_path / "begun")
    assert again.load() == {f"{number:026}" for number in range(256)}


def test_an_id_longer_than_its_room_is_refused(tmp_path: Path) -> None:
    begun = Begun(tmp_path / "begun")
    with pytest.raises(OSError, match="no room"):
        begun.note("x" * 65)


async def test_tasks_settle_while_the_disk_is_full(log: Log, clock: HandClock) -> None:
    await limit(log, 20)
    await fill(log)
    before = len(asyncio.all_tasks())
    for _ in range(20):
        log.put("x" * 9000)
        await settle()
    assert len(asyncio.all_tasks()) == before


async def test_what_has_just_ended_can_begin_again(log: Log) -> None:
    begun: list[int] = []

    async def work() -> None:
        begun.append(1)

    log.store._own("probe", work)
    await asyncio.sleep(0)
    log.store._own("probe", work)
    await settle()
    assert begun == [1, 1]


async def test_begun_messages_after_the_end(log: Log) -> None:
    await log.store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await log.store.note_begun("m1")
    await log.store.clear_begun()
