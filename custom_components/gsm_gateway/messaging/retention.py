"""How the message log forgets: what is old, and what a removed box leaves."""

from datetime import datetime, timedelta
from typing import Final

from .disk import Value
from .store import Store

_CHUNK: Final = 200
"""Rows of one commit; other writers come in between."""
_UNJOINED: Final = timedelta(hours=24)
"""How long a part waits for the others of its message."""
_COUNTED: Final = timedelta(days=32)
"""How long the limits of a SIM look back; until then a sent message leaves its count."""
_LEDGER: Final = timedelta(days=7)
BALANCES: Final = timedelta(days=400)
"""How long the readings of balances are kept: more than a year, whatever the user keeps else."""
_ENTRIES: Final = 50
"""Entries of one channel's inbox page that are remembered anyhow: no page shows more."""

type _Step = tuple[str, str, tuple[Value, ...]]
"""A table, which of its rows, and the values in that."""

_OLD_RECEIVED: Final = "received_at < ? AND state NOT IN ('stored', 'announcing')"
_OLD_PART: Final = """
    arrived_at < ? AND (message_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM received WHERE received.message_id = received_part.message_id
    ))
"""
_OLD_SENT: Final = "created_at < ? AND state NOT IN ('queued', 'sending')"
_OLD_ENTRY: Final = f"""
    seen_at < ? AND rowid NOT IN (
        SELECT rowid FROM (
            SELECT rowid, row_number() OVER (
                PARTITION BY box_id, channel ORDER BY seen_at DESC, rowid DESC
            ) AS place FROM page_entry
        ) WHERE place <= {_ENTRIES}
    )
"""
_TIME: Final = {
    "received": "received_at",
    "received_part": "arrived_at",
    "sent": "created_at",
    "ledger": "noted_at",
    "page_entry": "seen_at",
    "gap": "since",
    "balance_reading": "at",
}
"""The column by which the rows of a table are old; most have an index that ends in it."""
_CHILDREN: Final = {
    "received": ("received_part",),
    "sent": ("sent_piece", "sent_state"),
}
"""Tables whose rows go with the message that they belong to."""


async def prune(store: Store, now: datetime, days: float) -> None:
    """Forget what is older than so many days and not open. Raises `StoreUnavailable`."""
    before = now - timedelta(days=days)
    old = (before.timestamp(),)
    await _blank(store, *old)
    counted = min(before, now - _COUNTED).timestamp()
    steps: list[_Step] = [
        ("received", _OLD_RECEIVED, old),
        ("received_part", _OLD_PART, (min(before, now - _UNJOINED).timestamp(),)),
        ("sent", _OLD_SENT, (counted,)),
        ("ledger", "noted_at < ?", ((now - _LEDGER).timestamp(),)),
        ("page_entry", _OLD_ENTRY, old),
        ("gap", "until < ?", old),
        ("balance_reading", "at < ?", ((now - BALANCES).timestamp(),)),
    ]
    for step in steps:
        await _delete(store, *step)


async def forget_box(store: Store, box_id: str) -> None:
    """Forget all of a box but what waits for any SIM. Raises `StoreUnavailable`."""
    its = (box_id,)
    steps: list[_Step] = [
        ("received", "box_id = ?", its),
        ("received_part", "box_id = ?", its),
        ("sent", "box_id = ? AND state <> 'queued'", its),
        ("ledger", "box_id = ?", its),
        ("page_entry", "box_id = ?", its),
        ("gap", "box_id = ?", its),
        ("balance_reading", "box_id = ?", its),
    ]
    for step in steps:
        await _delete(store, *step)
    await store.write(
        ("DELETE FROM balance WHERE box_id = ?", its),
        ("DELETE FROM box WHERE box_id = ?", its),
    )


async def _delete(
    store: Store, table: str, which: str, values: tuple[Value, ...]
) -> None:
    """Delete rows, some at a time."""
    order = f"ORDER BY {_TIME[table]}, rowid LIMIT {_CHUNK}"
    chosen = f"SELECT rowid FROM {table} WHERE {which} {order}"
    messages = f"SELECT message_id FROM {table} WHERE rowid IN ({chosen})"
    while await _any(store, table, which, values):
        # All see the same rows: nobody else writes within the commit.
        await store.write(
            *(
                (f"DELETE FROM {child} WHERE message_id IN ({messages})", values)
                for child in _CHILDREN.get(table, ())
            ),
            (f"DELETE FROM {table} WHERE rowid IN ({chosen})", values),
        )


async def _blank(store: Store, before: float) -> None:
    """Leave of old messages that went out no more than their count."""
    which, values = f"{_OLD_SENT} AND text <> ''", (before,)
    order = f"ORDER BY created_at, rowid LIMIT {_CHUNK}"
    chosen = f"SELECT message_id FROM sent WHERE {which} {order}"
    while await _any(store, "sent", which, values):
        await store.write(
            (f"UPDATE sent_piece SET text = '' WHERE message_id IN ({chosen})", values),
            (f"UPDATE sent SET text = '' WHERE message_id IN ({chosen})", values),
        )


async def _any(store: Store, table: str, which: str, values: tuple[Value, ...]) -> bool:
    query = f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {which})"
    return await store.read(
        lambda connection: bool(connection.execute(query, values).fetchone()[0])
    )
