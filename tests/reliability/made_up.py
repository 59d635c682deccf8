"""Journals that never happened, for tests of the judge."""

from typing import Any, Self

from .evidence import Evidence, Line

START = 1_800_000_000.0


class MadeUp:
    """Puts evidence together, line by line; times are seconds from the start."""

    def __init__(self) -> None:
        """Begin with a process that listens to every box."""
        self.journal: list[Line] = []
        self.bus: list[Line] = []
        self.harness: list[Line] = []

    def box(self, at: float, kind: str, box: str = "alpha", **fields: Any) -> Self:
        """Add a line to a simulated box's journal."""
        sim = fields.pop("sim", 1)
        self.journal.append(Line(START + at, kind, box, sim, fields))
        return self

    def heard(self, at: float, kind: str, box: str = "", **fields: Any) -> Self:
        """Add a line of the bus recorder."""
        sim = fields.pop("on", None)
        self.bus.append(Line(START + at, kind, box, sim, fields))
        return self

    def did(self, at: float, kind: str, **fields: Any) -> Self:
        """Add a line of the harness's own log."""
        box = fields.pop("on", "")
        self.harness.append(Line(START + at, kind, box, None, fields))
        return self

    def incoming(
        self, at: float = 0, text: str = "i00001 hello", **fields: Any
    ) -> Self:
        """Let an SMS come in."""
        return self.box(at, "sms_incoming", id=1, sender="+49", text=text, **fields)

    def acknowledged(self, at: float = 1, part: int = 1, status: int = 0) -> Self:
        """Let a part of it be acknowledged to alpha."""
        return self.box(at, "sms_acknowledged", id=1, part=part, status=status)

    def pushed(
        self, at: float = 1, kind: str = "sms_acknowledged", **fields: Any
    ) -> Self:
        """Let a RECEIVE of it leave delta, and be acknowledged unless `kind` says else."""
        how = "udp" if kind == "sms_lost" else "udp RECEIVE"
        status = {"status": 0} if kind == "sms_acknowledged" else {}
        return self.box(at, kind, "delta", id=1, part=1, how=how, **status | fields)

    def event(self, at: float = 2, text: str = "i00001 hello", **changes: Any) -> Self:
        """Announce it."""
        fields: dict[str, Any] = {
            "id": "m1",
            "text": text,
            "sort": "text",
            "complete": True,
            "late": False,
            "redelivered": False,
            "stored": True,
        }
        box = changes.pop("box", "alpha")
        return self.heard(at, "received", box, on=1, **fields | changes)

    def submit(self, at: float = 0, text: str = "o00001 hello") -> Self:
        """Hand over a message, and answer it."""
        wish = {"to": "+491", "text": text, "alarm": False}
        self.did(at, "submit", number=1, messages=[wish], tags=[text[:6]])
        answer = [{"id": "m1", "to": "+491", "state": "queued"}]
        return self.heard(at + 0.1, "answer", number=1, messages=answer)

    def state(self, at: float, state: str, **changes: Any) -> Self:
        """Tell a state of it."""
        fields: dict[str, Any] = {
            "id": "m1",
            "to": "+491",
            "text": "o00001 hello",
            "state": state,
            "sim": None if state == "queued" else "alpha-1",
            "expires": START + 3600,
        }
        return self.heard(at, "status", **fields | changes)

    def air(self, at: float, text: str = "o00001 hello", **fields: Any) -> Self:
        """Let it leave the antenna."""
        return self.box(at, "sms_on_air", number="+491", text=text, **fields)

    def killed(self, at: float, **fields: Any) -> Self:
        """Kill the process under test."""
        return self.did(at, "killed", **fields)

    def evidence(self, end: float = 10_000) -> Evidence:
        """Return it all."""
        logs = [sorted(x, key=lambda line: line.at) for x in (self.journal, self.bus)]
        harness = sorted(self.harness, key=lambda line: line.at)
        return Evidence(logs[0], logs[1], harness, START + end)
