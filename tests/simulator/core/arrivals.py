"""Long SMS whose parts come over the radio one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import journal as j
from .connection import About
from .line import IncomingSms, Line

if TYPE_CHECKING:
    from .powered_box import PoweredBox

RETRY_SECONDS = 5.0
"""How often the network tries a line that is away."""


@dataclass(frozen=True)
class Journey:
    """The parts of one SMS, numbered from 1, in the order they come; a delay before each."""

    line: Line
    message: IncomingSms
    order: Sequence[int]
    delays: Sequence[float]


class Arrivals:
    """The network's side: it keeps a part while the box or the line is away."""

    def __init__(self, box: PoweredBox) -> None:
        """Bind to a box."""
        self._box = box
        self._waiting: dict[int, tuple[Line, list[int]]] = {}

    def begin(self, journey: Journey) -> None:
        """Bring the parts of one SMS in the background."""
        self._waiting[journey.message.id] = (journey.line, list(journey.order))
        self._box.spawn_outside(self._bring(journey))

    @property
    def waiting(self) -> list[About]:
        """The parts that are on their way."""
        return [
            {"line": line.number, "id": number, "part": part}
            for number, (line, parts) in self._waiting.items()
            for part in parts
        ]

    async def _bring(self, journey: Journey) -> None:
        """Bring part after part."""
        box, line, message = self._box, journey.line, journey.message
        for part, delay in zip(journey.order, journey.delays, strict=True):
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
