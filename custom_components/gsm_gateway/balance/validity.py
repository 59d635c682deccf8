"""Finding the day until which a balance is valid."""

from datetime import date
import re
from typing import Final

from .currencies import Locale
from .meanings import Meaning
from .scanning import Kind, Token

_MONTHS: Final = (
    ("jan", "янв", "sty", "oca", "ene"),
    ("feb", "фев", "lut", "sub", "fev"),
    ("mar", "мар"),
    ("apr", "апр", "kwi", "nis", "abr", "avr"),
    ("may", "mai", "май", "мая", "maj", "mag"),
    ("jun", "июн", "cze", "haz", "juin"),
    ("jul", "июл", "lip", "tem", "juil", "lug"),
    ("aug", "авг", "sie", "agu", "ago", "aou"),
    ("sep", "сен", "wrz", "eyl", "set"),
    ("oct", "okt", "окт", "paz", "eki", "out", "ott"),
    ("nov", "ноя", "lis", "kas"),
    ("dec", "dez", "дек", "gru", "ara", "des", "dic"),
)
_REACH: Final = 5
_BUDDHIST: Final = 543
_DIGITS: Final = re.compile(r"\d+")
_MONTH_FIRST: Final = frozenset(("US", "PR", "GU", "FM", "PW", "MH"))
_EITHER_FIRST: Final = frozenset(("CA", "PH"))


def read_date(tokens: list[Token], locale: Locale) -> date | None:
    """Return the first date in a text that is known to hold one."""
    for index in range(len(tokens)):
        found = _date_at(tokens, index, locale)
        if found is not None:
            return found
    return None


def find_validity(tokens: list[Token], last: int, locale: Locale) -> date | None:
    """Return the date that follows a word of validity behind the balance.

    `last` is the index of the last token of the balance.

    A date that belongs to something else (a bonus, a package, a tariff) does
    not count.
    """
    foreign = False
    for index in range(last + 1, len(tokens)):
        token = tokens[index]
        if token.kind in (Kind.STOP, Kind.LINE):
            foreign = False
        elif token.kind is Kind.NUMBER or token.meaning in (
            Meaning.OTHER_PURSE,
            Meaning.ACTION,
            Meaning.UNIT,
        ):
            foreign = True
        elif token.meaning is Meaning.UNTIL and not foreign:
            found = _date_behind(tokens, index + 1, locale)
            if found is not None:
                return found
    return None


def _date_behind(tokens: list[Token], start: int, locale: Locale) -> date | None:
    for index in range(start, min(start + _REACH, len(tokens))):
        token = tokens[index]
        if token.kind in (Kind.DATE, Kind.NUMBER):
            return _date_at(tokens, index, locale)
        if token.kind is Kind.STOP and token.written != ".":
            return None
        if token.meaning in (Meaning.OTHER_PURSE, Meaning.ACTION, Meaning.UNIT):
            return None
    return None


def _date_at(tokens: list[Token], index: int, locale: Locale) -> date | None:
    """Return the date that begins with the token at `index`."""
    token = tokens[index]
    if token.kind is Kind.DATE:
        return _read(token.written, locale)
    if token.kind is Kind.NUMBER:
        return _run_of_digits(token.written) or _named_month(tokens, index)
    return None


def _read(written: str, locale: Locale) -> date | None:
    first, second, third = (int(part) for part in _DIGITS.findall(written))
    if first > 31:
        return _date(first, second, third)
    if "/" in written and first <= 12 and second <= 12 and first != second:
        if locale.country in _EITHER_FIRST:
            return None
        if locale.country in _MONTH_FIRST:
            return _date(third, first, second)
    if second > 12:
        return _date(third, first, second)
    return _date(third, second, first)


def _run_of_digits(written: str) -> date | None:
    """Read DDMMYYYY."""
    if len(written) != 8 or not written.isdigit():
        return None
    return _date(int(written[4:]), int(written[2:4]), int(written[:2]))


def is_month(word: str) -> bool:
    """Tell whether a folded word is the name of a month, perhaps shortened."""
    return any(word.startswith(names) for names in _MONTHS)


def _named_month(tokens: list[Token], index: int) -> date | None:
    """Read "05-APR-25" and "5 April 2025" from the number at `index`."""
    parts = [
        token
        for token in tokens[index : index + 6]
        if token.kind not in (Kind.DASH, Kind.STOP, Kind.COMMA)
        and token.word not in ("de", "of", "г")
    ]
    if len(parts) < 3 or parts[1].kind is not Kind.WORD:
        return None
    day, name, year = parts[0].written, parts[1].word, parts[2].written
    if not (day.isdigit() and year.isdigit() and len(year) in (2, 4) and len(day) <= 2):
        return None
    for month, beginnings in enumerate(_MONTHS, start=1):
        if name.startswith(beginnings):
            return _date(int(year), month, int(day))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    """Return a date of our century, counted in the Christian or Buddhist era."""
    if year < 100:
        year += 2000
    if 2400 < year < 2700:
        year -= _BUDDHIST
    if not 2000 <= year < 2100:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
