"""One event on its way to the logins that get it: told to at least one of them, or lost."""

from collections.abc import Callable

from ..core.connection import About


class Handover:
    """Counts who got an event; `given` runs per login that got it, `lost` once if none did."""

    def __init__(
        self,
        about: About,
        given: Callable[[int], None],
        lost: Callable[[], None],
    ) -> None:
        """Take the two ends; `given` gets the number of the login's connection."""
        self.about = about
        self._given = given
        self._lost = lost
        self._waiting = 0
        self._told = False

    def start(self, logins: int) -> None:
        """Begin with so many logins."""
        self._waiting = logins
        if not logins:
            self._lost()

    def settle(self, connection: int, *, written: bool) -> None:
        """Take word from one login: `written` to the end, or its connection ended."""
        self._waiting -= 1
        if written:
            self._told = True
            self._given(connection)
        elif not self._waiting and not self._told:
            self._lost()
