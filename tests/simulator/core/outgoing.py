"""Outgoing SMS inside a box: from the moment it has taken one until its result is told."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

from . import journal as j
from .connection import About
from .line import AirMessage, Line

type Stage = Literal["queued", "sending", "result"]


@dataclass(eq=False)
class Sms:
    """One SMS that a box has taken; `serial` numbers them."""

    serial: int
    line: Line
    message: AirMessage
    stage: Stage = "queued"
    parts_on_air: int = 0

    @property
    def about(self) -> About:
        """What tells which SMS it is."""
        return {
            "line": self.line.number,
            "sms": self.serial,
            "number": self.message.number,
            "text": self.message.text,
            "key": self.message.key,
            "interface": self.message.interface,
        }

    @property
    def fields(self) -> dict[str, Any]:
        """The same without the line, which stands by itself in the journal."""
        return {name: value for name, value in self.about.items() if name != "line"}


class Outgoing:
    """Every SMS that a box has taken and whose end is open."""

    def __init__(self, log: Callable[..., Any]) -> None:
        """Begin empty; `log` writes into the journal."""
        self._log = log
        self._serials = count(1)
        self.open: dict[int, Sms] = {}

    def take(self, line: Line, message: AirMessage) -> Sms:
        """Take one SMS."""
        sms = Sms(next(self._serials), line, message)
        self.open[sms.serial] = sms
        self._log(j.SMS_TAKEN, line.number, **sms.fields)
        return sms

    def refuse(self, line: int | None, error: str, **fields: Any) -> None:
        """Journal an SMS that was refused at the door."""
        self._log(j.SMS_REFUSED, line, stage="asked", error=error, **fields)

    def fail(self, sms: Sms, error: str, *, told: bool = True) -> None:
        """Journal that a taken SMS did not go out; `told`: somebody will hear of it."""
        sms.stage = "result"
        self._log(
            j.SMS_REFUSED,
            sms.line.number,
            **sms.fields,
            stage="taken",
            error=error,
            told=told,
        )

    def over(self, sms: Sms) -> None:
        """End an SMS of which nothing more will be told."""
        self.open.pop(sms.serial, None)

    def told(
        self, sms: Sms, how: str, status: str, *, more: bool = False, **fields: Any
    ) -> None:
        """Journal that the result was written whole to a client; `more` is still owed."""
        if not more:
            self.over(sms)
        self._log(
            j.SMS_RESULT,
            sms.line.number,
            **sms.fields,
            how=how,
            status=status,
            **fields,
        )

    def untold(self, sms: Sms, reason: str, **fields: Any) -> None:
        """Journal that nobody will hear the result."""
        self.over(sms)
        self._log(
            j.SMS_RESULT_LOST, sms.line.number, **sms.fields, reason=reason, **fields
        )

    def power_lost(self) -> None:
        """Forget everything and say what."""
        for sms in list(self.open.values()):
            if sms.stage == "result":
                self.untold(sms, "power")
                continue
            self.over(sms)
            self._log(
                j.SMS_DROPPED,
                sms.line.number,
                **sms.fields,
                reason="power",
                parts=sms.message.parts,
                parts_on_air=sms.parts_on_air,
            )

    def in_stage(self, *stages: Stage) -> list[About]:
        """Return the SMS that are in one of these stages."""
        return [
            sms.about | {"stage": sms.stage}
            for sms in self.open.values()
            if sms.stage in stages
        ]
