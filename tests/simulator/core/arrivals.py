"""SMS that come over the radio in time: long ones part by part, and those that a USSD brings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import journal as j
from .commands import CommandError
from .connection import About
from .line import IncomingSms, Line
from .sim_card import SimCard, UssdOutcome

if TYPE_CHECKING:
    from .powered_box import PoweredBox

RETRY_SECONDS = 5.0
"""How often the network tries a line that is away."""


type Steps = list[tuple[int, float]]
"""Parts, numbered from 1, in the order they come, each with the seconds before it."""


@dataclass(frozen=True)
class Journey:
    """One SMS that comes in steps."""

    line: Line
    message: IncomingSms
    steps: Steps


def plan_parts(
    total: int, order: str, delays: str, missing: str
) -> tuple[Steps, tuple[int, ...]]:
    """Return the steps that lists with commas ask for, and the parts that never come.

    The last delay stands for the rest. Raises CommandError for what is not there.
    """
    every = set(range(1, total + 1))
    asked = _numbers(order, int, "order") or sorted(every)
    waits = _numbers(delays, float, "delays") or [0.0]
    holes = set(_numbers(missing, int, "missing")) | (every - set(asked))
    if not (set(asked) | holes) <= every:
        raise CommandError(f"the text has the parts 1 to {total}")
    waits += waits[-1:] * (len(asked) - len(waits))
    steps = [step for step in zip(asked, waits, strict=False) if step[0] not in holes]
    return steps, tuple(sorted(holes))


def _numbers[NumberT: (int, float)](
    text: str, kind: type[NumberT], name: str
) -> list[NumberT]:
    """Return the numbers of a list with commas."""
    try:
        return [kind(word) for word in text.replace(",", " ").split()]
    except ValueError as error:
        raise CommandError(f"{name} cannot be {text!r}") from error


class Arrivals:
    """The network's side: it keeps a part while the box or the line is away."""

    def __init__(self, box: PoweredBox) -> None:
        """Bind to a box."""
        self._box = box
        self._waiting: dict[int, tuple[Line, list[int]]] = {}

    def begin(self, journey: Journey) -> None:
        """Bring the parts of one SMS in the background."""
        self._waiting[journey.message.id] = (
            journey.line,
            [part for part, _ in journey.steps],
        )
        self._box.spawn_outside(self._bring(journey))

    def follow_ussd(
        self, line: Line, card: SimCard, code: str, outcome: UssdOutcome
    ) -> None:
        """Bring the SMS that the operator sends after his answer to a code, if there is one."""
        text = card.sms.get(code)
        if text is not None and outcome.kind in ("reply", "menu"):
            self._box.spawn_outside(self._bring_answer(line, card, card.filled(text)))

    @property
    def waiting(self) -> list[About]:
        """The parts that are on their way."""
        return [
            {"line": line.number, "id": number, "part": part}
            for number, (line, parts) in self._waiting.items()
            for part in parts
        ]

    async def _bring_answer(self, line: Line, card: SimCard, text: str) -> None:
        """Bring an SMS to a card; the network keeps it while that is away."""
        box = self._box
        await box.clock.sleep(card.sms_delay)
        while not (box.powered and line.registered and line.sim is card):
            await box.clock.sleep(RETRY_SECONDS)
        await box.take_in(line.number, card.sms_sender, text)

    async def _bring(self, journey: Journey) -> None:
        """Bring part after part."""
        box, line, message = self._box, journey.line, journey.message
        for part, delay in journey.steps:
            if delay:
                await box.clock.sleep(delay)
            while not (box.powered and line.registered):
                await box.clock.sleep(RETRY_SECONDS)
            box.log(
                j.SMS_PART_INCOMING,
                line.number,
                id=message.id,
                sender=message.sender,
                part=part,
                total=len(message.parts),
                text=message.parts[part - 1],
            )
            self._waiting[message.id][1].remove(part)
            await box.deliver_part(line, message, part)
        del self._waiting[message.id]
