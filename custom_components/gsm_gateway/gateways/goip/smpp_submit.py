"""From a text to a `submit_sm` as a GoIP takes it (GoIP section 3)."""

from aiosmpplib import NPI, TON, PhoneNumber, SubmitSm

from ..model import (
    CannotConnect,
    ChannelBusy,
    GatewayError,
    SendRefused,
    TextTooLong,
)
from ..text import count_parts

_SAME_IN_ASCII = frozenset({chr(c) for c in range(0x20, 0x7F)} - {"`"} | {"\n", "\r"})
"""What GSM 03.38 and ASCII both have."""
_MOST_PARTS = 255
"""A network counts the parts of a message with one octet (3GPP 23.040)."""
_LONGEST_SHORT_CODE = 6
_NOT_BOUND = 0x04
_BUSY = {0x14: "its queue is full", 0x58: "the line is at work"}
"""ESME_RMSGQFUL and ESME_RTHROTTLED."""
_WORDS = {
    0x01: "the text is too long",
    0x0B: "the number is not valid",
    0x45: "the line could not send it",
}
"""ESME_RINVMSGLEN, ESME_RINVDSTADR, ESME_RSUBMITFAIL."""


def count(text: str, *, unicode: bool) -> int:
    """Return the number of SMS that a box makes of a text as `submit_sm` writes it.

    Raises `TextTooLong` for more than a network can put together again.
    """
    parts = count_parts(text, unicode=unicode or not _is_plain(text))
    if parts > _MOST_PARTS:
        raise TextTooLong(f"the text needs more than {_MOST_PARTS} SMS")
    return parts


def submit_sm(
    source: str, to: str, text: str, token: str, *, unicode: bool
) -> SubmitSm:
    """Return the message, a long text whole in `message_payload`, never with a header.

    A text is ASCII or UCS-2, if wished always UCS-2: what other alphabets are
    to a GoIP no source knows. Raises `SendRefused` for a number that SMPP
    cannot carry, `TextTooLong` as `count`.
    """
    plain = not unicode and _is_plain(text)
    alone = count(text, unicode=unicode) == 1
    try:
        return SubmitSm(
            source=PhoneNumber(source, TON.ALPHANUMERIC, NPI.ISDN),
            destination=_destination(to),
            short_message=text if alone else "",
            message_payload="" if alone else text,
            encoding="ascii" if plain else "ucs2",
            error_handling="replace",
            registered_delivery=1,
            log_id=token,
        )
    except ValueError:
        raise SendRefused("The number or the text cannot be sent") from None


def _is_plain(text: str) -> bool:
    """Tell whether a text can be written as ASCII and still be read as GSM 03.38."""
    return _SAME_IN_ASCII.issuperset(text)


def _destination(to: str) -> PhoneNumber:
    """Return a number in the form of the field reports: 1/1, short codes 0/1."""
    short = not to.startswith("+") and len(to) <= _LONGEST_SHORT_CODE
    return PhoneNumber(to, TON.UNKNOWN if short else TON.INTERNATIONAL, NPI.ISDN)


def refusal(status: int) -> GatewayError:
    """Return what a `submit_sm_resp` with an error means."""
    if status == _NOT_BOUND:
        return CannotConnect("The SMPP login has ended")
    if why := _BUSY.get(status):
        return ChannelBusy(f"The box does not take it now: {why}")
    words = _WORDS.get(status, "the box does not take it")
    return SendRefused(f"{words} (SMPP status {status:#x})", status)
