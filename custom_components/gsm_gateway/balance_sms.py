"""Balances that come as an SMS, after an answer like "your request was accepted"."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from .balance_store import SimBalance
from .cards import present_imsi
from .const import CONF_BALANCE_SENDER
from .gateways.model import MessageKind
from .messaging.messages import ReceivedMessage
from .messaging.numbers import country_of
from .trust import is_among

WINDOW: Final = timedelta(minutes=10)
"""For which an SMS may be the answer to a question that had no other."""
DIALOGUE: Final = timedelta(seconds=40)
"""The longest time that the question itself takes."""
_SHORT: Final = 6
"""Digits that a short code has at most; a phone number has more."""
_KINDS: Final = (MessageKind.TEXT, MessageKind.FLASH)


def listens(known: SimBalance, at: datetime) -> bool:
    """Tell whether what came in at this time may be the answer to the last question."""
    asked = known.schedule.last_asked if known.schedule else None
    if asked is None or known.listens_until is None:
        return False
    return asked <= at <= known.listens_until


def waits_for_sms(known: SimBalance, now: datetime) -> bool:
    """Tell whether an answer may still come as an SMS; a clock that was set back ends that."""
    until = known.listens_until
    return until is not None and now < until <= now + WINDOW + DIALOGUE


def may_tell_balance(settings: Mapping[str, Any], message: ReceivedMessage) -> bool:
    """Tell whether a message comes from who may tell a SIM's balance.

    That is the sender in the settings or, where there is none, any name or
    short code; never a phone number, which anybody may have.
    """
    if not message.complete or message.kind not in _KINDS:
        return False
    if wanted := settings.get(CONF_BALANCE_SENDER):
        country = country_of(present_imsi(settings))
        return is_among(message.sender, [wanted], country)
    return _is_service(message.sender.strip())


def _is_service(sender: str) -> bool:
    """Tell whether a sender is a name or a short code."""
    if sender.isascii() and sender.isdigit():
        return len(sender) <= _SHORT
    return any(character.isalpha() for character in sender)
