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
from .smpp import SmppBox, check_logins
from .smpp_link import SmppRefused
from .status import WebStatus
from .web_form import LineForms
from .web_receiver import WebReceiver
from .web_send import WebSender, own_key
from .web_ussd import WebUssd

__all__ = ["GoipSettings", "SmppRefused", "SmppSettings", "compose", "identify"]

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
    forms = LineForms(pages, slots)
    serials = count(int(clock.now().timestamp()))
    ussd = WebUssd(pages, slots, forms, clock, lambda: own_key(next(serials)))
    if settings.smpp is not None and channels:
        box = SmppBox(settings, settings.smpp, status, channels, clock)
        return Gateway(
            receiver=box,
            sender=box,
            ussd=ussd,
            status=status,
            recaller=box,
            inbox=WebInbox(pages),
            pacing=PACING_SECONDS,
        )
    web = WebSender(pages, slots, forms)
    return Gateway(
        receiver=WebReceiver(status, web, clock),
        sender=web,
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

    Raises `InvalidAuth`, `SmppRefused`, `CannotConnect`, and
    `UnexpectedReply` when it is no GoIP.
    """
    status = await WebStatus(GoipPages(session, settings)).read_status()
    if settings.smpp is not None:
        sims = [each.channel for each in status.channels if each.sim_present]
        await check_logins(settings, settings.smpp, sims, clock)
    return status
