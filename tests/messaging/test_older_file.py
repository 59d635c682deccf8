"""A message log of an earlier version is taken over with all that is in it."""

from collections.abc import Callable
from pathlib import Path
import sqlite3

from .hand_clock import HandClock
from .receiving import after_a_kill, listening

FIXTURES = Path(__file__).parent / "fixtures"


def older_file(version: int, file: Path) -> Path:
    """Make a file as an earlier version left it."""
    connection = sqlite3.connect(file)
    connection.executescript((FIXTURES / f"message_log_{version}.sql").read_text())
    connection.close()
    return file


async def test_first_version(
    clock: HandClock, new_id: Callable[[], str], tmp_path: Path
) -> None:
    file = older_file(1, tmp_path / "log.db")
    async with listening(clock, new_id, file) as box:
        assert box.store.troubles == []
        assert [(m.message_id, m.text, m.redelivered) for m in box.messages] == [
            ("m0", "seen on the page", False)
        ]
        box.inbox.on_connection(connected=True)
        await box.bring("done", link="bind 2")
        await box.bring("right", ("7", 2, 2), link="bind 2")
        assert box.texts == ["seen on the page", "left right"]
        await box.push("new")
        await clock.advance(2)
        numbers = "SELECT transport, receive_id FROM received_part ORDER BY rowid"
        assert await box.rows(numbers) == [
            ("smpp", ""),
            ("smpp", ""),
            ("smpp", ""),
            ("udp", "1"),
        ]
        async with after_a_kill(box, clock, new_id) as again:
            await again.push("new")
            await again.bring("new")
            assert again.acknowledged == ["new", "new"]
            assert again.texts == []
