"""Asking a box who it is on behalf of a form, and what went wrong in the form's words."""

from collections.abc import Mapping
from contextlib import suppress
import errno
import logging
from traceback import format_tb
from typing import Any

from homeassistant.core import HomeAssistant

from . import brands
from .const import CONF_BRAND, CONF_SMPP
from .flow_schemas import InvalidInput
from .gateways.goip import SmppRefused
from .gateways.model import (
    CannotConnect,
    CertificateNotTrusted,
    GatewayError,
    GatewayStatus,
    InvalidAuth,
    NoReply,
)
from .gateways.yeastar import ApiClosed

_LOGGER = logging.getLogger(__name__)

_NOBODY_THERE = {errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETUNREACH}
"""What the system says of a box that is switched off."""


class ProbeFailed(InvalidInput):
    """The box could not be asked; the form's word for why concerns all of it."""

    def __init__(self, error: str) -> None:
        """Keep the form's word."""
        super().__init__(base=error)


async def async_probe(hass: HomeAssistant, data: Mapping[str, Any]) -> GatewayStatus:
    """Return what the box tells of itself. Raises `ProbeFailed`."""
    try:
        return await _identify(hass, data)
    except ProbeFailed:
        raise
    except Exception as err:
        # Without the error's own text: it may hold an address with a password.
        _LOGGER.error(  # noqa: TRY400
            "Unexpected %s while asking a box who it is\n%s",
            type(err).__name__,
            "".join(format_tb(err.__traceback__)),
        )
        raise ProbeFailed("unknown") from err


async def _identify(hass: HomeAssistant, data: Mapping[str, Any]) -> GatewayStatus:
    """Return what the box tells of itself. Raises `ProbeFailed`, and errors of our own."""
    try:
        return await brands.identify(hass, data)
    except ApiClosed as err:
        await _recognise(hass, data)
        raise ProbeFailed("api_closed") from err
    except InvalidAuth as err:
        smpp = isinstance(err, SmppRefused)
        error = "smpp_refused" if smpp else f"invalid_auth_{data[CONF_BRAND]}"
        raise ProbeFailed(error) from err
    except (CannotConnect, NoReply) as err:
        await _suspect_smpp(hass, data)
        raise ProbeFailed(_why_no_answer(err)) from err
    except GatewayError as err:
        await _recognise(hass, data)
        raise ProbeFailed("wrong_brand") from err


async def _recognise(hass: HomeAssistant, data: Mapping[str, Any]) -> None:
    """Raise `ProbeFailed` if the box turns out to be of another brand."""
    if found := await brands.recognise(hass, data):
        raise ProbeFailed(f"seems_{found}")


async def _suspect_smpp(hass: HomeAssistant, data: Mapping[str, Any]) -> None:
    """Raise `ProbeFailed` if the box answers as soon as SMPP is left out."""
    web = {key: value for key, value in data.items() if key != CONF_SMPP}
    if web.keys() != data.keys():
        with suppress(GatewayError):
            await brands.identify(hass, web, brands.SECOND_LOOK_SECONDS)
            raise ProbeFailed("smpp_closed")


def _why_no_answer(err: GatewayError) -> str:
    """Return the form's word for a box that did not answer."""
    if isinstance(err, CertificateNotTrusted):
        return "invalid_certificate"
    silent = isinstance(err, NoReply) or _is_silence(err)
    return "no_answer" if silent else "cannot_connect"


def _is_silence(err: BaseException) -> bool:
    """Tell whether a connection was waited for in vain, not refused."""
    cause = err.__context__
    while cause:
        if isinstance(cause, TimeoutError) or (
            isinstance(cause, OSError) and cause.errno in _NOBODY_THERE
        ):
            return True
        cause = cause.__context__
    return False
