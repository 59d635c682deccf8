"""A message log of an earlier version is taken over with all that is in it."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
import sqlite3

from custom_components.gsm_gateway.balance.readings import Reading
from custom_components.gsm_gateway.balance_store import BalanceStore

from .hand_clock import HandClock
from .receiving import after_a_kill, listening
from .storing import Log

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


async def test_second_version(clock: HandClock, tmp_path: Path) -> None:
    older_file(2, tmp_path / "log.db")
    log = Log(tmp_path, clock)
    await log.store.open()
    assert log.troubles == []
    store = BalanceStore(log.store, "box")
    (known,) = (await store.async_load()).values()
    assert known.schedule
    assert known.schedule.last_asked == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert (known.balance, known.currency) == (Decimal("12.50"), "PLN")
    assert (known.count, known.unread, known.answers) == (None, None, ())
    assert await store.async_readings(datetime.fromtimestamp(0, UTC)) == []

    at = datetime(2026, 11, 2, 10, tzinfo=UTC)
    reading = Reading(at=at, amount=Decimal("12.30"), parts=2)
    await store.async_save("sim1", known, reading)
    found = await store.async_readings(datetime.fromtimestamp(0, UTC))
    assert found == [("sim1", "PLN", reading)]
    await log.store.close()
