"""Counting, cutting and transliterating, with any text there is."""

from itertools import accumulate

from hypothesis import given
import pytest
from smsutil import is_valid_gsm, split, unicode_split

from custom_components.gsm_gateway.gateways.clusters import cluster_starts, clusters
from custom_components.gsm_gateway.gateways.text import (
    count_parts,
    fits_gsm7,
    split_single,
)
from custom_components.gsm_gateway.gateways.transliteration import transliterate

from .properties import FAMILY, WHOLE, gsm_texts, texts, tried, whole_signs


def places(text: str, pieces: list[str]) -> list[int]:
    """Return where the pieces begin; they make the text but for one blank at a cut."""
    bare = [piece.partition(" ")[2] for piece in pieces] if pieces[1:] else pieces
    found, at = [], 0
    for number, piece in enumerate(bare):
        if number and text[at] in " \n":
            at += 1
        assert text.startswith(piece, at)
        found.append(at)
        at += len(piece)
    assert at == len(text.removesuffix(" ").removesuffix("\n")) or at == len(text)
    return found


@tried
@given(texts)
def test_parts_are_counted_as_smsutil_does(text: str) -> None:
    if "\x1b" not in text:  # smsutil takes the escape, which is no letter, for one
        assert count_parts(text) == len(split(text).parts)
    assert count_parts(text, unicode=True) == len(unicode_split(text).parts)


@tried
@given(texts)
def test_pieces_are_single_sms_and_make_the_text(text: str) -> None:
    pieces = split_single(text)
    assert len(places(text, pieces)) == len(pieces)
    for piece in pieces:
        assert len(split(piece).parts) == 1
        assert len(unicode_split(piece).parts) == 1 or is_valid_gsm(text)
    total = len(pieces)
    if total > 1:
        marks = [piece.partition(" ")[0] for piece in pieces]
        assert marks == [f"{n}/{total}" for n in range(1, total + 1)]


@tried
@given(whole_signs)
def test_no_emoji_is_cut_between_pieces(signs: list[str]) -> None:
    text = "".join(signs)
    assert set(places(text, split_single(text))) <= {0, *accumulate(map(len, signs))}


@pytest.mark.parametrize("before", range(60, 71))
@pytest.mark.parametrize("sign", [s for s in WHOLE if not s.isascii() and s != "ж"])
def test_an_emoji_at_the_border_stays_whole(sign: str, before: int) -> None:
    pieces = split_single("ж" * before + sign + "ж" * 20)
    assert sum(piece.count(sign) for piece in pieces) == 1


def test_a_letter_with_more_accents_than_an_sms_holds_is_cut_all_the_same() -> None:
    text = "a" + "\u0301" * 200
    assert places(text, split_single(text)) == [0, 66, 132, 198]


@tried
@given(texts)
def test_clusters_make_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text
    assert next(cluster_starts(text)) == 0


@tried
@given(whole_signs)
def test_each_sign_is_one_cluster(signs: list[str]) -> None:
    assert list(clusters("".join(signs))) == signs


@tried
@given(texts)
def test_what_is_transliterated_is_gsm_and_stays_so(text: str) -> None:
    written, dropped = transliterate(text)
    assert written == "" or is_valid_gsm(written)
    assert fits_gsm7(written)
    assert transliterate(written) == (written, 0)
    assert 0 <= dropped <= len(list(clusters(text)))
    assert count_parts(written) == (len(split(written).parts) if written else 1)


@tried
@given(gsm_texts)
def test_what_the_alphabet_has_stays(text: str) -> None:
    assert transliterate(text) == (text, 0)


def test_an_emoji_family_counts_once() -> None:
    assert transliterate(f"a{FAMILY}b") == ("ab", 1)
