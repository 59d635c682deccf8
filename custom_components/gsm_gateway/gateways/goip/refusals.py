"""What the box's own words for an error mean, wherever they stand (GoIP 1.2, 1.4)."""

import re

from ..model import (
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    InvalidAuth,
    SendRefused,
)

_LONGEST = 200
_BUSY = re.compile(r"(l\d{1,3} )?busy")
_LOGGED_OUT = re.compile(r"(l\d{1,3} )?gsm logout")
"""Whole: in the slot an operator's answer stands at the same place."""


def read_refusal(words: str) -> GatewayError:
    """Return the error that the box tells with `words`."""
    shown = words.strip()[:_LONGEST]
    plain = shown.lower().replace("_", " ")
    if _BUSY.fullmatch(plain):
        return ChannelBusy(shown)
    if _LOGGED_OUT.fullmatch(plain):
        return ChannelUnavailable(shown)
    if plain.endswith("user or password error"):
        return InvalidAuth("The box refuses the web login")
    return SendRefused(shown or "The box gave no reason", read_code(shown))


def read_reply(text: str) -> GatewayError | None:
    """Return the error that a reply is, None for any other (GoIP Q1)."""
    reply = text.strip()
    if not reply.startswith("ERROR"):
        return None
    return read_refusal(reply.partition(",")[2])


def read_code(words: str) -> int | None:
    """Return the number of an error that is told as a number only."""
    return int(words) if re.fullmatch(r"[0-9]{1,9}", words) else None
