"""What the message log forgets, and what it never does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import sqlite3

import pytest

from custom_components.gsm_gateway.messaging.disk import Statement
from custom_components.gsm_gateway.messaging.retention import forget_box, prune
from custom_components.gsm_gateway.messaging.store import StoreUnavailable

from .hand_clock import START, HandClock
from .rows import ago, part, received, row, sent, sent_piece, sent_state
from .storing import Log

TABLES = {
    "received": "message_id",
    "received_part": "part_id",
    "sent": "message_id",
    "sent_piece": "message_id",
    "sent_state": "message_id",
    "ledger": "note_id",
    "page_entry": "text",
    "gap": "box_id",
    "box": "box_id",
    "balance": "sim_id",
    "balance_reading": "sim_id",
}


@pytest.fixture
async def log(tmp_path: Path, clock: HandClock) -> AsyncIterator[Log]:
    log = Log(tmp_path, clock)
    await log.store.open()
    yield log
    await log.store.close()


async def left(log: Log) -> dict[str, list[str]]:
    """Return what the tables that have anything hold."""

    def query(connection: sqlite3.Connection) -> dict[str, list[str]]:
        return {
            table: [
                found[0]
                for found in connection.execute(
                    f"SELECT {key} FROM {table} ORDER BY {key}"  # noqa: S608  # ours
                )
            ]
            for table, key in TABLES.items()
        }

    return {
        table: rows for table, rows in (await log.store.read(query)).items() if rows
    }


def note(note_id: str, at: float, box_id: str = "box") -> Statement:
    return row(
        "ledger",
        note_id=note_id,
        box_id=box_id,
        kind="push",
        channel=1,
        sender="+49",
        text="t",
        noted_at=at,
        whole="",
        place=0,
    )


def entry(text: str, at: float, box_id: str = "box", channel: int = 1) -> Statement:
    return row(
        "page_entry",
        box_id=box_id,
        channel=channel,
        sender="+49",
        text=text,
        box_time="",
        settled=1,
        seen_at=at,
    )


def reading(sim_id: str, at: float, box_id: str = "box") -> Statement:
    return row(
        "balance_reading",
        sim_id=sim_id,
        box_id=box_id,
        at=at,
        amount="12.50",
        currency="PLN",
        parts=0,
    )


async def test_what_is_older_than_it_is_kept_goes(log: Log) -> None:
    old, new = ago(days=91), ago(days=89)
    for name, at in (("old", old), ("new", new)):
        await log.store.write(
            received(name, at),
            part(name, at, message_id=name),
            sent(name, at),
            sent_piece(name, at),
            sent_state(name, "queued", at),
            sent_state(name, "sent", at),
            row("gap", box_id=name, since=at - 10, until=at),
        )
    await log.store.write(note("old", ago(days=8)), note("new", ago(days=6)))
    await prune(log.store, START, 90)
    assert await left(log) == {
        "received": ["new"],
        "received_part": ["new"],
        "sent": ["new"],
        "sent_piece": ["new"],
        "sent_state": ["new", "new"],
        "ledger": ["new"],
        "gap": ["new"],
    }


async def test_what_is_open_never_goes(log: Log) -> None:
    old = ago(days=400)
    await log.store.write(
        received("stored", old, state="stored"),
        part("of stored", old, message_id="stored"),
        received("announcing", old, state="announcing"),
        part("waiting", ago(hours=23)),
        sent("queued", old, state="queued"),
        sent_state("queued", "queued", old),
        sent("sending", old, state="sending"),
        sent_piece("sending", old),
        row("gap", box_id="now", since=old, until=None),
    )
    before = await left(log)
    await prune(log.store, START, 0.01)
    assert await left(log) == before


async def test_parts_that_belong_to_nothing_go(log: Log) -> None:
    await log.store.write(
        part("never joined", ago(days=91)),
        part("of none", ago(days=91), message_id="gone"),
        part("not yet", ago(days=89)),
    )
    await prune(log.store, START, 90)
    assert await left(log) == {"received_part": ["not yet"]}


async def test_what_the_limits_count_outlives_its_text(log: Log) -> None:
    at = ago(days=20)
    await log.store.write(sent("s", at), sent_piece("s", at))
    await prune(log.store, START, 7)
    assert await left(log) == {"sent": ["s"], "sent_piece": ["s"]}
    query = "SELECT sent.text || sent_piece.text FROM sent JOIN sent_piece"
    texts = await log.store.read(lambda c: c.execute(query).fetchall())
    assert texts == [("",)]
    await prune(log.store, START.replace(day=25), 7)
    assert await left(log) == {}


async def test_readings_of_balances_are_kept_for_more_than_a_year(log: Log) -> None:
    await log.store.write(reading("old", ago(days=401)), reading("new", ago(days=399)))
    await prune(log.store, START, 7)
    assert await left(log) == {"balance_reading": ["new"]}


async def test_the_last_entries_of_each_page_are_remembered(log: Log) -> None:
    old = ago(days=200)
    await log.store.write(*(entry(f"a{n:03}", old + n) for n in range(60)))
    await log.store.write(*(entry(f"b{n:03}", old + n, channel=2) for n in range(3)))
    await log.store.write(*(entry(f"c{n:03}", ago(days=1), "c") for n in range(60)))
    await prune(log.store, START, 90)
    found = (await left(log))["page_entry"]
    assert found[:2] == ["a010", "a011"]
    assert len(found) == 50 + 3 + 60


async def test_others_write_while_old_messages_go(log: Log) -> None:
    many = [received(f"{n:05}", ago(days=100)) for n in range(3000)]
    many += [part(f"{n:05}", ago(days=100), message_id=f"{n:05}") for n in range(3000)]
    await log.store.write(*many)
    pruning = asyncio.create_task(prune(log.store, START, 90))
    seen = 0
    while not pruning.done():
        await log.put(f"{seen}")
        seen += 1
    await pruning
    assert seen >= 10
    assert await left(log) == {}


async def test_a_removed_box_leaves_nothing(log: Log) -> None:
    at = ago(days=1)
    for box in ("box", "other"):
        await log.store.write(
            received(f"r {box}", at, box_id=box, state="announcing"),
            part(f"p {box}", at, box_id=box, message_id=f"r {box}"),
            part(f"q {box}", at, box_id=box),
            sent(f"s {box}", at, box_id=box),
            sent_piece(f"s {box}", at, box_id=box),
            sent_state(f"s {box}", "sent", at),
            note(f"n {box}", at, box),
            entry(f"e {box}", at, box),
            row("gap", box_id=box, since=at),
            row("box", box_id=box),
            row("balance", box_id=box, sim_id=f"b {box}", facts="{}"),
            reading(f"b {box}", at, box),
        )
    waits = {"state": "queued", "line_id": None}
    await log.store.write(
        sent("waits", at, box_id=None, **waits),
        sent("again", at, **waits),
        sent_state("waits", "queued", at),
    )
    await forget_box(log.store, "box")
    assert await left(log) == {
        "received": ["r other"],
        "received_part": ["p other", "q other"],
        "sent": ["again", "s other", "waits"],
        "sent_piece": ["s other"],
        "sent_state": ["s other", "waits"],
        "ledger": ["n other"],
        "page_entry": ["e other"],
        "gap": ["other"],
        "box": ["other"],
        "balance": ["b other"],
        "balance_reading": ["b other"],
    }


async def test_a_log_that_is_closed_forgets_nothing(log: Log) -> None:
    await log.store.close()
    with pytest.raises(StoreUnavailable):
        await prune(log.store, START, 90)
    with pytest.raises(StoreUnavailable):
        await forget_box(log.store, "box")
