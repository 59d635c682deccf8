"""Making a pattern out of the number that a user picked."""

import re
from typing import Final

from .answer import readable
from .choices import Choice
from .currencies import SYMBOLS, is_mark
from .folding import fold_text, fold_word
from .grammar import LONGEST, PatternError
from .machine import compiled
from .meanings import LABELS, Meaning
from .months import find_month
from .vocabulary import meaning

_DIGITS: Final = r"\d+(?:\s\d{3})*[\d.,'’٫٬，．$]*"
_SIGN: Final = r"[-−–]?\s?"
_NUMBER: Final = r"[\d.,:/]+"
_PIECE: Final = re.compile(
    r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:/]\d+)*|\s+|.", re.DOTALL
)
_CURRENCY: Final = re.compile(
    rf"(?:\b[^\W\d_]{{1,8}}\.?|[^\W\d_]{{0,3}}[{re.escape(SYMBOLS)}])\s*\Z"
)
_DASH_BEHIND: Final = re.compile(r"[-−–]\s?\Z")
_SPECIAL: Final = frozenset(r".^$*+?{}[]\|()")
_MOST_WORDS: Final = 3
_HALF_DAYS: Final = ("am", "pm")
_NAMES: Final = (*LABELS, Meaning.MINUS)


def learn_pattern(text: str, choice: Choice) -> str:
    """Return a readable pattern that finds this number in answers of the same kind.

    It holds on to the words in front, as few as tell the number from the
    others, else to those behind it. Other amounts, numbers, dates and blanks
    may stand in their places. Raises `PatternError` where a pattern would have
    to be too long.
    """
    answer = readable(text)
    currency = _currency(answer[: choice.start])
    lead = answer[: choice.start - len(currency)]
    if choice.value < 0:
        lead = _DASH_BEHIND.sub("", lead)
    before = _PIECE.findall(lead)
    behind = _PIECE.findall(answer[choice.end :])
    amount = f"(?P<amount>{_SIGN}{_DIGITS})"
    if currency:
        amount = (
            f"(?P<amount>{_SIGN}{_written(_PIECE.findall(currency))}{_SIGN}{_DIGITS})"
        )
    for start in range(_first_anchor(before), -1, -1):
        if start and (start == len(before) or not before[start][0].isalpha()):
            continue
        pattern = _anchor(before, start) + amount
        if len(pattern) > LONGEST:
            raise PatternError("pattern_too_long")
        if _finds(pattern, answer, choice):
            return pattern
    pattern = _anchor(before, 0) + amount + _tail(behind)
    if not _finds(pattern, answer, choice):
        raise PatternError("pattern_too_long")
    return pattern


def _currency(before: str) -> str:
    """Return the currency directly in front of the number, blanks included."""
    found = _CURRENCY.search(before[-12:])
    if found is None:
        return ""
    word = fold_word(fold_text(found[0].strip().rstrip(".")))
    apart = found[0][-1].isspace()
    known = is_mark(word) and meaning(word) is Meaning.UNKNOWN
    letter = apart and len(word) == 1 and word.isalpha()
    return found[0] if known and not letter else ""


def _first_anchor(before: list[str]) -> int:
    """Return from which piece on the words in front are likely to be enough.

    That is the name of the balance with the word in front of it, or the nearest
    three words, and nothing of the sentence or the amount before.
    """
    first, words, named = len(before), 0, False
    for index in reversed(range(len(before))):
        piece = before[index]
        if words and ("\n" in piece or piece in ".;!?|" or piece[0].isdecimal()):
            break
        if not piece[0].isalpha():
            continue
        first, words = index, words + 1
        if named or words == _MOST_WORDS:
            break
        named = meaning(_folded(piece)) in _NAMES
    return first


def _anchor(before: list[str], start: int) -> str:
    """Return what must stand in front of the number."""
    border = r"\b" if start else r"^\s*"
    words = _written(before[start:])
    return border + words + ("" if not words or words.endswith(r"\s*") else r"\s*")


def _tail(behind: list[str]) -> str:
    """Return what must stand behind the number: three words, or the end."""
    words = [index for index, piece in enumerate(behind) if piece[0].isalpha()]
    last = words[:_MOST_WORDS][-1] + 1 if words else len(behind)
    return _written(behind[:last]) + ("" if words else r"\s*$")


def _written(pieces: list[str]) -> str:
    """Return an expression for these words, with any number in a number's place."""
    out: list[str] = []
    for index, piece in enumerate(pieces):
        if piece.isspace():
            part = r"\s*" if _is_loose(pieces, index) else r"\s+"
        elif piece[0].isdecimal():
            part = _NUMBER
        elif _belongs_to_time(pieces, index):
            part = r"\w+"
        else:
            part = "".join(f"\\{c}" if c in _SPECIAL else c for c in piece)
        if out and out[-1] == part and part in (_NUMBER, r"\s*"):
            continue
        out.append(part)
    return "".join(out)


def _is_loose(pieces: list[str], index: int) -> bool:
    """Tell whether blanks may be missing: they do not part two words or numbers."""
    sides = pieces[index - 1 : index] + pieces[index + 1 : index + 2]
    return index == 0 or len(sides) < 2 or not all(side[-1].isalnum() for side in sides)


def _belongs_to_time(pieces: list[str], index: int) -> bool:
    """Tell whether a word is a month or a half of the day beside a number."""
    word = _folded(pieces[index])
    if not word or not (word in _HALF_DAYS or find_month(word) is not None):
        return False
    near = pieces[max(0, index - 2) : index + 3]
    return any(piece[0].isdecimal() for piece in near)


def _finds(pattern: str, answer: str, choice: Choice) -> bool:
    try:
        match = compiled(pattern).search(answer)
    except PatternError:
        return False
    span = match.span("amount") if match is not None else None
    if span is None or not span[0] <= choice.start or span[1] < choice.end:
        return False
    rest = answer[span[0] : choice.start] + answer[choice.end : span[1]]
    return not any(char.isdecimal() for char in rest)


def _folded(word: str) -> str:
    return fold_word(fold_text(word))
