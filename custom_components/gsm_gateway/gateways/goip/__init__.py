"""GoIP by DBL and Hybertone: web pages, and SMPP or its own UDP protocol to receive by."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import aiohttp

from ..clock import Clock
from ..model import GatewayStatus
from ..ports import Gateway
from .inbox import WebInbox
from .pages import GoipPages
from .settings import GoipSettings, SmppSettings, UdpSettings
from .slots import SlotWatcher
from .smpp import SmppBox, check_logins
from .smpp_link import SmppRefused
from .smpp_ussd import SmppUssd
from .sms_server import SmsServer
from .status import WebStatus
from .udp_box import UdpBox
from .udp_mixed import MixedReceiver
from .udp_ussd import UdpUssd
from .web_control import WebControl
from .web_form import LineForms
from .web_receiver import WebReceiver
from .web_send import WebSender, own_key
from .web_ussd import WebUssd

__all__ = [
    "GoipSettings",
    "SmppRefused",
    "SmppSettings",
    "SmsServer",
    "UdpSettings",
    "compose",
    "identify",
]

PACING_SECONDS = 3.0
"""Between two SMS of one line."""


def compose(
    session: aiohttp.ClientSession,
    settings: GoipSettings,
    *,
    channels: Sequence[int],
    clock: Clock,
    server: SmsServer | None = None,
) -> Gateway:
    """Return the box; nothing is dialled yet. UDP needs the `server` that it calls."""
    pages = GoipPages(session, settings)
    by_web = _by_web(pages, clock)
    if settings.udp is not None and settings.udp.ids and server is not None:
        box = UdpBox(settings.host, settings.udp, server, clock)
        return _by_udp(box, by_web, settings.udp)
    if settings.smpp is not None and channels:
        smpp = SmppBox(settings, settings.smpp, by_web.status, channels, clock)
        return replace(
            by_web,
            receiver=smpp,
            sender=smpp,
            ussd=SmppUssd(by_web.ussd, smpp, clock),
            recaller=smpp,
            inbox_pushes=True,
        )
    return by_web


def _by_web(pages: GoipPages, clock: Clock) -> Gateway:
    """Return a box of which only the web pages are used."""
    slots = SlotWatcher(pages, clock)
    status = WebStatus(pages)
    forms = LineForms(pages, slots)
    serials = count(int(clock.now().timestamp()))
    web = WebSender(pages, slots, forms)
    control = WebControl(pages)
    return Gateway(
        receiver=WebReceiver(status, web, clock),
        sender=web,
        ussd=WebUssd(pages, slots, forms, clock, lambda: own_key(next(serials))),
        status=status,
        inbox=WebInbox(pages),
        module_switch=control,
        restarter=control,
        inbox_pushes=False,
        pacing=PACING_SECONDS,
    )


def _by_udp(box: UdpBox, by_web: Gateway, settings: UdpSettings) -> Gateway:
    """Return a box that pushes by UDP, and sends the same way or by its pages."""
    pushing = replace(
        by_web,
        receiver=box,
        module_switch=box.control,
        module_restarter=box.control,
        restarter=box.control,
        call_dropper=box.control,
        tells_calls=True,
        status_pushes=True,
        inbox_pushes=True,
    )
    if settings.send_by_web:
        return replace(pushing, receiver=MixedReceiver(box, by_web.receiver))
    ussd = UdpUssd(box.lines)
    return replace(pushing, sender=box, ussd=ussd, ussd_closer=ussd, recaller=box)


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
