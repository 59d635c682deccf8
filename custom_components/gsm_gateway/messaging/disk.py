"""The message log's file, as the store's own thread sees it; every method blocks."""

from collections.abc import Callable, Sequence
import contextlib
from datetime import UTC, datetime
import logging
import os
from pathlib import Path
import sqlite3
from typing import Final

from .schema import BEGIN_RUN, MIGRATIONS

_LOGGER = logging.getLogger(__name__)

type Value = str | int | float | bytes | None
type Statement = tuple[str, Sequence[Value]]

COPIED: Final = "copied_at"
"""Row of `meta` that is there while a backup copies the file."""
END_COPY: Final[Statement] = ("DELETE FROM meta WHERE key = ?", (COPIED,))

_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_NOT_NOW: Final = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_READONLY: "the file or its folder can only be read",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_PERM: "the file may not be opened",
    sqlite3.SQLITE_BUSY: "another program has the file open",
    sqlite3.SQLITE_LOCKED: "another program has the file open",
    sqlite3.SQLITE_PROTOCOL: "another program has the file open",
    sqlite3.SQLITE_NOMEM: "there is not enough memory",
}
_KNOWN: Final = _DAMAGE.union(_NOT_NOW)
_BUSY: Final = 0.2
"""Seconds to wait for another program that has the file."""
_CHECKPOINT: Final = 1000
"""Pages of the journal after which they are taken into the file."""


class Refused(Exception):
    """The disk takes nothing just now, for what would be right; says why."""


class _Damaged(Exception):
    """The file itself is broken."""


def _primary(error: sqlite3.Error) -> int:
    """Return the result code of SQLite without its extension."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


class Disk:
    """One connection to the one file."""

    def __init__(self, path: Path, on_aside: Callable[[str], None]) -> None:
        """Name the file. `on_aside` hears, in this thread, where a damaged one went."""
        self._path = path
        self._on_aside = on_aside
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self.copying = False
        """Whether a backup copies the file."""
        self._began = False
        self.found: dict[str, Value] | None = None
        """What `meta` held when the file was opened first."""

    def open(self) -> None:
        """Open the file if it is not open. Raises `Refused`."""
        self.run(lambda _: None, opening=True)

    def run[T](
        self, work: Callable[[sqlite3.Connection], T], *, opening: bool = False
    ) -> T:
        """Do something with the connection; on a fresh file, if this one is damaged.

        Raises `Refused`, and whatever is wrong with the work itself.
        """
        if self._connection is None and not opening:
            raise Refused("the file is not open")
        try:
            return self._attempt(work)
        except _Damaged as error:
            damage = str(error)
        _LOGGER.error("The message log is damaged: %s", damage)
        self._on_aside(self._set_aside())
        try:
            return self._attempt(work)
        except _Damaged as error:
            raise Refused(str(error)) from error

    def commit(self, statements: Sequence[Statement]) -> None:
        """Write all or nothing, safe on disk. Raises like `run`."""
        self.run(lambda connection: self._commit(connection, statements))

    def begin_copy(self, at: float) -> None:
        """Make the file one that may be copied while writing goes on. Raises `Refused`."""
        self.commit([("INSERT OR REPLACE INTO meta VALUES (?, ?)", (COPIED, at))])
        # The row is in the file itself, whether or not the journal is copied.
        self.run(
            lambda connection: connection.execute(
                "PRAGMA wal_checkpoint(TRUNCATE)"
            ).fetchone()
        )
        self._copy(going_on=True)

    def end_copy(self) -> None:
        """Go on as before the copy. Raises `Refused`."""
        self.commit([END_COPY])
        self._copy(going_on=False)

    def close(self) -> None:
        """Close the connection, which also takes the journal into the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # Whatever is not in the file by now is in the journal.
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _attempt[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return work(self._ready())
        except sqlite3.Error as error:
            code = _primary(error)
            if code in _DAMAGE:
                raise _Damaged(str(error)) from error
            if code not in _NOT_NOW:
                raise
            if code != sqlite3.SQLITE_FULL:
                self.close()  # a later connection may find the disk well again
            raise Refused(_NOT_NOW[code]) from error

    def _ready(self) -> sqlite3.Connection:
        """Return the connection to what has the file's name now."""
        if self._connection is not None and self._is_gone():
            _LOGGER.error("The message log was taken away while it was in use")
            self.close()
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _is_gone(self) -> bool:
        """Tell whether what is written would be written into a file without a name."""
        try:
            return self._path.stat().st_ino != self._inode
        except FileNotFoundError:
            return True
        except OSError:
            return False

    def _connect(self) -> sqlite3.Connection:
        try:
            # For the eyes of this user alone; the journal takes it over.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._inode = self._path.stat().st_ino
        except OSError as error:
            raise Refused(f"the file cannot be opened: {error.strerror}") from error
        connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=_BUSY
        )
        try:
            self._prepare(connection)
        except BaseException as error:
            connection.close()
            if isinstance(error, sqlite3.Error) and _primary(error) not in _KNOWN:
                raise Refused(f"the file is of another make: {error}") from error
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        # One process, one connection: no shared memory file is needed.
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA temp_store=MEMORY")
        checkpoint = 0 if self.copying else _CHECKPOINT
        connection.execute(f"PRAGMA wal_autocheckpoint={checkpoint}")
        check = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if check != "ok":
            raise _Damaged(check)
        _migrate(connection)
        if self.found is None:
            self.found = dict(connection.execute("SELECT key, value FROM meta"))

    def _commit(
        self, connection: sqlite3.Connection, statements: Sequence[Statement]
    ) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for sql in () if self._began else BEGIN_RUN:
                connection.execute(sql)
            for sql, values in statements:
                connection.execute(sql, values)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        self._began = True

    def _copy(self, *, going_on: bool) -> None:
        self.copying = going_on
        checkpoint = 0 if going_on else _CHECKPOINT
        self.run(
            lambda connection: connection.execute(
                f"PRAGMA wal_autocheckpoint={checkpoint}"
            ).fetchone()
        )

    def _set_aside(self) -> str:
        """Move the file with its journal out of the way and return its new name."""
        self.close()
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        aside = self._path.with_name(f"{self._path.name}.damaged.{stamp}")
        try:
            for suffix in ("-wal", ""):
                with contextlib.suppress(FileNotFoundError):
                    self._path.with_name(self._path.name + suffix).rename(
                        aside.with_name(aside.name + suffix)
                    )
        except OSError as error:
            words = f"the damaged file cannot be moved away: {error.strerror}"
            raise Refused(words) from error
        return aside.name


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the file up to date, each step whole or not at all."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise Refused("a newer version of this integration wrote the file")
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {script}; PRAGMA user_version={number}; COMMIT;"
        )


class Begun:
    """Ids of messages that are being sent while the disk is full.

    The file has its size from the beginning: writing inside it needs no room.
    """

    _SLOT: Final = 64
    _SLOTS: Final = 256

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: list[str] = []

    def load(self) -> frozenset[str]:
        """Return what is noted; a file that cannot be read notes nothing."""
        try:
            noted = self._path.read_bytes()[: self._SLOT * self._SLOTS]
        except OSError:
            noted = b""
        slots = (noted[at : at + self._SLOT] for at in range(0, len(noted), self._SLOT))
        self._ids = [slot.rstrip(b"\0").decode("ascii", "replace") for slot in slots]
        while self._ids and not self._ids[-1]:
            self._ids.pop()
        return frozenset(each for each in self._ids if each)

    def make_room(self) -> None:
        """Give the file its size. Raises `OSError`."""
        size = self._SLOT * self._SLOTS
        have = self._path.stat().st_size if self._path.exists() else 0
        if have < size:
            self._write(have, b"\0" * (size - have))
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def note(self, message_id: str) -> None:
        """Write an id down, safe on disk. Raises `OSError`."""
        slot = message_id.encode("ascii")
        if len(self._ids) >= self._SLOTS or len(slot) > self._SLOT:
            raise OSError("no room for a further id")
        self._write(len(self._ids) * self._SLOT, slot.ljust(self._SLOT, b"\0"))
        self._ids.append(message_id)

    def clear(self) -> None:
        """Forget every id. Raises `OSError`."""
        if self._ids:
            self._write(0, b"\0" * self._SLOT * len(self._ids))
            self._ids.clear()

    def _write(self, at: int, data: bytes) -> None:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while data:
                written = os.pwrite(file, data, at)
                data, at = data[written:], at + written
            os.fsync(file)
        finally:
            os.close(file)
