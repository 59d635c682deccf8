"""Characters as people count them: a letter with its accents, an emoji with its joined ones."""

from collections.abc import Iterator
from itertools import pairwise
import unicodedata

_JOINER = "\N{ZERO WIDTH JOINER}"
_MARKS = frozenset({"Mn", "Mc", "Me"})
_PICTURES = frozenset({"So", "Sm"})
"""General categories of what a joiner joins."""


def cluster_starts(text: str) -> Iterator[int]:
    """Yield where each cluster begins (Unicode Annex 29, without syllables of Hangul)."""
    previous = ""
    half_flag = False
    for at, character in enumerate(text):
        is_flag = _is_flag_letter(character)
        whole_flag = is_flag and half_flag
        if not (whole_flag or _continues(previous, character)):
            yield at
        half_flag = is_flag and not whole_flag
        previous = character


def clusters(text: str) -> Iterator[str]:
    """Yield the clusters of a text; together they are the text."""
    for start, end in pairwise([*cluster_starts(text), len(text)]):
        yield text[start:end]


def is_mark(character: str) -> bool:
    """Tell what only changes the character before it."""
    return (
        character in (_JOINER, "\N{ZERO WIDTH NON-JOINER}")
        or unicodedata.category(character) in _MARKS
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # shades of skin
        or "\U000e0020" <= character <= "\U000e007f"  # tags, as in Scotland's flag
    )


def _continues(previous: str, character: str) -> bool:
    """Tell whether a character belongs to the cluster of the one before it."""
    if not previous or character.isascii():
        return previous == "\r" and character == "\n"
    if is_mark(character):
        return True
    return previous == _JOINER and unicodedata.category(character) in _PICTURES


def _is_flag_letter(character: str) -> bool:
    """Tell one of the letters of which two make a flag."""
    return "\U0001f1e6" <= character <= "\U0001f1ff"
