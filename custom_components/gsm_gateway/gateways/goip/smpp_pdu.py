"""Reading `deliver_sm` without ever being too strict (SMPP 3.4 section 4.6.1)."""

from dataclasses import dataclass, field
from struct import unpack_from

_HEADER = 16
_MESSAGE_PAYLOAD = 0x0424
_UDHI = 0x40
_TYPE_BITS = 0x3C
_RECEIPT_TYPES = (0x04, 0x20)
"""Delivery receipt and intermediate notification (section 5.2.12)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deliver:
    """One `deliver_sm` as it came."""

    source: str
    esm_class: int = 0
    protocol_id: int = 0
    data_coding: int = 0
    message: bytes = b""
    tlvs: dict[int, bytes] = field(default_factory=dict)

    @property
    def has_header(self) -> bool:
        """Whether the message begins with a user data header."""
        return bool(self.esm_class & _UDHI)

    @property
    def is_receipt(self) -> bool:
        """Whether it tells of a message of ours."""
        return self.esm_class & _TYPE_BITS in _RECEIPT_TYPES


class _Fields:
    """Takes fields off a body from left to right."""

    def __init__(self, pdu: bytes) -> None:
        self._pdu = pdu
        self._at = _HEADER

    def text(self) -> str:
        """Return a C-octet string, of any length and alphabet."""
        end = self._pdu.index(b"\0", self._at)
        found = self._pdu[self._at : end]
        self._at = end + 1
        return found.decode("latin-1")

    def octet(self) -> int:
        """Return one octet."""
        self._at += 1
        return self._pdu[self._at - 1]

    def octets(self, size: int) -> bytes:
        """Return as many octets as are there."""
        found = self._pdu[self._at : self._at + size]
        self._at += size
        return found

    def tlvs(self) -> dict[int, bytes]:
        """Return the optional parameters; what is no whole one ends them."""
        found: dict[int, bytes] = {}
        while self._at + 4 <= len(self._pdu):
            tag, size = unpack_from("!HH", self._pdu, self._at)
            self._at += 4
            found[tag] = self.octets(size)
        return found


def read_deliver(pdu: bytes) -> Deliver:
    """Return the fields of a whole PDU.

    Raises `ValueError` or `IndexError` when it ends before its text.
    """
    fields = _Fields(pdu)
    fields.text()  # service_type
    fields.octets(2)  # TON and NPI say nothing that could be relied on (GoIP D7)
    source = fields.text()
    fields.octets(2)
    fields.text()  # destination: the login, not the SIM's number
    esm_class, protocol_id, _priority = fields.octet(), fields.octet(), fields.octet()
    fields.text()
    fields.text()
    fields.octets(2)
    data_coding, _canned, size = fields.octet(), fields.octet(), fields.octet()
    message = fields.octets(size)
    tlvs = fields.tlvs()
    return Deliver(
        source=source,
        esm_class=esm_class,
        protocol_id=protocol_id,
        data_coding=data_coding,
        message=message or tlvs.get(_MESSAGE_PAYLOAD, b""),
        tlvs=tlvs,
    )
