"""Finding the day until which a balance is valid."""

from datetime import date
import re
from typing import Final

from .currencies import Locale
from .meanings import Meaning
from .months import find_month
from .scanning import Kind, Token

_REACH: Final = 5
_SHORTEST_NAME: Final = 4
_OTHER_THINGS: Final = frozenset((Meaning.OTHER_PURSE, Meaning.ACTION, Meaning.UNIT))
_BUDDHIST: Final = 543
_FIRST_SHORT_BUDDHIST: Final = 50
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
        if token.kind is Kind.LINE or _ends_sentence(tokens, index):
            foreign = False
        elif token.kind is Kind.NUMBER or token.meaning in _OTHER_THINGS:
            foreign = True
        elif token.meaning is Meaning.UNTIL and not foreign:
            found = _date_behind(tokens, index + 1, locale)
            if found is None and tokens[index - 1].kind is Kind.DATE:
                found = _date_at(tokens, index - 1, locale)
            if found is not None:
                return found
        elif _names_something(token):
            foreign = True
    return None


def _ends_sentence(tokens: list[Token], index: int) -> bool:
    """Tell whether a stop is no dot that shortens the word before it ("5 r. do")."""
    token, behind = tokens[index], tokens[index + 1 : index + 2]
    if token.kind is not Kind.STOP:
        return False
    return token.written != "." or not (behind and behind[0].written.islower())


def _names_something(token: Token) -> bool:
    """Tell whether a word may name what is valid, and that it is not the balance."""
    unknown = token.kind is Kind.WORD and token.meaning is Meaning.UNKNOWN
    return unknown and len(token.word) >= _SHORTEST_NAME


def _date_behind(tokens: list[Token], start: int, locale: Locale) -> date | None:
    for index in range(start, min(start + _REACH, len(tokens))):
        token = tokens[index]
        if token.kind in (Kind.DATE, Kind.NUMBER) or find_month(token.word) is not None:
            return _date_at(tokens, index, locale)
        if token.kind is Kind.STOP and token.written != ".":
            return None
        if token.meaning in _OTHER_THINGS:
            return None
    return None


def _date_at(tokens: list[Token], index: int, locale: Locale) -> date | None:
    """Return the date that begins with the token at `index`."""
    token = tokens[index]
    if token.kind is Kind.DATE:
        return _read(token.written, locale)
    if token.kind is Kind.NUMBER:
        return _run_of_digits(token.written) or _named_month(tokens, index)
    return _named_month(tokens, index)


def _read(written: str, locale: Locale) -> date | None:
    parts = [int(part) for part in _DIGITS.findall(written)]
    if len(parts) < 3:
        return None  # no year
    first, second, third = parts
    if locale.country == "TH" and _FIRST_SHORT_BUDDHIST <= third < 100:
        third += 2500
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


def _named_month(tokens: list[Token], index: int) -> date | None:
    """Read "05-APR-25", "5 April 2025" and "April 5, 2025" from the token at `index`."""
    parts = [
        token
        for token in tokens[index : index + 6]
        if token.kind not in (Kind.DASH, Kind.STOP, Kind.COMMA)
        and token.word not in ("de", "of", "г")
    ]
    if len(parts) < 3:
        return None
    first, second, year = parts[0], parts[1], parts[2].written
    name, day = (second, first) if first.kind is Kind.NUMBER else (first, second)
    month = find_month(name.word)
    if month is None or not (day.written.isdigit() and year.isdigit()):
        return None
    if len(day.written) > 2 or len(year) not in (2, 4):
        return None
    return _date(int(year), month, int(day.written))


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
