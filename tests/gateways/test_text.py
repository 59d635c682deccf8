"""The GSM alphabet, the counting of parts and the cutting of texts."""

from random import Random

import pytest
from smsutil import encode, split

from custom_components.gsm_gateway.gateways.model import Coding, TextTooLong
from custom_components.gsm_gateway.gateways.text import (
    clean,
    count_parts,
    decode,
    split_single,
)

# 3GPP 23.038 section 6.2.1, row by row as printed there.
BASIC = [
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
]
PARTY = "\N{PARTY POPPER}"


@pytest.mark.parametrize("row", range(8))
def test_basic_alphabet(row: int) -> None:
    septets = bytes(range(16 * row, 16 * row + 16)).replace(b"\x1b", b"")
    assert decode(septets, Coding.GSM7) == BASIC[row].replace("\x1b", "")


@pytest.mark.parametrize(
    ("septets", "text"),
    [
        (b"\x1b\x65", "€"),
        (b"\x1b\x3c1\x1b\x3e", "[1]"),
        (b"\x1b\x28\x1b\x29", "{}"),
        (b"\x1b\x14\x1b\x2f\x1b\x3d\x1b\x40", "^\\~|"),
        (b"a\x1b\x0ab", "a\fb"),
        (b"\x1bA", "A"),
        (b"\x1b\x1bA", " A"),
        (b"a\x1b", "a "),
        (b"a\xffb", "a\ufffdb"),
        (b"\x1b\xffb", "\ufffdb"),
    ],
)
def test_extension_table_and_what_is_in_no_table(septets: bytes, text: str) -> None:
    assert decode(septets, Coding.GSM7) == text


@pytest.mark.parametrize(
    ("payload", "coding", "text"),
    [
        (b"caf\xe9", Coding.LATIN1, "café"),
        (b"\x04\x1f\x04\x40\xd8\x3c\xdf\x89", Coding.UCS2, "Пр" + PARTY),
        (b"\x04\x1f\x04", Coding.UCS2, "П\ufffd"),
        (b"\xd8\x3c\x00A", Coding.UCS2, "\ufffdA"),
        (b"\xf0\x9f\x8e\x89", Coding.UTF8, PARTY),
        (b"\xed\xa0\xbc\xed\xbe\x89", Coding.UTF8, PARTY),
        (b"\xed\xa0\xbc!", Coding.UTF8, "\ufffd!"),
        (b"a\xff\xd0\x9f", Coding.UTF8, "a\ufffdП"),
        (b"\x01\x02", Coding.BINARY, ""),
    ],
)
def test_decoding(payload: bytes, coding: Coding, text: str) -> None:
    assert decode(payload, coding) == text


@pytest.mark.parametrize("coding", Coding)
def test_no_payload_makes_decoding_fail(coding: Coding) -> None:
    chance = Random(7)
    for length in range(200):
        decode(chance.randbytes(length), coding).encode()


def test_clean_takes_out_what_no_text_can_hold() -> None:
    assert clean("a\0b\ud83cc\ud83c\udf89") == "ab\ufffdc" + PARTY


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 159 + "€", 2),
        # An escape does not end a part: 152 + 2 does not fit into 153.
        ("a" * 152 + "€" + "a" * 152, 3),
        ("П" * 70, 1),
        ("П" * 71, 2),
        ("П" * 134, 2),
        ("П" * 135, 3),
        (PARTY * 35, 1),
        (PARTY * 36, 2),
        # Nor does a half emoji: 66 + 2 does not fit into 67.
        ("П" * 66 + PARTY + "П" * 66, 3),
        (PARTY * 66, 2),
        (PARTY * 67, 3),
    ],
)
def test_count_parts(text: str, parts: int) -> None:
    assert count_parts(text) == parts


@pytest.mark.parametrize("letters", ["abc €[", "abcé", "Привет", f"Пр{PARTY}", "ab`"])
def test_count_parts_agrees_with_smsutil(letters: str) -> None:
    chance = Random(letters)
    for length in range(1, 500, 3):
        text = "".join(chance.choices(letters, k=length))
        assert count_parts(text) == len(split(text).parts), text


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("short", ["short"]),
        ("a" * 160, ["a" * 160]),
        ("П" * 70, ["П" * 70]),
        ("a" * 161, ["1/2 " + "a" * 156, "2/2 " + "a" * 5]),
        ("П" * 71, ["1/2 " + "П" * 66, "2/2 " + "П" * 5]),
        ("€" * 81, ["1/2 " + "€" * 78, "2/2 " + "€" * 3]),
        (PARTY * 36, ["1/2 " + PARTY * 33, "2/2 " + PARTY * 3]),
        # A word is not cut: the blank before it goes.
        ("a" * 151 + " wholeword", ["1/2 " + "a" * 151, "2/2 wholeword"]),
        ("a" * 156 + " b" * 4, ["1/2 " + "a" * 156, "2/2 b b b b"]),
        ("a" * 157 + " bcd", ["1/2 " + "a" * 156, "2/2 a bcd"]),
    ],
)
def test_split_single(text: str, pieces: list[str]) -> None:
    assert split_single(text) == pieces


def test_ten_pieces_have_longer_prefixes() -> None:
    pieces = split_single("a" * 156 * 9 + "b")
    assert len(pieces) == 10
    assert pieces[0] == "1/10 " + "a" * 154
    assert pieces[9].startswith("10/10 ")


@pytest.mark.parametrize("letters", ["abcde ", "abé€ ", "Привет ", f"П {PARTY}"])
def test_pieces_fit_and_lose_nothing(letters: str) -> None:
    chance = Random(letters)
    for length in range(60, 1200, 11):
        text = "x" + "".join(chance.choices(letters, k=length)) + "x"
        pieces = split_single(text)
        assert all(len(split(piece).parts) == 1 for piece in pieces)
        bare = [piece.partition(" ")[2] for piece in pieces] if pieces[1:] else pieces
        assert "".join(bare).replace(" ", "") == text.replace(" ", "")


def test_a_text_for_more_than_99_pieces_is_refused() -> None:
    assert len(split_single("a" * 154 * 99)) == 99
    with pytest.raises(TextTooLong):
        split_single("a" * (154 * 99 + 1))


def test_smsutil_writes_what_we_read() -> None:
    text = "Ça coûte 5€ [ou {6}] ~ ^ \\ |"
    text = "".join(c for c in text if c != "û")
    assert decode(encode(text), Coding.GSM7) == text
