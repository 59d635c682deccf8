"""Bytes that look like what a box sends, and less and less so."""

from collections.abc import Iterator, Sequence
from random import Random
import re
from struct import pack

from hypothesis import strategies as st

from tests.gateways.goip.smsc import deliver_body

_TOKEN = re.compile(rb"\w+|\s+|[^\w\s]+")
SPICE = (
    *(b"", b"\0", b"\xff\xff\xff\xff", b"\x80", b"\x1b", b"\x7f", b"-1", b"9" * 5000),
    *(b"\r\n\r\n", b"\r\n", b"\n", b"<", b">", b"&", b"&#55357;", b"\\ud83d", b"\\"),
    *(b"%", b"%ED%A0%BD", b"+", b'"', b'"];', b",", b":", b"=", b" " * 300, b"[" * 300),
    *("٣".encode(), "\ufeff".encode(), "\u2028".encode(), b"\xed\xa0\xbd", b"\xf0\x9f"),
    *(b"--END COMMAND--", b"--END SMS EVENT--", b"\x05\x00\x03\x07\x02\x01"),
    *(
        b"\x04\x24\xff\xff",
        b"\x02\x0c\x00\x09",
        b"\x02\x0e\x00\x08",
        b"\x02\x0f\x00\x00",
    ),
)
"""What has a meaning to some reader, or breaks some decoder."""

_KINDS = ("insert", "replace", "delete", "repeat", "move", "bytes", "cut")

type _Change = tuple[str, int, int, bytes]


def _changed(base: bytes, changes: Sequence[_Change]) -> bytes:
    """Apply changes, each of them at a place counted in tokens."""
    tokens = _TOKEN.findall(base)
    for kind, at, size, spice in changes:
        place = at % (len(tokens) + 1)
        some = tokens[place : place + size]
        match kind:
            case "insert":
                tokens[place:place] = [spice]
            case "replace":
                tokens[place : place + size] = [spice]
            case "delete":
                del tokens[place : place + size]
            case "repeat":
                tokens[place:place] = some * (1 + at % 40)
            case "move":
                del tokens[place : place + size]
                tokens[at % 7 : at % 7] = some
            case "bytes":
                token = b"".join(some)
                cut = at % (len(token) + 1)
                tokens[place : place + size] = [token[:cut] + spice + token[cut + 1 :]]
            case _:
                del tokens[place:]
    return b"".join(tokens)


def _words(captures: Sequence[bytes]) -> list[bytes]:
    """Return the words of captures."""
    return sorted({token for capture in captures for token in _TOKEN.findall(capture)})


def changed_by(chance: Random, captures: Sequence[bytes]) -> Iterator[bytes]:
    """Yield captures with changes for ever, a hundred times as fast as `like` does."""
    words = [*_words(captures), *SPICE]
    while True:
        changes = [
            (
                chance.choice(_KINDS),
                chance.randrange(2000),
                chance.randrange(13),
                chance.choice((chance.choice(words), chance.randbytes(4))),
            )
            for _ in range(chance.randrange(1, 8))
        ]
        yield _changed(chance.choice(captures), changes)


def like(
    captures: Sequence[bytes], shaped: st.SearchStrategy[bytes] | None = None
) -> st.SearchStrategy[bytes]:
    """Return a strategy: captures with changes, their words in any order, any bytes.

    `shaped` has what these would hardly ever hit.
    """
    words = _words(captures)
    change = st.tuples(
        st.sampled_from(_KINDS),
        st.integers(0, 2000),
        st.integers(0, 12),
        st.one_of(
            st.sampled_from(SPICE), st.sampled_from(words), st.binary(max_size=6)
        ),
    )
    changed = st.builds(
        _changed, st.sampled_from(captures), st.lists(change, max_size=6)
    )
    soup = st.lists(st.sampled_from([*words, *SPICE]), max_size=60).map(b"".join)
    strange = st.one_of(soup, st.binary(max_size=300))
    return st.one_of(changed, changed, strange, changed if shaped is None else shaped)


def _tlv(tag: int, value: bytes, times: int) -> bytes:
    """Return an optional parameter (SMPP 3.4 section 5.3)."""
    octets = (value * times)[:0xFFFF]
    return pack("!HH", tag, len(octets)) + octets


def _with_header(elements: Sequence[tuple[int, bytes]], lie: int, text: bytes) -> bytes:
    """Return a text behind a user data header (3GPP 23.040 section 9.2.3.24)."""
    header = b"".join(bytes((kind, len(each))) + each for kind, each in elements)
    return bytes(((len(header) + lie) % 256,)) + header + text


_TEXTS = st.binary(max_size=40)
_ELEMENTS = st.tuples(st.sampled_from((0, 1, 5, 8, 0x24)), st.binary(max_size=5))


def _tlvs(*tags: int) -> st.SearchStrategy[bytes]:
    """Return a strategy for optional parameters of these tags."""
    sizes = st.sampled_from((1, 1, 1, 700, 70_000))
    return st.builds(_tlv, st.sampled_from(tags), st.binary(max_size=9), sizes)


_TLVS = _tlvs(0x1E, 0x204, 0x20C, 0x20E, 0x20F, 0x424, 0x427, 0x1400)
DELIVERS = st.builds(
    deliver_body,
    st.one_of(
        _TEXTS,
        st.builds(
            _with_header,
            st.lists(_ELEMENTS, max_size=4),
            st.sampled_from((0, 0, 0, 1, -1, 200)),
            _TEXTS,
        ),
    ),
    coding=st.integers(0, 255),
    esm=st.sampled_from((0, 0x40, 0x40, 4, 0x44, 0x20)),
    source=st.binary(max_size=12),
    tail=st.one_of(
        st.lists(_TLVS, max_size=5).map(b"".join),
        st.tuples(*(_tlvs(tag) for tag in (0x20C, 0x20E, 0x20F))).map(b"".join),
    ),
)
"""Bodies of `deliver_sm` with any header and any optional parameters."""
