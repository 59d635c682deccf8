"""The message log's files, as the store's own thread sees them."""

from collections.abc import Sequence
from datetime import UTC, datetime
import os
from pathlib import Path
import sqlite3
from typing import Final

from .schema import MIGRATIONS

type Value = str | int | float | bytes | None
type Statement = tuple[str, Sequence[Value]]

COPIED: Final = "copied_at"
"""Row of `meta` that is there while a backup copies the file."""
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_NOT_NOW: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOMEM,
    }
)


def _primary(error: sqlite3.Error) -> int:
    """Return the result code of SQLite without its extension."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether the file itself is broken."""
    return _primary(error) in _DAMAGE


def is_full(error: sqlite3.Error) -> bool:
    """Tell whether the disk refuses, now, what would be right."""
    return _primary(error) in _NOT_NOW


class Disk:
    """One connection; every method blocks, and runs in the store's thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None

    @property
    def connection(self) -> sqlite3.Connection:
        """Return the open connection, opened now if it was not."""
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        """Open the file and bring it up to date. Raises `sqlite3.Error`."""
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, timeout=1
        )
        try:
            # One process, one connection: no shared memory file is needed.
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            self._check(connection)
            self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @staticmethod
    def _check(connection: sqlite3.Connection) -> None:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise Damaged(found)

    @staticmethod
    def _migrate(connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise TooNew(version)
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            connection.executescript(
                f"BEGIN IMMEDIATE; {script}; PRAGMA user_version={number}; COMMIT;"
            )

    def close(self) -> None:
        """Close the connection, which also takes the journal into the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def commit(self, statements: Sequence[Statement]) -> None:
        """Write all or nothing, safe on disk. Raises `sqlite3.Error`."""
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            for sql, values in statements:
                connection.execute(sql, values)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def set_aside(self) -> Path:
        """Move a damaged file, with its journal, out of the way, and return its new name."""
        self.close_anyhow()
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        aside = self.path.with_name(f"{self.path.name}.damaged.{stamp}")
        for suffix in ("-wal", "-shm"):
            journal = self.path.with_name(self.path.name + suffix)
            if journal.exists():
                journal.rename(aside.with_name(aside.name + suffix))
        if self.path.exists():
            self.path.rename(aside)
        return aside

    def close_anyhow(self) -> None:
        """Close the connection, however broken the file is."""
        try:
            self.close()
        except sqlite3.Error:
            self._connection = None

    def begin_copy(self, at: float) -> None:
        """Make the files one that may be copied while writing goes on."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.connection.execute("PRAGMA wal_autocheckpoint=0")
        self.commit([("INSERT OR REPLACE INTO meta VALUES (?, ?)", (COPIED, at))])

    def end_copy(self) -> None:
        """Go on as before the copy."""
        self.commit([("DELETE FROM meta WHERE key = ?", (COPIED,))])
        self.connection.execute("PRAGMA wal_autocheckpoint=1000")


class Damaged(sqlite3.DatabaseError):
    """The file does not pass SQLite's own check."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


class TooNew(sqlite3.OperationalError):
    """A later version of the integration wrote the file."""

    sqlite_errorcode = sqlite3.SQLITE_CANTOPEN


class Begun:
    """Ids of messages that are being sent while the disk is full.

    The file has its size from the beginning: writing inside it needs no room.
    Every method blocks, and runs in the store's thread.
    """

    _SLOT: Final = 64
    _SLOTS: Final = 256

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: list[str] = []

    def load(self) -> frozenset[str]:
        """Return what is noted, and take the room. Raises `OSError`."""
        size = self._SLOT * self._SLOTS
        noted = self._path.read_bytes()[:size] if self._path.exists() else b""
        slots = (noted[at : at + self._SLOT] for at in range(0, len(noted), self._SLOT))
        self._ids = [
            slot.rstrip(b"\0").decode("ascii", "replace")
            for slot in slots
            if slot.strip(b"\0")
        ]
        if len(noted) != size:
            with self._path.open("wb") as file:
                file.write(noted.ljust(size, b"\0"))
                file.flush()
                os.fsync(file.fileno())
        return frozenset(self._ids)

    def note(self, message_id: str) -> None:
        """Write an id down, safe on disk. Raises `OSError`."""
        if len(self._ids) >= self._SLOTS:
            raise OSError("no room for a further id")
        with self._path.open("r+b", buffering=0) as file:
            file.seek(len(self._ids) * self._SLOT)
            file.write(message_id.encode("ascii").ljust(self._SLOT, b"\0"))
            os.fsync(file.fileno())
        self._ids.append(message_id)

    def clear(self) -> None:
        """Forget every id. Raises `OSError`."""
        if not self._ids:
            return
        with self._path.open("r+b", buffering=0) as file:
            file.write(b"\0" * self._SLOT * len(self._ids))
            os.fsync(file.fileno())
        self._ids.clear()
