"""SMPP 3.4 packets, written from the standard: only what the box knows."""

from dataclasses import dataclass, field
import struct

HEADER_SIZE = 16
PDU_LIMIT = 16 * 1024

GENERIC_NACK = 0x80000000
BIND_RECEIVER = 0x00000001
BIND_TRANSMITTER = 0x00000002
SUBMIT_SM = 0x00000004
DELIVER_SM = 0x00000005
UNBIND = 0x00000006
BIND_TRANSCEIVER = 0x00000009
ENQUIRE_LINK = 0x00000015
RESPONSE = 0x80000000
BINDS = {
    BIND_RECEIVER: "receiver",
    BIND_TRANSMITTER: "transmitter",
    BIND_TRANSCEIVER: "transceiver",
}

COMMANDS = {
    **{command: f"bind_{kind}" for command, kind in BINDS.items()},
    SUBMIT_SM: "submit_sm",
    DELIVER_SM: "deliver_sm",
    UNBIND: "unbind",
    ENQUIRE_LINK: "enquire_link",
    GENERIC_NACK: "generic_nack",
}

ESME_ROK = 0x00
ESME_RINVMSGLEN = 0x01
ESME_RINVCMDLEN = 0x02
ESME_RINVCMDID = 0x03
ESME_RINVBNDSTS = 0x04
ESME_RALYBND = 0x05
ESME_RINVDSTADR = 0x0B
ESME_RBINDFAIL = 0x0D
ESME_RINVPASWD = 0x0E
ESME_RINVSYSID = 0x0F
ESME_RSUBMITFAIL = 0x45
ESME_RTHROTTLED = 0x58
ESME_RX_T_APPN = 0x64

TLV_MESSAGE_PAYLOAD = 0x0424

ESM_UDHI = 0x40
ESM_RECEIPT = 0x04


class PduError(ValueError):
    """A packet that cannot be read."""


@dataclass(frozen=True)
class Pdu:
    """One packet."""

    command: int
    sequence: int
    status: int = ESME_ROK
    body: bytes = b""

    def encode(self) -> bytes:
        """Return the octets."""
        size = HEADER_SIZE + len(self.body)
        return (
            struct.pack(">IIII", size, self.command, self.status, self.sequence)
            + self.body
        )


def packet_size(pending: bytes) -> int | None:
    """Return the size of the first packet, None while it is incomplete; raise PduError."""
    if len(pending) < HEADER_SIZE:
        return None
    size = int.from_bytes(pending[:4])
    if not HEADER_SIZE <= size <= PDU_LIMIT:
        raise PduError(f"command_length {size}")
    return size if len(pending) >= size else None


def decode(octets: bytes) -> Pdu:
    """Return a packet."""
    _, command, status, sequence = struct.unpack(">IIII", octets[:HEADER_SIZE])
    return Pdu(command, sequence, status, octets[HEADER_SIZE:])


def name(command: int) -> str:
    """Return a command's name in the standard."""
    if command in COMMANDS:
        return COMMANDS[command]
    request = COMMANDS.get(command & ~RESPONSE)
    return f"{request}_resp" if request else f"{command:#010x}"


class Fields:
    """Reads a body from left to right; raises PduError at its end."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def octet(self) -> int:
        """Return one octet."""
        return self.octets(1)[0]

    def octets(self, size: int) -> bytes:
        """Return so many octets."""
        found = self._body[self._at : self._at + size]
        if len(found) != size:
            raise PduError("the body is too short")
        self._at += size
        return found

    def text(self, limit: int) -> str:
        """Return a C-octet string of at most `limit` octets with its NUL."""
        end = self._body.find(b"\0", self._at, self._at + limit)
        if end < 0:
            raise PduError("a string without its end")
        found = self._body[self._at : end]
        self._at = end + 1
        return found.decode("latin-1")

    def tlvs(self) -> dict[int, bytes]:
        """Return the optional parameters that are left."""
        found: dict[int, bytes] = {}
        while self._at < len(self._body):
            tag, size = struct.unpack(">HH", self.octets(4))
            found[tag] = self.octets(size)
        return found


@dataclass(frozen=True)
class Bind:
    """The body of the three binds."""

    system_id: str
    password: str
    version: int

    @classmethod
    def decode(cls, body: bytes) -> Bind:
        """Read a body; raise PduError."""
        fields = Fields(body)
        system_id, password = fields.text(16), fields.text(9)
        fields.text(13)
        return cls(system_id, password, fields.octet())


@dataclass(frozen=True)
class Message:
    """The body of submit_sm and deliver_sm."""

    source: str
    destination: str
    text: bytes
    data_coding: int = 0
    esm_class: int = 0
    registered_delivery: int = 0
    source_ton: int = 0
    source_npi: int = 0
    destination_ton: int = 1
    destination_npi: int = 1
    tlvs: dict[int, bytes] = field(default_factory=dict)

    @property
    def octets(self) -> bytes:
        """The message, wherever it stands."""
        return self.text or self.tlvs.get(TLV_MESSAGE_PAYLOAD, b"")

    @classmethod
    def decode(cls, body: bytes) -> Message:
        """Read a body; raise PduError."""
        fields = Fields(body)
        fields.text(6)
        source_ton, source_npi, source = fields.octet(), fields.octet(), fields.text(21)
        destination_ton, destination_npi = fields.octet(), fields.octet()
        destination = fields.text(21)
        esm_class = fields.octet()
        fields.octets(2)
        fields.text(17)
        fields.text(17)
        registered = fields.octet()
        fields.octet()
        data_coding = fields.octet()
        fields.octet()
        text = fields.octets(fields.octet())
        return cls(
            source=source,
            destination=destination,
            text=text,
            data_coding=data_coding,
            esm_class=esm_class,
            registered_delivery=registered,
            source_ton=source_ton,
            source_npi=source_npi,
            destination_ton=destination_ton,
            destination_npi=destination_npi,
            tlvs=fields.tlvs(),
        )

    def encode(self) -> bytes:
        """Return the octets of the body."""
        out = b"\0"
        out += _address(self.source_ton, self.source_npi, self.source)
        out += _address(self.destination_ton, self.destination_npi, self.destination)
        out += bytes((self.esm_class, 0, 0)) + b"\0\0"
        out += bytes((self.registered_delivery, 0, self.data_coding, 0, len(self.text)))
        out += self.text
        for tag, value in self.tlvs.items():
            out += struct.pack(">HH", tag, len(value)) + value
        return out


def _address(ton: int, npi: int, number: str) -> bytes:
    """Return one address; the standard allows 20 octets and the NUL."""
    return bytes((ton, npi)) + number.encode("latin-1", "replace")[:20] + b"\0"
