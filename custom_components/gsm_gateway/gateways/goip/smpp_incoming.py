"""From a `deliver_sm` to the part of a message."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..model import Coding, Concatenation, MessageKind, SmsPart, Transport
from .smpp_coding import Alphabet
from .smpp_link import Verdict
from .smpp_pdu import Deliver

_WAP_PUSH = 2948
_SAR_TAGS = (0x020C, 0x020E, 0x020F)
"""Reference, total and index as TLVs (SMPP 3.4 section 5.3.2)."""
_SAR_OCTETS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a message came in."""

    channel: int
    link: str


@dataclass(slots=True)
class _Header:
    """What a user data header says (3GPP 23.040 section 9.2.3.24)."""

    concatenation: Concatenation | None = None
    kind: MessageKind | None = None


def sms_part(
    deliver: Deliver, pdu: bytes, origin: Origin, verdict: Verdict, alphabet: Alphabet
) -> SmsPart:
    """Return the part; a header that is none makes the whole message binary."""
    header, payload = _Header(), deliver.message
    if deliver.has_header:
        try:
            header, payload = _read_header(deliver.message)
        except ValueError, IndexError:
            return raw_part(pdu, origin, verdict, deliver.source, payload)
    reading = alphabet.read(deliver.data_coding, payload)
    return SmsPart(
        channel=origin.channel,
        sender=deliver.source,
        payload=reading.payload,
        coding=reading.coding,
        transport=Transport.SMPP,
        kind=header.kind or reading.kind,
        concatenation=header.concatenation or _concatenation(deliver.tlvs),
        link=origin.link,
        raw=b"" if reading.payload == deliver.message else pdu,
        acknowledge=verdict.acknowledge,
        refuse=verdict.refuse,
    )


def raw_part(
    pdu: bytes, origin: Origin, verdict: Verdict, sender: str = "", payload: bytes = b""
) -> SmsPart:
    """Return what cannot be read as a part that keeps the bytes."""
    return SmsPart(
        channel=origin.channel,
        sender=sender,
        payload=payload or pdu,
        coding=Coding.BINARY,
        transport=Transport.SMPP,
        kind=MessageKind.BINARY,
        link=origin.link,
        raw=pdu,
        acknowledge=verdict.acknowledge,
        refuse=verdict.refuse,
    )


def _read_header(message: bytes) -> tuple[_Header, bytes]:
    """Return the header and the text behind it. Raises ValueError, IndexError."""
    end = 1 + message[0]
    if len(message) < end:
        raise ValueError("the header is longer than the message")
    header = _Header()
    for element, value in _elements(message[1:end]):
        match element, len(value):
            case (0, 3) | (8, 4):
                *reference, total, index = value
                header.concatenation = Concatenation(
                    reference=str(int.from_bytes(bytes(reference))),
                    index=index,
                    total=total,
                )
            case 1, 2:
                header.kind = MessageKind.VOICEMAIL
            case 5, 4 if int.from_bytes(value[:2]) == _WAP_PUSH:
                header.kind = MessageKind.MMS_NOTICE
    return header, message[end:]


def _elements(header: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the elements of a header. Raises ValueError, IndexError for a broken one."""
    at = 0
    while at < len(header):
        size = header[at + 1]
        value = header[at + 2 : at + 2 + size]
        if len(value) != size:
            raise ValueError("an element ends too early")
        yield header[at], value
        at += 2 + size


def _concatenation(tlvs: dict[int, bytes]) -> Concatenation | None:
    """Return the place in a long message where TLVs tell it."""
    values = [tlvs.get(tag, b"") for tag in _SAR_TAGS]
    if not all(1 <= len(value) <= _SAR_OCTETS for value in values):
        return None
    reference, total, index = map(int.from_bytes, values)
    return Concatenation(reference=str(reference), index=index, total=total)
