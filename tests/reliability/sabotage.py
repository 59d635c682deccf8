"""Ways to break the product on purpose, patched in from here: each must turn a run red."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
import sqlite3

from custom_components.gsm_gateway.gateways.model import SmsPart
from custom_components.gsm_gateway.messaging.arrivals import Arrival
from custom_components.gsm_gateway.messaging.disk import Disk, Statement
from custom_components.gsm_gateway.messaging.inbox import Inbox
from custom_components.gsm_gateway.messaging.joining import Joined, Joiner
from custom_components.gsm_gateway.messaging.repeats import Repeats

from .patching import patch
from .sabotage_names import SABOTAGES


def apply(name: str, path: Path) -> None:
    """Break the product in one way, before it opens its message log."""
    breaks: tuple[Callable[[Path], None], ...] = (
        _acknowledge_before_storing,
        _forget_what_came,
        _send_unknown_again,
        _mark_after_sending,
        _drop_late_parts,
        _never_sync,
    )
    breaks[SABOTAGES.index(name)](path)


def _acknowledge_before_storing(_: Path) -> None:
    take = Inbox.take

    def hasty(inbox: Inbox, part: SmsPart) -> None:
        part.acknowledge()
        take(inbox, replace(part, acknowledge=lambda: None, refuse=lambda: None))

    patch(Inbox, "take", hasty)


def _forget_what_came(_: Path) -> None:
    def new(_self: Repeats, _arrival: Arrival) -> None:
        return None

    patch(Repeats, "original_of", new)


def _send_unknown_again(path: Path) -> None:
    if not path.exists():
        return
    connection = sqlite3.connect(path)
    ids = "SELECT message_id FROM sent WHERE state = 'sending'"
    connection.execute(
        f"UPDATE sent_piece SET token = '' WHERE message_id IN ({ids})"  # noqa: S608
    )
    connection.execute("UPDATE sent SET state = 'queued' WHERE state = 'sending'")
    connection.commit()
    connection.close()


def _mark_after_sending(_: Path) -> None:
    """Keep back the commits of `sending` until the next commit that has anything else."""
    commit = Disk.commit
    held: list[Statement] = []

    def lazy(disk: Disk, statements: Sequence[Statement]) -> None:
        if any("sending" in values for _sql, values in statements):
            held.extend(statements)
            return
        commit(disk, [*held, *statements])
        held.clear()

    patch(Disk, "commit", lazy)


def _drop_late_parts(_: Path) -> None:
    add = Joiner.add

    def strict(joiner: Joiner, arrival: Arrival) -> list[Joined]:
        where = arrival.part.concatenation
        for one in joiner._sets.values():
            first = next(iter(one.arrivals.values())).part
            if (
                one.given
                and where is not None
                and first.concatenation is not None
                and first.sender == arrival.part.sender
                and first.concatenation.reference == where.reference
            ):
                return []
        return add(joiner, arrival)

    patch(Joiner, "add", strict)


def _never_sync(_: Path) -> None:
    connect = Disk._connect

    def careless(disk: Disk) -> sqlite3.Connection:
        connection = connect(disk)
        connection.execute("PRAGMA synchronous=OFF")
        return connection

    patch(Disk, "_connect", careless)
