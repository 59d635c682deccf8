"""What a line's words for an error mean (GoIP 2.4, D12): read by words, not by their count."""

import re

from ..model import (
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    InvalidAuth,
    SendRefused,
)
from .udp_packets import plain

_LONGEST = 200
_TELID = re.compile(r"[0-9]{1,9}\s{1,3}(?=\S)")
_STATUS = re.compile(r"(?:errorstatus:)?\s?([0-9]{1,9})", re.IGNORECASE)
_LOGGED_OUT = re.compile(r"gsm[_ ]logout", re.IGNORECASE)
_PASSWORD = re.compile(r"(?:\w{1,12}[ _])?password(?:[ _]\w{1,12})?", re.IGNORECASE)
_BUSY = re.compile(r"(?:\w{1,12}[ _])?busy", re.IGNORECASE)
"""Whole: behind USSDERROR stands perhaps what an operator says."""


def shown(words: bytes) -> str:
    """Return an error as a user reads it, without the telid."""
    text = plain(words)
    return _TELID.sub("", text, count=1)[:_LONGEST] or "The box gave no reason"


def error_code(text: str) -> int | None:
    """Return the number of an error, mostly a CMS error (GoIP 2.4)."""
    found = _STATUS.fullmatch(text)
    return int(found[1]) if found else None


def refusal(words: bytes) -> GatewayError:
    """Return the error that a line tells with `words`, when it did nothing."""
    text = shown(words)
    if _LOGGED_OUT.search(text):
        return ChannelUnavailable(text)
    if _PASSWORD.fullmatch(text):
        return InvalidAuth("The box refuses the password of the line")
    if _BUSY.fullmatch(text):
        return ChannelBusy(text)
    return SendRefused(text, error_code(text))


def refusal_of_group(words: bytes) -> GatewayError:
    """Return the error when a line takes no text before it was told to send it.

    There are few groups (GoIP 2.4), and no source has the words for that in
    English; so whatever is no error number may do better later.
    """
    error = refusal(words)
    if isinstance(error, SendRefused) and error.code is None:
        return ChannelBusy(error.reason)
    return error
