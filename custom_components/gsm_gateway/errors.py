"""The one place that turns errors of boxes and messages into what a user reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN
from .gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    InvalidAuth,
    NoReply,
    SendRefused,
    TextTooLong,
    UnexpectedReply,
)
from .messaging.messages import (
    BadNumber,
    MessagingError,
    NoReplyAddress,
    NoSim,
    ShuttingDown,
)

# A kind stands before the kind that it is one of.
_KEYS: Final[dict[type[Exception], str]] = {
    CannotConnect: "cannot_connect",
    InvalidAuth: "invalid_auth",
    ChannelUnavailable: "channel_unavailable",
    ChannelBusy: "channel_busy",
    TextTooLong: "text_too_long",
    SendRefused: "send_refused",
    NoReply: "no_reply",
    UnexpectedReply: "unexpected_reply",
    NoReplyAddress: "no_reply_address",
    BadNumber: "bad_number",
    NoSim: "no_sim",
    ShuttingDown: "shutting_down",
    GatewayError: "failed",
    MessagingError: "failed",
}
_CALLER_CAN_MEND: Final = (BadNumber, NoSim, TextTooLong)


@contextmanager
def translated_errors(name: str) -> Iterator[None]:
    """Turn errors from below the border into translated ones that name a box or a SIM.

    What the caller can mend (a number, a text, no SIM for it) becomes a
    `ServiceValidationError`, everything else a `HomeAssistantError`.
    """
    try:
        yield
    except (GatewayError, MessagingError) as err:
        raise translated(err, name) from err


def translated(err: GatewayError | MessagingError, name: str) -> HomeAssistantError:
    """Return an error from below the border in words, naming a box or a SIM."""
    key = next(key for kind, key in _KEYS.items() if isinstance(err, kind))
    placeholders = {"name": name}
    match err:
        case TextTooLong() | NoSim() | ShuttingDown():
            placeholders = {}
        case SendRefused():
            placeholders["reason"] = err.reason
        case BadNumber():
            placeholders = {"number": err.number}
    return (
        ServiceValidationError
        if isinstance(err, _CALLER_CAN_MEND)
        else HomeAssistantError
    )(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def not_a_sim(device: str) -> ServiceValidationError:
    """Return the error for an action that needs the device of a SIM and got another."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_a_sim",
        translation_placeholders={"device": device},
    )


def no_balance_code(sim: str) -> ServiceValidationError:
    """Return the error for asking a SIM without a balance code for its balance."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="no_balance_code",
        translation_placeholders={"sim": sim},
    )


def unknown_message(message_id: str) -> ServiceValidationError:
    """Return the error for an answer to a message that nobody remembers."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="unknown_message",
        translation_placeholders={"message_id": message_id},
    )
