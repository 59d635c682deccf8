"""Time limits of web requests on the fast time: aiohttp counts them in real seconds."""

from functools import partial

from aiohttp import ClientTimeout

from custom_components.gsm_gateway.gateways import http

from .patching import patch
from .timing import Timing


def _scaled(timing: Timing, *, total: float, sock_connect: float) -> ClientTimeout:
    return ClientTimeout(
        total=timing.real(total), sock_connect=timing.real(sock_connect)
    )


def scale_http(timing: Timing) -> None:
    """Let every web request of the drivers count its limits in fast seconds."""
    patch(http, "ClientTimeout", partial(_scaled, timing))
