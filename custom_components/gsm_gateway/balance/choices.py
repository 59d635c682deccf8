"""The numbers of an answer from which a user picks the balance."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
import re
from typing import Final

from .answer import FARTHEST
from .currencies import Locale, is_mark
from .figures import SIGNS, Figure, Figures
from .meanings import Meaning
from .months import find_month
from .scanning import Kind, Token
from .validity import read_date

MOST_CHOICES: Final = 20
_LONGEST_AMOUNT: Final = 9
"""Digits without a mark; more are an account or a telephone."""
_AROUND: Final = 24
"""Characters to show on each side."""
_LIST_NUMBER: Final = re.compile(r"[.)](?!\d)")


@dataclass(frozen=True, slots=True)
class Choice:
    """A number that may be the balance."""

    text: str
    """As it is written, a sign directly before it included."""
    value: Decimal
    start: int
    """Where it stands in the answer as a person reads it (`readable`)."""
    end: int
    around: str
    """The words around it."""


def find_numbers(
    text: str, *, country: str | None = None, currency: str | None = None
) -> list[Choice]:
    """Return the numbers that may be the balance, at most 20, in order.

    Pieces of dates, times, codes and telephone numbers are none. What counts
    minutes, messages or megabytes is given only where there is nothing else.
    """
    locale = Locale(
        country.upper() if country else None, currency.upper() if currency else None
    )
    return list(_find(text[:FARTHEST], locale))


@lru_cache(maxsize=64)
def _find(text: str, locale: Locale) -> tuple[Choice, ...]:
    """Look at one answer; the same ones are looked at again and again."""
    figures = Figures(text, locale)
    found = [f for f in figures.all() if _may_be_money(figures, f)]
    money = [f for f in found if not _counts(figures.tokens, f)]
    return tuple(_choice(figures, f) for f in (money or found)[:MOST_CHOICES])


def _may_be_money(figures: Figures, figure: Figure) -> bool:
    """Tell whether a number is none of the other things that digits are used for."""
    tokens, index = figures.tokens, figure.index
    digits = tokens[index].written
    if digits.isdigit() and (
        (digits.startswith("0") and len(digits) > 1)
        or len(digits) > _LONGEST_AMOUNT
        or read_date(tokens[index : index + 1], figures.locale) is not None
    ):
        return False
    return not (
        _is_joined(figures, figure)
        or _is_end_of_range(tokens, figure)
        or (digits.isdigit() and _beside_month(tokens, index))
        or _opens_list(figures.text, figure)
    )


def _is_joined(figures: Figures, figure: Figure) -> bool:
    """Tell whether a number is a piece of a name, a code, a fraction or a share."""
    tokens, index = figures.tokens, figure.index
    first, last = tokens[index], tokens[figure.last]
    before = tokens[index - 1] if index else None
    behind = tokens[figure.last + 1] if figure.last + 1 < len(tokens) else None
    whole = first.written.isdigit()
    if before is not None:
        glued = before.end == first.start
        in_code = glued and whole and before.written in "*#"
        shared = before.written == "/" and _is_share(tokens[max(0, index - 2)], first)
        if in_code or shared or before.written == "+" or _grows_into(before, first):
            return True
    if behind is None:
        return False
    coded = behind.start == last.end and whole and behind.written[0] in "*#"
    other = tokens[figure.last + 2] if figure.last + 2 < len(tokens) else behind
    shared = behind.written == "/" and _is_share(first, other)
    return coded or shared or behind.written[0] == "%" or _grows_into(last, behind)


def _is_share(left: Token, right: Token) -> bool:
    """Tell whether a stroke makes one thing of both, not two amounts (5.00/10.00)."""
    if left.kind is right.kind is Kind.NUMBER:
        return left.written.isdigit() or right.written.isdigit()
    return right.start - left.end == len("/")


def _is_end_of_range(tokens: list[Token], figure: Figure) -> bool:
    """Tell whether a stroke ties a number to another one (10-20)."""
    for index, step in ((figure.index, -1), (figure.last, 1)):
        chain = [tokens[index + n * step : index + n * step + 1] for n in (0, 1, 2)]
        if index + 2 * step < 0 or not all(chain):
            continue
        number, dash, other = (part[0] for part in chain)
        near, far = (number, other) if step > 0 else (other, number)
        glued = near.end == dash.start and dash.end == far.start
        if glued and dash.kind is Kind.DASH and other.kind is Kind.NUMBER:
            return True
    return False


def _grows_into(left: Token, right: Token) -> bool:
    """Tell whether a number and a word of no known meaning are one word (Tele2, 4G)."""
    word = left if left.kind is Kind.WORD else right
    unknown = word.kind is Kind.WORD and word.meaning is Meaning.UNKNOWN
    cased = word.written.lower() != word.written.upper()
    number = right if word is left else left
    return (
        left.end == right.start
        and unknown
        and cased
        and number.kind is Kind.NUMBER
        and number.written.isdigit()
        and not is_mark(word.word)
    )


def _beside_month(tokens: list[Token], index: int) -> bool:
    """Tell whether a number is the day or the year of a date with a named month."""
    for step in (-1, 1):
        at = index + step
        while 0 <= at < len(tokens) and tokens[at].kind in (Kind.DASH, Kind.STOP):
            at += step
        if not 0 <= at < len(tokens) or tokens[at].kind is not Kind.WORD:
            continue
        other = at + step
        while 0 <= other < len(tokens) and tokens[other].kind is Kind.DASH:
            other += step
        dated = 0 <= other < len(tokens) and tokens[other].kind is Kind.NUMBER
        if find_month(tokens[at].word) is not None and dated:
            return True
    return False


def _opens_list(text: str, figure: Figure) -> bool:
    """Tell whether a number numbers the lines of a menu ("1. Balance")."""
    line = text.rfind("\n", 0, figure.start) + 1
    first = not text[line : figure.start].strip()
    short = figure.end - figure.start <= 2
    return first and short and _LIST_NUMBER.match(text, figure.end) is not None


def _counts(tokens: list[Token], figure: Figure) -> bool:
    """Tell whether the word behind a number says that it is not money."""
    behind = tokens[figure.last + 1 : figure.last + 2]
    return bool(behind) and behind[0].meaning in (Meaning.UNIT, Meaning.PERIOD)


def _choice(figures: Figures, figure: Figure) -> Choice:
    text, start = figures.text, figure.start
    if figure.value < 0 and start and text[start - 1] in SIGNS:
        start -= 1
    return Choice(
        text=text[start : figure.end],
        value=figure.value,
        start=start,
        end=figure.end,
        around=_around(text, start, figure.end),
    )


def _around(text: str, start: int, end: int) -> str:
    """Return the number with the words around it, on one line."""
    left, right = max(0, start - _AROUND), min(len(text), end + _AROUND)
    before, behind = text[left:start], text[end:right]
    if left:
        before = "…" + (before.partition(" ")[2] if " " in before[:-1] else before)
    if right < len(text):
        behind = (behind.rpartition(" ")[0] if " " in behind[1:] else behind) + "…"
    return " ".join(f"{before}{text[start:end]}{behind}".split())
