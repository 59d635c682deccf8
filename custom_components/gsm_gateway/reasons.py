"""Texts in the user's language, above all why a message went wrong."""

import re
from typing import Protocol

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .messaging.messages import Reason

_BARE_NUMBER = re.compile(r"[0-9]{1,3}")
_RECEIPT_ERROR = re.compile(r"[A-Z]+ err:0*([0-9]{1,3})")
"""An SMPP receipt's `err` is the network's own number (SMPP 3.4 appendix B)."""


class Reasoned(Protocol):
    """A message, on its way or in the log, that stands where it does for a reason."""

    @property
    def reason(self) -> str:
        """The reason in English, or in the box's own words."""

    @property
    def reason_key(self) -> str:
        """As of `Reason`."""

    @property
    def piece(self) -> int | None:
        """Which of several pieces the reason is about, from 1."""

    @property
    def pieces(self) -> int:
        """How many pieces there are."""


@callback
def in_words(hass: HomeAssistant, message: Reasoned) -> str | None:
    """Return the reason for a message's state, if there is one."""
    reason = _reason(hass, message)
    if reason is None or message.piece is None:
        return reason
    numbers = {"piece": str(message.piece), "pieces": str(message.pieces)}
    return text(hass, "reason_piece", reason=reason, **numbers)


@callback
def key_in_words(hass: HomeAssistant, key: Reason) -> str | None:
    """Return a reason by its key, if there is one."""
    return None if key is Reason.NONE else text(hass, f"reason_{key}")


def _reason(hass: HomeAssistant, message: Reasoned) -> str | None:
    if message.reason_key not in (Reason.NONE, Reason.BOX_WORDS):
        return text(hass, f"reason_{message.reason_key}") or message.reason
    if not message.reason:
        return None
    if (number := _error_number(message.reason)) is not None:
        return text(hass, f"cms_{number}") or text(
            hass, "reason_error_number", number=str(number)
        )
    return message.reason


def _error_number(reason: str) -> int | None:
    """Return the CMS error that a box told as a number (3GPP 27.005 section 3.2.5)."""
    if _BARE_NUMBER.fullmatch(reason):
        return int(reason)
    found = _RECEIPT_ERROR.fullmatch(reason)
    return int(found[1]) if found and int(found[1]) else None


@callback
def text(hass: HomeAssistant, key: str, **placeholders: str) -> str | None:
    """Return a text in the user's language, else in English."""
    for language in (hass.config.language, "en"):
        texts = async_get_cached_translations(hass, language, "exceptions", DOMAIN)
        if found := texts.get(f"component.{DOMAIN}.exceptions.{key}.message"):
            return found.format(**placeholders)
    return None
