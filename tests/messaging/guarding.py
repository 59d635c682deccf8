"""A guard with a log on disk, and rows as an earlier run has left them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count
from pathlib import Path
from typing import override

from custom_components.gsm_gateway.messaging.countries import Country
from custom_components.gsm_gateway.messaging.disk import Value
from custom_components.gsm_gateway.messaging.guard import Card, Guard, Limits, Wish
from custom_components.gsm_gateway.messaging.guard_budgets import Spending
from custom_components.gsm_gateway.messaging.guard_refusals import Stop
from custom_components.gsm_gateway.messaging.messages import Priority
from custom_components.gsm_gateway.messaging.numbers import country_of, normalised
from custom_components.gsm_gateway.messaging.store import Store

from .hand_clock import HandClock
from .inline_executor import InlineExecutor

NUMBER = "+491701234567"
GERMANY = country_of("262010000000001")
RUSSIA = country_of("250010000000001")
MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
DEFAULT = {"a": Limits()}
ALARM, NORMAL = Priority.ALARM, Priority.NORMAL


class JumpingClock(HandClock):
    """A hand clock whose wall time a test can set."""

    def __init__(self) -> None:
        super().__init__()
        self.off = timedelta()

    @override
    def now(self) -> datetime:
        return super().now() + self.off

    def pass_by(self, seconds: float) -> None:
        """Let time pass in which nothing happens."""
        self._elapsed += seconds

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward, or back."""
        self.off += timedelta(seconds=seconds)

    def wall(self, *moment: int) -> None:
        """Set the wall clock to a moment in UTC."""
        self.off += datetime(*moment, tzinfo=UTC) - self.now()  # type: ignore[misc,arg-type]


class Watch:
    """A guard, its log and what it stopped."""

    def __init__(self, path: Path, clock: JumpingClock, zone: tzinfo = UTC) -> None:
        """Start without a file."""
        self.clock = clock
        self.store = Store(
            path / "log.db", clock, lambda *_: None, executor=InlineExecutor()
        )
        self.stopped: list[Stop] = []
        self.guard = Guard(clock, zone, self.store, self.stopped.append)
        self._ids = count(1)

    async def begin(self, cards: Sequence[Card] = ()) -> None:
        """Open the file and count what is in it."""
        await self.store.open()
        await self.guard.load(cards)

    def submit(self, **facts: object) -> None:
        """Check one message and admit it."""
        wish = wishing(**facts)
        self.guard.check([wish])
        self.guard.admit(wish)

    def send(self, **facts: object) -> list[Spending]:
        """Submit a message and hand it over by its first SIM."""
        wish = wishing(**facts)
        self.guard.check([wish])
        self.guard.admit(wish)
        return [self.spend(parts=wish.parts, priority=wish.priority, number=wish.peer)]

    def spend(
        self,
        line_id: str = "a",
        *,
        parts: int = 1,
        priority: Priority = NORMAL,
        number: str = NUMBER,
        first: bool = True,
    ) -> Spending:
        """Hand something over."""
        return self.guard.spend(line_id, number, parts, priority, first=first)

    def left(
        self,
        line_id: str = "a",
        *,
        limits: Limits | None = None,
        priority: Priority = NORMAL,
        number: str = NUMBER,
    ) -> int:
        """Return what a SIM may hand over."""
        return self.guard.left(line_id, limits or Limits(), priority, number)

    def hear(self, sender: str = NUMBER, country: Country | None = GERMANY) -> None:
        """Receive a message."""
        self.guard.note_received(sender, country)


def wishing(**facts: object) -> Wish:
    """Return a message of one part for one SIM, but for what is given."""
    plain: dict[str, object] = {
        "number": NUMBER,
        "text": "Hallo",
        "parts": 1,
        "priority": NORMAL,
        "limits": DEFAULT,
        "country": GERMANY,
        "cause": "",
    }
    return Wish(**(plain | facts))  # type: ignore[arg-type]


def one_form(number: str) -> str:
    """Return a German number in its one form."""
    return normalised(number, GERMANY)


class Rows:
    """Writes what an earlier run would have written."""

    def __init__(self, watch: Watch) -> None:
        """Write through this one's store."""
        self._store = watch.store
        self._clock = watch.clock
        self._serials = count(1)

    async def sent(  # noqa: PLR0913  # what a row can differ in
        self,
        *,
        ago: float = 0.0,
        at: datetime | None = None,
        number: str = NUMBER,
        text: str = "Hallo",
        parts: int = 1,
        pieces: int = 1,
        priority: Priority = NORMAL,
        handed: bool = True,
        state: int | None = 2,
        line_id: str = "a",
    ) -> None:
        """Write a message with its pieces; `state` is theirs."""
        moment = (at or self._clock.now()).timestamp() - ago
        serial = next(self._serials)
        facts: dict[str, Value] = {
            "message_id": f"old{serial}",
            "serial": serial,
            "number": number,
            "text": text,
            "priority": priority.value,
            "created_at": moment,
            "line_id": line_id if handed else None,
        }
        await self._insert("sent", facts)
        for place in range(pieces):
            piece: dict[str, Value] = {
                "message_id": f"old{serial}",
                "place": place,
                "parts": parts,
                "serial": next(self._serials) if handed else None,
                "state": state,
                "handed_at": moment if handed else None,
                "line_id": line_id if handed else None,
            }
            await self._insert("sent_piece", piece)

    async def received(
        self, *, ago: float, sender: str = NUMBER, state: str = "announced"
    ) -> None:
        """Write a message from outside, of the box "box" on its port 1."""
        moment = self._clock.now().timestamp() - ago
        facts: dict[str, Value] = {
            "message_id": f"in{next(self._serials)}",
            "box_id": "box",
            "channel": 1,
            "sender": sender,
            "received_at": moment,
            "state": state,
        }
        await self._insert("received", facts)

    async def _insert(self, table: str, facts: dict[str, Value]) -> None:
        """Write a row; what the guard does not look at is empty."""
        info = await self._store.read(
            lambda connection: connection.execute(
                'SELECT name, type FROM pragma_table_info(?) WHERE "notnull"', (table,)
            ).fetchall()
        )
        row = {name: "" if kind == "TEXT" else 0 for name, kind in info} | facts
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
        await self._store.write((sql, tuple(row.values())))
