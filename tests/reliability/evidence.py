"""What the judge looks at: journals, the bus recorder, and what the harness did itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
import json
from pathlib import Path
import re
from typing import Any, override

TAG = re.compile(r"[io]\d{5}")
"""Every text of a run names its message: i00017 came in, o00017 goes out."""
BOXES = ("alpha", "bravo", "delta", "tango")
FULL_DISK, STALL = "full disk", "stall"
NOT_LISTENING, LINK_CLOSED = "not listening", "link closed"
MOVED = "moved"
"""UDP lines have another port or address than they called from last."""
BUS = "bus.jsonl"
HARNESS = "harness.jsonl"
CALLED_AGAIN = 100.0
"""Seconds in which a UDP line calls again, one or two of its keepalives being lost."""
SHOWN = 60
"""Characters of a value in a story."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of any log, on the common time."""

    at: float
    kind: str
    box: str = ""
    sim: int | None = None
    """The box's line."""
    fields: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field if it is there."""
        return self.fields.get(name, default)

    @property
    def tag(self) -> str:
        """The message that its text names, empty if none."""
        return tag_of(self.fields.get("text") or "")

    @override
    def __str__(self) -> str:
        where = f"{self.box}/{self.sim}" if self.sim else self.box
        shown = " ".join(
            f"{name}={_short(value)}" for name, value in self.fields.items()
        )
        return f"{datetime.fromtimestamp(self.at, UTC):%H:%M:%S.%f} {where} {self.kind} {shown}"


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


def tag_of(text: str) -> str:
    """Return the message that a text names, empty if none."""
    found = TAG.search(text)
    return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A time in which something was not well: a fault, or no process of ours."""

    start: float
    end: float
    kind: str
    box: str = ""
    """Empty: every box."""
    sim: int | None = None
    """None: every line."""

    def touches(self, box: str, sim: int | None, start: float, end: float) -> bool:
        """Tell whether it fell into this time at this place."""
        here = self.box in ("", box) and (self.sim is None or sim in (None, self.sim))
        return here and self.start <= end and self.end >= start


@dataclass(frozen=True)
class Evidence:
    """Everything that was seen from outside, in the order of time."""

    journal: list[Line]
    """What the simulated boxes wrote."""
    bus: list[Line]
    """What the bus recorder heard."""
    harness: list[Line]
    """What the harness did: submits, arrivals, faults, starts and kills."""
    end: float

    @cached_property
    def troubles(self) -> list[Trouble]:
        """Every time in which something was not well."""
        full = _full(self.harness, self.end)
        seen = _seen(self.journal, self.bus)
        return [*full, *_downs(self), *seen, *_moves(self.harness)]

    @cached_property
    def kills(self) -> list[Line]:
        """Each death of the process under test, by signal."""
        return [line for line in self.harness if line.kind == "killed"]

    @cached_property
    def full(self) -> list[Trouble]:
        """The times in which the disk was full."""
        return [each for each in self.troubles if each.kind == FULL_DISK]

    def killed_between(self, start: float, end: float) -> list[Line]:
        """Return the kills in this time."""
        return [kill for kill in self.kills if start <= kill.at <= end]

    def ended_between(self, start: float, end: float) -> list[Line]:
        """Return the kills and the stops in this time."""
        ends = [x for x in self.harness if x.kind in ("killed", "stopping")]
        return [line for line in ends if start <= line.at <= end]

    def story(self, tag: str, ids: Iterable[str] = ()) -> list[Line]:
        """Return every line about one message, in the order of time."""
        known = set(ids)
        numbers = {
            (line.box, line["id"])
            for line in self.journal
            if line.kind == "sms_incoming" and line.tag == tag
        }
        keys = {(x.box, x.get("key")) for x in self.journal if x.tag == tag}
        keys -= {(box, None) for box in BOXES}

        def belongs(line: Line) -> bool:
            return (
                line.tag == tag
                or (line.box, line.get("id")) in numbers
                or (line.box, line.get("key")) in keys
                or line.get("id") in known
                or tag in line.get("tags", ())
                or any(each.get("id") in known for each in line.get("messages", ()))
            )

        lines = [x for x in (*self.journal, *self.bus, *self.harness) if belongs(x)]
        lines.sort(key=lambda line: line.at)
        if lines:
            start, end = lines[0].at - 30, lines[-1].at + 30
            lines += self.killed_between(start, end)
            lines += [
                x for x in self.harness if x.kind == "fault" and start <= x.at <= end
            ]
        return sorted(lines, key=lambda line: line.at)


def _full(harness: list[Line], end: float) -> Iterator[Trouble]:
    """Give the times in which the disk was full."""
    open_: dict[int, Line] = {}
    for line in harness:
        if line.kind == "fault" and line["fault"] == FULL_DISK:
            open_[line["number"]] = line
        elif line.kind == "fault_over" and (begun := open_.pop(line["number"], None)):
            yield Trouble(begun.at, line.at, FULL_DISK)
    for begun in open_.values():
        yield Trouble(begun.at, end, FULL_DISK)


def _downs(evidence: Evidence) -> Iterator[Trouble]:
    """Give the times in which no process of ours listened to a box."""
    died: float | None = None
    down: dict[str, float] = {}
    lines = sorted((*evidence.harness, *evidence.bus), key=lambda line: line.at)
    for line in lines:
        if line.kind in ("killed", "stopping"):
            died = line.at
            for box in BOXES:
                down.setdefault(box, died)
        elif line.kind == "link" and line["up"]:
            if (since := down.pop(line.box, None)) is not None:
                yield Trouble(since, line.at, NOT_LISTENING, line.box)
        elif line.kind == "link":
            down.setdefault(line.box, line.at)
    for box, since in down.items():
        yield Trouble(since, evidence.end, NOT_LISTENING, box)


def _moves(harness: list[Line]) -> Iterator[Trouble]:
    """Give the times in which UDP lines were elsewhere than they had called from."""
    for line in harness:
        if line.kind == "fault" and line["fault"] in ("udp_port_change", "udp_address"):
            until = line.at + CALLED_AGAIN
            yield Trouble(
                line.at, until, MOVED, line.box, line["arguments"].get("line")
            )


def _seen(journal: list[Line], bus: list[Line]) -> Iterator[Trouble]:
    """Give the ends of links, and the times in which the machine let a process stand."""
    for line in journal:
        if line.kind == "fault" and line["fault"] == STALL:
            yield Trouble(line.at - line["seconds"], line.at, STALL, line.box)
        elif line.kind == "connection" and line.get("event") == "closed":
            yield Trouble(line.at, line.at, LINK_CLOSED, line.box, line.sim)
    for line in bus:
        if line.kind == STALL:
            yield Trouble(line.at - line["seconds"], line.at, STALL)


def read_journal(path: Path) -> list[Line]:
    """Read what a simulated box wrote."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(text)
        del entry["seq"]
        at = datetime.fromisoformat(entry.pop("time")).timestamp()
        kind, box, sim = entry.pop("kind"), entry.pop("box"), entry.pop("line")
        lines.append(Line(at, kind, box, sim, entry))
    return lines


def read_log(path: Path) -> list[Line]:
    """Read what the harness or its bus recorder wrote."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(text)
        at, kind = entry.pop("at"), entry.pop("kind")
        box, sim = entry.pop("box", ""), entry.pop("line", None)
        lines.append(Line(at, kind, box, sim, entry))
    return lines


def read_folder(folder: Path) -> Evidence:
    """Read all that a run left in its folder."""
    journal = [
        line for path in sorted(folder.glob("*.journal")) for line in read_journal(path)
    ]
    journal.sort(key=lambda line: line.at)
    harness = read_log(folder / HARNESS)
    return Evidence(journal, read_log(folder / BUS), harness, harness[-1].at)
