"""A way to the server that loses, doubles and delays datagrams."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Literal

from ..core.connection import About
from ..core.dialogues import log_hit
from ..core.line import Line
from .udp_command_about import about_command
from .udp_packets import about_datagram

if TYPE_CHECKING:
    from .box import GoipBox

HELD_SECONDS = 0.5
"""When a datagram that waits to be overtaken goes on alone, simulated."""

type Direction = Literal["in", "out"]
type Dice = dict[Direction, Random]


@dataclass(frozen=True)
class Loss:
    """One datagram that is to be lost: its verb, way and line; empty or 0 for any."""

    what: str
    direction: str
    line: int

    def fits(self, direction: Direction, about: About) -> bool:
        """Tell whether a datagram is the one."""
        return (
            self.direction in ("", direction)
            and self.what in ("", about["dialogue"])
            and self.line in (0, about["line"])
        )


class LossyWire:
    """One line's way to the server and back; "in" is towards the box."""

    def __init__(
        self,
        box: GoipBox,
        line: Line,
        dice: Dice,
        write: Callable[[bytes], bool],
        read: Callable[[bytes], None],
    ) -> None:
        """Put the wire between a socket's `write` and the client's `read`."""
        self._box = box
        self._line = line
        self._dice = dice
        self._write = write
        self._read = read
        self._held: dict[Direction, list[Callable[[], None]]] = {"in": [], "out": []}

    def out(
        self,
        data: bytes,
        about: About | None = None,
        on_wire: Callable[[], None] | None = None,
    ) -> None:
        """Send a datagram; `on_wire` is called for each copy that the server's host gets."""

        def leave() -> None:
            if self._write(data) and on_wire is not None:
                on_wire()

        known = about_datagram(data, self._line.number)
        self._pass("out", known | (about or {}), leave)

    def into(self, data: bytes) -> None:
        """Take a datagram that reached the socket."""
        about = about_datagram(data, self._line.number)
        about |= about_command(self._box, self._line, data)
        self._pass("in", about, lambda: self._read(data))

    def _pass(self, direction: Direction, about: About, go: Callable[[], None]) -> None:
        """Let a datagram through, or not, or twice, or late."""
        options, dice = self._box.options, self._dice[direction]
        lost, doubled, late = dice.random(), dice.random(), dice.random()
        fault = self._planned(direction, about)
        if fault or lost < options.udp_loss:
            self._hit(fault or "udp_loss", direction, about)
            return
        copies = [go]
        if doubled < options.udp_double:
            self._hit("udp_double", direction, about)
            copies.append(go)
        if late < options.udp_reorder:
            self._hit("udp_reorder", direction, about)
            self._held[direction] += copies
            self._box.spawn(self._release_later(direction))
            return
        for copy in copies:
            copy()
        self._release(direction)

    def _planned(self, direction: Direction, about: About) -> str:
        """Return the fault that somebody planned for a datagram, empty for none."""
        if self._box.udp.asleep:
            return "hang"
        losses = self._box.udp.losses
        planned = next((loss for loss in losses if loss.fits(direction, about)), None)
        if planned is None:
            return ""
        losses.remove(planned)
        return "udp_lose"

    async def _release_later(self, direction: Direction) -> None:
        """Let go what nothing overtakes."""
        await self._box.clock.sleep(HELD_SECONDS)
        self._release(direction)

    def _release(self, direction: Direction) -> None:
        """Let go what was overtaken."""
        held, self._held[direction] = self._held[direction], []
        for copy in held:
            copy()

    def _hit(self, fault: str, direction: Direction, about: About) -> None:
        """Journal what became of a datagram."""
        log_hit(self._box.log, fault, about, port="udp", direction=direction)
