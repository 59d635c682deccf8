"""What the journal says of dialogues that a fault or the client's end broke."""

from collections.abc import Callable
from typing import Any

from . import journal as j
from .connection import About, Connection
from .listener import Listener

FAULTS = frozenset(
    {
        "cut",
        "reset",
        "drop",
        "power",
        "half_open",
        "close_before_reply",
        "lose_reply",
    }
)
"""Ends of a connection that somebody asked for."""

type Log = Callable[..., Any]


def watch(listener: Listener, port: str, log: Log) -> None:
    """Journal what hits the dialogues of a port, and how its connections end."""

    def hit(
        connection: Connection, fault: str, about: About, more: dict[str, Any]
    ) -> None:
        log_hit(log, fault, about, port=port, connection=connection.number, **more)

    def end(connection: Connection) -> None:
        report_end(connection, port, log)

    listener.observe_hit = hit
    listener.observe_end = end


def log_hit(log: Log, fault: str, about: About, **more: Any) -> None:
    """Journal that a fault hit one dialogue."""
    rest = {name: value for name, value in about.items() if name != "line"}
    log(j.FAULT_HIT, about.get("line"), fault=fault, **(rest | more))


def report_end(connection: Connection, port: str, log: Log) -> None:
    """Journal the end of a connection, and each dialogue that a fault ended with it."""
    partial = len(connection.pending)
    unfinished = [dict(about) for about in connection.open.values()]
    if partial and connection.framing is not None:
        unfinished.append(connection.framing.describe(bytes(connection.pending)))
    by = connection.ended_by
    if by in FAULTS:
        for about in unfinished:
            log_hit(log, by, about, port=port, connection=connection.number)
    if connection.user or unfinished:
        log(
            j.CONNECTION,
            connection.line,
            port=port,
            user=connection.user,
            event="closed",
            by=by,
            connection=connection.number,
            open=unfinished,
            partial=partial,
        )
