"""Yeastar NeoGate TG: Asterisk Manager Interface, and HTTP where the user switched that off."""

from collections.abc import Sequence
from contextlib import aclosing

import aiohttp

from ..clock import Clock
from ..model import CannotConnect, CertificateNotTrusted, GatewayError, GatewayStatus
from ..ports import Gateway
from .ami import AmiTransport
from .ami_link import AmiLink
from .ami_power import AmiPower
from .ami_status import read_status
from .ami_ussd import AmiUssd
from .api import WebApi
from .errors import ApiClosed
from .settings import YeastarSettings
from .web import WebTransport

__all__ = ["ApiClosed", "YeastarSettings", "compose", "identify"]

PACING_SECONDS = 10.0
"""Between two SMS of one port (Yeastar Q14)."""


def compose(
    session: aiohttp.ClientSession,
    settings: YeastarSettings,
    *,
    channels: Sequence[int],
    clock: Clock,
) -> Gateway:
    """Return the box; nothing is dialled yet."""
    del channels  # One login serves all ports.
    api = WebApi(session, settings)
    if not settings.use_ami:
        web = WebTransport(api, clock)
        return Gateway(
            receiver=web, sender=web, ussd=web, status=web, pacing=PACING_SECONDS
        )
    ami = AmiTransport(settings, clock)
    ussd = AmiUssd(settings, clock, ami, api)
    return Gateway(
        receiver=ami,
        sender=ami,
        ussd=ussd,
        ussd_keeper=ussd,
        module_switch=AmiPower(ami),
        status=ami,
        pacing=PACING_SECONDS,
    )


async def identify(
    session: aiohttp.ClientSession, settings: YeastarSettings, clock: Clock
) -> GatewayStatus:
    """Log in once and return what the box is; sends nothing.

    Raises `ApiClosed` when the box does not let this address in,
    `InvalidAuth` for a refused login, `CannotConnect` when nobody is there,
    `UnexpectedReply` when it is no TG. Without AMI a wrong password goes
    unnoticed, and nothing is known of the ports.
    """
    api = WebApi(session, settings)
    if not settings.use_ami:
        await api.check_open()
        return GatewayStatus()
    link = AmiLink(clock)
    try:
        await link.open(settings, events=False)
    except ApiClosed:
        raise
    except CannotConnect as error:
        if await _has_web_server(api):
            raise ApiClosed("The Asterisk Manager port is closed") from error
        raise
    async with aclosing(link):
        return await read_status(link)


async def _has_web_server(api: WebApi) -> bool:
    """Tell whether a web server answers on the web port."""
    try:
        await api.look()
    except CertificateNotTrusted:
        return True
    except GatewayError:
        return False
    return True
