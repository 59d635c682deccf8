"""What the bytes of an incoming SMPP message mean: alphabet and kind."""

from dataclasses import dataclass
import re

from ..model import Coding, MessageKind

_FIXED = {
    0x01: Coding.LATIN1,  # IA5 is its lower half
    0x02: Coding.BINARY,
    0x03: Coding.LATIN1,
    0x04: Coding.BINARY,
    0x08: Coding.UCS2,
}
_FOREIGN = {0x05: "shift_jis", 0x06: "iso8859_5", 0x07: "iso8859_8", 0x0E: "euc_kr"}
"""Alphabets that the model does not have; they become UCS-2 (section 5.2.19)."""
_GROUP_ALPHABET = (Coding.GSM7, Coding.BINARY, Coding.UCS2, Coding.BINARY)

_NO_GSM = re.compile(rb"[\x80-\xff$]|\w[@_]\w")
"""Bytes that GSM 03.38 has not or puts where nobody does: `$` is its currency sign."""
_NO_LATIN = re.compile(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|[a-z][`{|}~][a-z]")
"""Control characters, and what GSM 03.38 has as letters where letters are."""
_HIGH_BYTES = frozenset((*range(0x08), *range(0xD8, 0xE0)))
"""With one of these begin the UTF-16 units of alphabetic scripts and of emoji."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one payload is to be read."""

    coding: Coding
    payload: bytes
    kind: MessageKind = MessageKind.TEXT


class Alphabet:
    """What data_coding 0 means on one box: no source says (GoIP section 3).

    The content tells more often than not, and what it told once holds for the
    messages that leave it open.
    """

    def __init__(self) -> None:
        """Take GSM 03.38 until the box shows something else."""
        self._usual = Coding.GSM7

    def of(self, payload: bytes) -> Coding:
        """Return how a payload under data_coding 0 is to be read."""
        if _looks_like_ucs2(payload):
            return Coding.UCS2
        if _is_utf8(payload):
            return Coding.UTF8
        if _NO_GSM.search(payload):
            self._usual = Coding.LATIN1
        elif _NO_LATIN.search(payload):
            self._usual = Coding.GSM7
        return self._usual

    def read(self, data_coding: int, payload: bytes) -> Reading:
        """Return how a payload is to be read (SMPP 3.4 section 5.2.19, 3GPP 23.038)."""
        if data_coding == 0:
            return Reading(self.of(payload), payload)
        if encoding := _FOREIGN.get(data_coding):
            text = payload.decode(encoding, "replace")
            return Reading(Coding.UCS2, text.encode("utf-16-be"))
        if data_coding < 0x10:
            coding = _FIXED.get(data_coding, Coding.BINARY)
            return Reading(coding, payload, _kind(coding))
        return _read_group(data_coding, payload)


def _read_group(data_coding: int, payload: bytes) -> Reading:
    """Read by the coding groups of 3GPP 23.038 section 4."""
    group = data_coding >> 4
    if group < 0x8:
        coding = _GROUP_ALPHABET[(data_coding >> 2) & 3]
        flash = bool(data_coding & 0x10) and not data_coding & 3
    elif group in (0xC, 0xD, 0xE):
        coding = Coding.UCS2 if group == 0xE else Coding.GSM7
        return Reading(coding, payload, MessageKind.VOICEMAIL)
    elif group == 0xF:
        coding = Coding.BINARY if data_coding & 4 else Coding.GSM7
        flash = not data_coding & 3
    else:
        coding, flash = Coding.BINARY, False
    kind = _kind(coding)
    if flash and kind is MessageKind.TEXT:
        kind = MessageKind.FLASH
    return Reading(coding, payload, kind)


def _kind(coding: Coding) -> MessageKind:
    """Return what a message is of which only the alphabet is known."""
    return MessageKind.BINARY if coding is Coding.BINARY else MessageKind.TEXT


def _looks_like_ucs2(payload: bytes) -> bool:
    """Tell whether most pairs of bytes are letters of UTF-16, as some boxes send undeclared."""
    pairs = len(payload) // 2
    if not pairs or len(payload) % 2:
        return False
    letters = sum(byte in _HIGH_BYTES for byte in payload[::2])
    return 2 * letters > pairs


def _is_utf8(payload: bytes) -> bool:
    """Tell whether there are letters beyond ASCII, all in UTF-8."""
    if payload.isascii():
        return False
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
