"""What is kept of balances on disk, so that no restart costs a question or a value."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
import json
from typing import Any, Final, Self

from .balance.kept import (
    in_calendar,
    read_amount,
    read_count,
    read_date,
    read_flag,
    read_moment,
    read_text,
)
from .balance.readings import Reading
from .balance.schedule import Schedule
from .balance.upkeep import NO_UPKEEP, Upkeep
from .balance.wishes import DayCount
from .gateways.model import SendState
from .messaging.disk import Statement
from .messaging.store import Store, StoreUnavailable

_SAVE: Final = "INSERT OR REPLACE INTO balance VALUES (?, ?, ?)"
_ADD: Final = (
    "INSERT OR REPLACE INTO balance_reading "
    "(sim_id, box_id, at, amount, currency, parts) VALUES (?, ?, ?, ?, ?, ?)"
)
_TAKE_BACK: Final = (
    "DELETE FROM balance_reading WHERE sim_id = ? AND currency = ? AND at >= ?"
)
_READINGS: Final = (
    "SELECT sim_id, currency, at, amount, parts FROM balance_reading "
    "WHERE box_id = ? AND at >= ? ORDER BY at"
)
_PARTS: Final = """
    SELECT coalesce(sum(parts), 0) FROM sent_piece
    WHERE line_id = ? AND handed_at > ? AND handed_at <= ? AND state IS NOT ?
"""
_SENT: Final = """
    SELECT min(handed_at), max(handed_at) FROM sent_piece
    WHERE line_id = ? AND handed_at > ? AND state IS NOT ?
"""

_UNREADABLE: Final = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    ArithmeticError,
    OSError,
    RecursionError,
)
"""What a row raises that is damaged, or was written by somebody else."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What an operator said of a balance, whatever could be read in it."""

    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SimBalance:
    """What is known of the balance of one SIM."""

    schedule: Schedule | None = None
    count: DayCount | None = None
    """The questions of the last day that had any."""
    checked: datetime | None = None
    """When the balance was read last."""
    balance: Decimal | None = None
    currency: str | None = None
    """Of `balance`."""
    valid_until: date | None = None
    """When the money or the SIM expires, if the answer with `balance` told it."""
    unread: str | None = None
    """The newest answer, if it has no balance in the SIM's currency that could be read."""
    unread_at: datetime | None = None
    let_be: bool = False
    """Whether the user wants to hear no more of the unread answer."""
    answers: tuple[KeptAnswer, ...] = ()
    """The last ones, the oldest first."""
    silent: int = 0
    """How many of the last questions brought no answer, or one without a number."""
    listens_until: datetime | None = None
    """Until when an SMS may still be the answer to the last question."""
    code: str | None = None
    """The balance code to which `unread` and `silent` belong."""
    upkeep: Upkeep = NO_UPKEEP

    def as_dict(self) -> dict[str, Any]:
        """Return what goes to disk."""
        return {
            "schedule": self.schedule.to_dict() if self.schedule else None,
            "count": self.count.to_dict() if self.count else None,
            "checked": _written(self.checked),
            "balance": None if self.balance is None else str(self.balance),
            "currency": self.currency,
            "valid_until": _written(self.valid_until),
            "unread": self.unread,
            "unread_at": _written(self.unread_at),
            "let_be": self.let_be,
            "answers": [[_written(each.at), each.text] for each in self.answers],
            "silent": self.silent,
            "listens_until": _written(self.listens_until),
            "code": self.code,
            "upkeep": self.upkeep.to_dict(),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what came from disk; an earlier version wrote less.

        Raises one of `_UNREADABLE` for what no version wrote.
        """
        return cls(
            schedule=_if_any(Schedule.from_dict, kept["schedule"]),
            count=_if_any(DayCount.from_dict, kept.get("count")),
            checked=_if_any(read_moment, kept["checked"]),
            balance=_if_any(read_amount, kept["balance"]),
            currency=_if_any(read_text, kept["currency"]),
            valid_until=_if_any(read_date, kept.get("valid_until")),
            unread=_if_any(read_text, kept.get("unread")),
            unread_at=_if_any(read_moment, kept.get("unread_at")),
            let_be=read_flag(kept.get("let_be", False)),
            answers=tuple(
                KeptAnswer(read_moment(at), read_text(text))
                for at, text in kept.get("answers", ())
            ),
            silent=read_count(kept.get("silent", 0)),
            listens_until=_if_any(read_moment, kept.get("listens_until")),
            code=_if_any(read_text, kept.get("code")),
            upkeep=_if_any(Upkeep.from_dict, kept.get("upkeep")) or NO_UPKEEP,
        )


NOTHING_KNOWN: Final = SimBalance()


class BalanceStore:
    """The rows of one box in the message log, by the SIMs' subentry ids.

    They are there because a code may cost money: that it is dialled is as safe
    on disk before as that a message is sent.
    """

    def __init__(self, store: Store, box_id: str) -> None:
        self._store = store
        self._box_id = box_id
        self._owed: list[Statement] = []
        """Readings that the disk has not taken yet."""

    async def async_load(self) -> dict[str, SimBalance]:
        """Return what was saved last; nothing where the log cannot be read."""
        query = "SELECT sim_id, facts FROM balance WHERE box_id = ?"
        try:
            rows = await self._store.read(
                lambda log: log.execute(query, (self._box_id,)).fetchall()
            )
        except StoreUnavailable:
            return {}
        found: dict[str, SimBalance] = {}
        for sim_id, facts in rows:
            # A box with all its alarms is worth more than one balance.
            with suppress(*_UNREADABLE):
                found[sim_id] = SimBalance.from_dict(json.loads(facts))
        return found

    async def async_readings(self, since: datetime) -> list[tuple[str, str, Reading]]:
        """Return the readings with their SIMs and currencies, the oldest first.

        One that cannot be read is left out; there are none where the log cannot be.
        """
        values = self._box_id, since.timestamp()
        try:
            rows = await self._store.read(
                lambda log: log.execute(_READINGS, values).fetchall()
            )
        except StoreUnavailable:
            return []
        found = []
        for sim_id, currency, at, amount, parts in rows:
            with suppress(*_UNREADABLE):
                reading = Reading(
                    at=in_calendar(_at(at)),
                    amount=read_amount(amount),
                    parts=read_count(parts),
                )
                found.append((sim_id, currency, reading))
        return found

    async def async_parts(self, sim_id: str, since: datetime, until: datetime) -> int:
        """Return how many parts a SIM handed over that nobody refused.

        Raises `StoreUnavailable`.
        """
        values = (sim_id, since.timestamp(), until.timestamp(), SendState.FAILED.value)
        (parts,) = await self._store.read(
            lambda log: log.execute(_PARTS, values).fetchone()
        )
        return int(parts)

    async def async_sent(
        self, sim_id: str, since: datetime
    ) -> tuple[datetime, datetime] | None:
        """Return when a SIM handed over its first and its last part since then, if any."""
        values = sim_id, since.timestamp(), SendState.FAILED.value
        try:
            first, last = await self._store.read(
                lambda log: log.execute(_SENT, values).fetchone()
            )
        except StoreUnavailable:
            return None
        return None if first is None else (_at(first), _at(last))

    async def async_save(
        self, sim_id: str, balance: SimBalance, reading: Reading | None = None
    ) -> None:
        """Return when it is on disk, in one commit. Raises `StoreUnavailable`.

        A reading that the disk does not take goes there with the next one.
        """
        readings = [*self._owed, *self._new(sim_id, balance, reading)]
        facts = json.dumps(balance.as_dict())
        self._owed = []
        try:
            await self._store.write(*readings, (_SAVE, (sim_id, self._box_id, facts)))
        except StoreUnavailable:
            self._owed = [*readings, *self._owed]
            raise

    def forget(self, sim_id: str) -> None:
        """Delete what is kept of a SIM that was removed, or has another card."""
        self._owed = [each for each in self._owed if each[1][0] != sim_id]
        self._store.write(
            ("DELETE FROM balance WHERE sim_id = ?", (sim_id,)),
            ("DELETE FROM balance_reading WHERE sim_id = ?", (sim_id,)),
            lazy=True,
        )

    async def async_remove(self) -> None:
        """Delete what is kept of the box. Raises `StoreUnavailable`."""
        await self._store.write(
            ("DELETE FROM balance WHERE box_id = ?", (self._box_id,)),
            ("DELETE FROM balance_reading WHERE box_id = ?", (self._box_id,)),
        )

    def _new(
        self, sim_id: str, balance: SimBalance, reading: Reading | None
    ) -> list[Statement]:
        """Return what writes a reading down, instead of any from its future."""
        if reading is None or balance.currency is None:
            return []
        at, currency = reading.at.timestamp(), balance.currency
        row = (sim_id, self._box_id, at, str(reading.amount), currency, reading.parts)
        return [(_TAKE_BACK, (sim_id, currency, at)), (_ADD, row)]


def _written(moment: date | None) -> str | None:
    return moment.isoformat() if moment else None


def _if_any[Kept, Found](
    read: Callable[[Kept], Found], kept: Kept | None
) -> Found | None:
    return None if kept is None else read(kept)


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
