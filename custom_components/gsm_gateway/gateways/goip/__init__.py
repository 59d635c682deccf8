"""GoIP by DBL and Hybertone: web pages, and SMPP where the user switched it on."""

from collections.abc import Sequence
from itertools import count

import aiohttp

from ..clock import Clock
from ..model import GatewayStatus
from ..ports import Gateway
from .inbox import WebInbox
from .pages import GoipPages
from .settings import GoipSettings, SmppSettings
from .slots import SlotWatcher
from .status import WebStatus
from .web_receiver import WebReceiver
from .web_send import WebSender
from .web_ussd import WebUssd

__all__ = ["GoipSettings", "SmppSettings", "compose", "identify"]

PACING_SECONDS = 3.0
"""Between two SMS of one line."""


def compose(
    session: aiohttp.ClientSession,
    settings: GoipSettings,
    *,
    channels: Sequence[int],
    clock: Clock,
) -> Gateway:
    """Return the box; nothing is dialled yet."""
    pages = GoipPages(session, settings)
    slots = SlotWatcher(pages, clock)
    status = WebStatus(pages)
    sender = WebSender(pages, slots, clock)
    serials = count(int(clock.now().timestamp()))
    ussd = WebUssd(pages, slots, lambda: sender.token(next(serials)))
    return Gateway(
        receiver=WebReceiver(status, sender, clock),
        sender=sender,
        ussd=ussd,
        status=status,
        inbox=WebInbox(pages),
        inbox_pushes=False,
        pacing=PACING_SECONDS,
    )


async def identify(
    session: aiohttp.ClientSession, settings: GoipSettings, clock: Clock
) -> GatewayStatus:
    """Look at the box once and return what it is; sends nothing.

    Raises `InvalidAuth`, `CannotConnect`, and `UnexpectedReply` when it is no
    GoIP.
    """
    return await WebStatus(GoipPages(session, settings)).read_status()
