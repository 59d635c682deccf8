"""Which SIM sends a message."""

from collections.abc import Iterable

from .line import Line
from .messages import Route


class Router:
    """All SIMs of all boxes.

    A line stays here while its box is away or its entry is unloaded, so that
    messages for it queue; it is removed only with its SIM, and replaced by
    adding a new one with the same id.
    """

    def add(self, line: Line) -> None:
        """Let messages use this line, in place of an older one with its id."""
        raise NotImplementedError

    def remove(self, line_id: str) -> None:
        """Let no message use this line any more."""
        raise NotImplementedError

    def get(self, line_id: str) -> Line | None:
        """Return a line by its id."""
        raise NotImplementedError

    def __iter__(self) -> Iterable[Line]:
        """Give all lines."""
        raise NotImplementedError

    def candidates(self, route: Route) -> list[Line]:
        """Return every line that may send along this route, whatever its state, best first."""
        raise NotImplementedError
