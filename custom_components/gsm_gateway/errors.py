"""The one place that turns errors of boxes and messages into what a user reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

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
from .messaging.guard_refusals import (
    GuardRefusal,
    LargerThanLimit,
    OverBudget,
    StopKind,
    Stopped,
    TooManyAlarms,
)
from .messaging.messages import (
    BadNumber,
    CannotReach,
    MessagingError,
    NoReplyAddress,
    NoSim,
    NothingToSend,
    ShuttingDown,
    TooLate,
    UnknownMessage,
)
from .messaging.ussd import AlarmFirst, MenuLeft, MenuOpen

# A kind stands before the kind that it is one of.
_KEYS: Final[dict[type[Exception], str]] = {
    CannotConnect: "cannot_connect",
    InvalidAuth: "invalid_auth",
    ChannelUnavailable: "channel_unavailable",
    MenuOpen: "menu_open",
    ChannelBusy: "channel_busy",
    TextTooLong: "text_too_long",
    SendRefused: "send_refused",
    AlarmFirst: "alarm_first",
    MenuLeft: "menu_left",
    NoReply: "no_reply",
    UnexpectedReply: "unexpected_reply",
    NoReplyAddress: "no_reply_address",
    BadNumber: "bad_number",
    NoSim: "no_sim",
    NothingToSend: "nothing_to_send",
    CannotReach: "cannot_reach",
    TooLate: "too_late",
    UnknownMessage: "unknown_message",
    ShuttingDown: "shutting_down",
    TooManyAlarms: "too_many_alarms",
    GatewayError: "failed",
    MessagingError: "failed",
}
_CALLER_CAN_MEND: Final = (
    BadNumber,
    NoSim,
    NothingToSend,
    TextTooLong,
    CannotReach,
    TooLate,
    UnknownMessage,
    GuardRefusal,
)


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
    key = _key(err)
    placeholders = {"name": name}
    match err:
        case TextTooLong() | NoSim() | NothingToSend() | ShuttingDown():
            placeholders = {}
        case SendRefused():
            placeholders["reason"] = err.reason
        case MenuOpen():
            placeholders["seconds"] = str(err.seconds)
        case MenuLeft():
            placeholders["reply"] = str(err.reply)
        case BadNumber():
            placeholders = {"number": err.number}
        case CannotReach() | TooLate():
            placeholders = {"state": err.state.value}
        case UnknownMessage():
            placeholders = {"message_id": err.message_id}
        case GuardRefusal():
            placeholders = _of_refusal(err)
    return (
        ServiceValidationError
        if isinstance(err, _CALLER_CAN_MEND)
        else HomeAssistantError
    )(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def _key(err: GatewayError | MessagingError) -> str:
    match err:
        case OverBudget():
            return f"over_budget_{err.which}"
        case LargerThanLimit():
            return f"larger_than_{err.which}"
        case Stopped():
            same_text = err.stop.kind is StopKind.SAME_TEXT
            return "same_text_stopped" if same_text else "loop_stopped"
    return next(key for kind, key in _KEYS.items() if isinstance(err, kind))


def _of_refusal(err: GuardRefusal) -> dict[str, str]:
    """Return what a refusal of the guard tells."""
    placeholders = {
        "number": err.number,
        "cause": f" ({err.cause})" if err.cause else "",
    }
    match err:
        case OverBudget():
            numbers = {"limit": str(err.limit), "used": str(err.used)}
            return placeholders | numbers | {"free": _local(err.frees_at)}
        case LargerThanLimit():
            return placeholders | {"limit": str(err.limit), "parts": str(err.parts)}
        case TooManyAlarms():
            free = _local(err.frees_at)
            return placeholders | {"limit": str(err.limit), "free": free}
    return placeholders


def _local(moment: datetime) -> str:
    """Return date and time as the clock on the user's wall shows them."""
    return dt_util.as_local(moment).strftime("%Y-%m-%d %H:%M")


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


def card_not_known(sim: str) -> ServiceValidationError:
    """Return the error for asking for a balance while another card is in the SIM's port."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="card_not_known",
        translation_placeholders={"sim": sim},
    )
