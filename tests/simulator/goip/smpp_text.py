"""What the octets of an SMPP message mean to the box."""

from dataclasses import dataclass

from ..core import gsm0338
from ..core.gsm0338 import RadioEncoding
from ..core.line import IncomingSms
from .inbox import joined_text
from .options import GoipOptions
from .smpp_pdu import ESM_UDHI, TLV_MESSAGE_PAYLOAD

IA5, LATIN1, HEBREW, UCS2 = 0x01, 0x03, 0x07, 0x08
BINARY = (0x02, 0x04)
SHORT_MESSAGE_ROOM = 140

type MessageText = tuple[int, int, bytes, dict[int, bytes]]
"""data_coding, esm_class, short_message, TLVs."""


@dataclass(frozen=True)
class Piece:
    """One deliver_sm of an incoming SMS: the whole of it, or one part (from 1) of several."""

    body: MessageText
    part: int = 1
    total: int = 1


def radio_text(data_coding: int, octets: bytes, dc0: str) -> tuple[str, RadioEncoding]:
    """Return what goes on the air: text and alphabet.

    The box knows no UDH: whatever stands before the text is text to it.
    """
    if data_coding in BINARY:
        return "", "binary"
    if data_coding == UCS2:
        return octets.decode("utf-16-be", "replace"), "ucs2"
    if data_coding == IA5:
        text = octets.decode("ascii", "replace").replace("\ufffd", "?")
    elif data_coding == HEBREW:
        text = octets.decode("iso8859_8", "replace").replace("\ufffd", "?")
    elif data_coding == LATIN1 or dc0 == "latin1":
        text = octets.decode("latin-1")
    else:
        text = gsm0338.decode(octets)
    return text, gsm0338.radio_encoding(text)


def room(data_coding: int) -> int:
    """Return how many octets of short_message make one SMS."""
    if data_coding in (HEBREW, UCS2, *BINARY):
        return SHORT_MESSAGE_ROOM
    return 160


def incoming_pdus(message: IncomingSms, options: GoipOptions) -> list[Piece]:
    """Return the deliver_sm bodies of one incoming SMS."""
    if message.encoding == "binary":
        return [Piece((0x04, 0, message.raw, {}))]
    data_coding = UCS2 if message.encoding == "ucs2" else 0
    if len(message.parts) > 1 and options.smpp_long == "udh":
        return _with_udh(message, data_coding, options)
    octets = _encode(joined_text(message), data_coding, options)
    shown_coding = 0 if options.smpp_wrong_coding else data_coding
    if len(message.parts) > 1:
        return [Piece((shown_coding, 0, b"", {TLV_MESSAGE_PAYLOAD: octets}))]
    return [Piece((shown_coding, 0, octets, {}))]


def _with_udh(
    message: IncomingSms, data_coding: int, options: GoipOptions
) -> list[Piece]:
    """Return one body per part that came, each with an 8-bit concatenation header."""
    shown_coding = 0 if options.smpp_wrong_coding else data_coding
    parts, reference = message.parts, message.reference & 0xFF
    return [
        Piece(
            (
                shown_coding,
                ESM_UDHI,
                bytes((5, 0, 3, reference, len(parts), index))
                + _encode(text, data_coding, options),
                {},
            ),
            index,
            len(parts),
        )
        for index, text in enumerate(parts, 1)
        if index not in message.missing
    ]


def _encode(text: str, data_coding: int, options: GoipOptions) -> bytes:
    """Write a text in the alphabet that the box says (or, data_coding 0, does not say)."""
    if data_coding == UCS2:
        return text.encode("utf-16-be", "surrogatepass")
    return short_text(text, options)


def short_text(text: str, options: GoipOptions) -> bytes:
    """Write a text under data_coding 0."""
    if options.smpp_dc0 == "latin1":
        return text.encode("latin-1", "replace")
    return gsm0338.encode(text, replacement="?")
