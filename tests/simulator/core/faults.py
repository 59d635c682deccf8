"""Counters and values of faults that a user or a test plants."""

from dataclasses import dataclass, field


@dataclass
class Times:
    """How often a fault still happens; -1 never runs out."""

    left: int = 0

    def take(self) -> bool:
        """Use the fault once; False when none is left."""
        if self.left == 0:
            return False
        if self.left > 0:
            self.left -= 1
        return True

    def __bool__(self) -> bool:
        """Tell whether the fault would happen now."""
        return self.left != 0


@dataclass(frozen=True)
class SendFault:
    """What becomes of one SMS that a box is asked to send.

    `error`: the box's error text, empty for none. `on_air`: whether the SMS goes out all the same.
    `result`: False when the box never tells a result. `status`: the box's final word where it has
    several (GoIP: DONE or ERRORDONE). `passing`: an error that shows for a moment before the end.
    `delay`: simulated seconds by which the result comes late.
    """

    error: str = ""
    on_air: bool = False
    result: bool = True
    status: str = ""
    passing: str = ""
    delay: float = 0.0


@dataclass
class LineFaults:
    """Faults of one line."""

    sends: list[SendFault] = field(default_factory=list)
    ussd_silence: Times = field(default_factory=Times)
    ussd_delay: float = 0.0
    ussd_error: str = ""

    def take_send(self) -> SendFault | None:
        """Return the fault planned for the next SMS and forget it."""
        return self.sends.pop(0) if self.sends else None

    def calm(self) -> int:
        """Forget every fault and return how many were left."""
        left = len(self.sends) + sum(
            map(bool, (self.ussd_silence, self.ussd_delay, self.ussd_error))
        )
        self.sends.clear()
        self.ussd_silence.left, self.ussd_delay, self.ussd_error = 0, 0.0, ""
        return left
