"""Telling a wrong password from a box that has not noticed the end of our last login."""

from ..clock import Clock
from ..model import CannotConnect, GatewayError, InvalidAuth

REFUSED_SECONDS = 120.0


class Relogin:
    """Judges the logins of one run.

    A box that takes one login at a time refuses ours while it holds another
    one: the last, whose connection broke on our side alone, or the one of a
    USSD code. So a login that it took before is wrong only when it was refused,
    and nothing else, for `REFUSED_SECONDS`.
    """

    def __init__(self, clock: Clock) -> None:
        """Start with a login that the box has never taken."""
        self._clock = clock
        self._accepted = False
        self._refused_since: float | None = None

    def accepted(self) -> None:
        """Note that the box took the login."""
        self._accepted = True
        self._refused_since = None

    def judge(self, error: GatewayError) -> GatewayError:
        """Return what the end of a try means: `InvalidAuth` only if it is final."""
        if not isinstance(error, InvalidAuth):
            self._refused_since = None
            return error
        now = self._clock.monotonic()
        if self._refused_since is None:
            self._refused_since = now
        if self._accepted and now - self._refused_since < REFUSED_SECONDS:
            return CannotConnect(
                "The box refuses the login that it took before; "
                "perhaps it still holds the last one"
            )
        return error
