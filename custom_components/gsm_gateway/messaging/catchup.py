"""The box's own inbox page, compared with what was pushed."""

from datetime import tzinfo

from ..gateways.clock import Clock
from ..gateways.ports import Gateway
from .inbox import Inbox


class CatchUp:
    """Finds on the box's inbox page what did not come by itself; one per box."""

    def __init__(
        self, gateway: Gateway, inbox: Inbox, clock: Clock, zone: tzinfo
    ) -> None:
        """Read for `inbox`; the box's clock is taken to show the time of `zone`."""
        raise NotImplementedError

    def wake(self) -> None:
        """Read now: the box has just been reached (again)."""
        raise NotImplementedError

    async def run(self) -> None:
        """Read again and again until cancelled; returns at once if there is no page."""
        raise NotImplementedError
