"""The datagrams of the SMS server protocol, as they are read (GoIP 2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
import re

from ..text import clean

type Address = tuple[str, int]
"""Host and port a datagram came from."""

LONGEST = 4096
"""Bytes of a datagram that carries no text; one with a text may fill the datagram."""
_MOST_FIELDS = 64
_HEAD = re.compile(rb"\s{0,4}([A-Za-z_]{1,24})(?::|[ ])\s{0,4}(-?[0-9]{1,19})(?![0-9])")
_TEXT = b"msg"
_ENDING = b";\r\n\0 "


class Refusal(StrEnum):
    """Why a datagram got no answer."""

    MALFORMED = "malformed"
    OVERSIZE = "oversize"
    UNKNOWN_ID = "unknown_id"
    WRONG_PASSWORD = "wrong_password"
    WRONG_ADDRESS = "wrong_address"
    UNASKED = "unasked"
    """A reply from where no line is, or to what nobody has asked."""


class Unreadable(ValueError):
    """A datagram that no box sends."""

    def __init__(self, reason: Refusal) -> None:
        """Keep the reason; the bytes are not worth keeping."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Packet:
    """What a line begins: `VERB:number;key:value;…`, a text last (GoIP 2.2, 2.3)."""

    verb: str
    """As the box wrote it, like the number: both stand in the answer."""
    number: str
    """Can be negative (Q13)."""
    fields: Mapping[str, str] = field(repr=False)
    """By key in small letters; of two alike the first counts."""
    text: bytes = field(default=b"", repr=False)
    """All that stands behind `msg:` (Q14)."""

    @property
    def kind(self) -> str:
        """The verb in capitals."""
        return self.verb.upper()

    @property
    def id(self) -> str:
        """What the line calls itself."""
        return self.fields.get("id", "")

    @property
    def password(self) -> str:
        """The password, which some packets spell `pass`."""
        return self.fields.get("password", self.fields.get("pass", ""))

    def told(self, key: str) -> str | None:
        """Return a value, or None where the line tells none (GoIP 2.2)."""
        value = self.fields.get(key, "")
        return None if value.lower() in ("", "(null)", "<null>") else value


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What a line answers to a command of ours: `VERB number words`."""

    verb: str
    """In capitals."""
    number: str
    words: bytes = field(repr=False)


def read(data: bytes) -> Packet | Reply:
    """Return what a datagram says. Raises `Unreadable`."""
    head = _HEAD.match(data[:100])
    if head is None:
        raise Unreadable(Refusal.MALFORMED)
    verb, number = head[1].decode(), head[2].decode()
    rest = data[head.end() :]
    if data[head.end(1) : head.end(1) + 1] == b":":
        fields, text = _read_fields(rest)
        if len(data) - len(text) > LONGEST:
            raise Unreadable(Refusal.OVERSIZE)
        return Packet(verb=verb, number=number, fields=fields, text=text)
    if len(data) > LONGEST:
        raise Unreadable(Refusal.OVERSIZE)
    return Reply(verb=verb.upper(), number=number, words=rest.removeprefix(b" "))


def plain(words: bytes) -> str:
    """Return the words of a reply without what may end it."""
    return clean(words.strip(_ENDING).decode("utf-8", "replace"))


def _read_fields(rest: bytes) -> tuple[dict[str, str], bytes]:
    """Return the pairs, and the text behind the last of them.

    Each pair is cut at its first colon: values may hold more (GoIP 2.2).
    """
    fields: dict[str, str] = {}
    start = 0
    for _ in range(_MOST_FIELDS):
        end = rest.find(b";", start, LONGEST)
        pair = rest[start : end if end >= 0 else LONGEST]
        key, _, value = pair.partition(b":")
        if key.lower() == _TEXT:
            return fields, rest[start + len(_TEXT) + 1 :]
        fields.setdefault(_decoded(key).lower(), _decoded(value))
        if end < 0:
            break
        start = end + 1
    return fields, b""


def _decoded(value: bytes) -> str:
    return clean(value.decode("utf-8", "replace")).strip()
