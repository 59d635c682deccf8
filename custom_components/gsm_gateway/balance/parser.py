"""Reading the balance out of an operator's answer."""

from functools import lru_cache
from typing import Final

from .answer import FARTHEST, Balance, readable
from .currencies import Locale, Mark, Place, read_mark
from .meanings import LABELS, Meaning
from .money import Money, MoneyFinder, is_identifier
from .naming import Name
from .pattern import read_by_pattern
from .scanning import Kind, Token, scan
from .surroundings import Surroundings
from .unnamed import find_unnamed, speaks_of_card
from .validity import find_validity

__all__ = ["Balance", "parse_balance"]

_FEWEST_DIGITS: Final = 3
"""Digits of an amount without currency and without decimals; less may be a menu's number."""


_UNNAMED: Final = Name(strength=3)
"""The name of an amount that is the balance because nothing else is told."""

_HARMLESS: Final = frozenset((Meaning.UNTIL, Meaning.FILLER, Meaning.IS))
"""What may follow an amount without a currency."""


def parse_balance(
    text: str,
    *,
    country: str | None = None,
    currency: str | None = None,
    pattern: str | None = None,
) -> Balance | None:
    """Return the balance that an operator's answer tells, `None` where in doubt.

    `country` (ISO 3166-1) and `currency` (ISO 4217) are those of the SIM. They
    decide what a sign that several currencies share means and how thousands are
    written. An answer that names another currency keeps it: whoever knows the
    SIM refuses it. Reads the first 2,000 characters.

    With a `pattern` only that decides which number is the balance; what
    `check_pattern` refuses, and what does not match, gives `None`.
    """
    locale = Locale(
        country.upper() if country else None, currency.upper() if currency else None
    )
    return _parse(text[:FARTHEST], locale, pattern)


@lru_cache(maxsize=64)
def _parse(text: str, locale: Locale, pattern: str | None) -> Balance | None:
    """Read one answer; those that nobody has settled yet are asked for again and again."""
    if pattern is not None:
        return read_by_pattern(text, pattern, locale)
    tokens = scan(readable(text))
    if speaks_of_card(tokens):
        return None
    moneys = MoneyFinder(tokens, locale).find()
    surroundings = Surroundings(tokens, moneys)
    numbers = {token.written for token in tokens if token.kind is Kind.NUMBER}
    lent = _speaks_of_balance_or_loan(tokens)
    best: tuple[int, Money, Name] | None = None
    for money in moneys:
        name = surroundings.name(money)
        if name is None or (name.debt and lent):
            continue
        if not money.marked and not _stands_alone(tokens, money, name, numbers):
            continue
        if best is None or name.strength < best[0]:
            best = name.strength, money, name
    if best is None:
        only = find_unnamed(tokens, moneys, locale)
        return None if only is None else _balance(tokens, only, _UNNAMED, locale)
    return _balance(tokens, best[1], best[2], locale)


def _balance(
    tokens: list[Token], money: Money, name: Name, locale: Locale
) -> Balance | None:
    value = money.value
    if value is None:
        return None
    if name.negative:
        if not value and name.strength > 1:
            return None
        value = -abs(value)
    named = money.currency if money.marked else _currency_behind(tokens, money, locale)
    return Balance(
        value or abs(value), named, find_validity(tokens, money.last, locale)
    )


def _speaks_of_balance_or_loan(tokens: list[Token]) -> bool:
    """Tell whether what is owed may be airtime lent, apart from the balance."""
    return any(
        token.meaning in (Meaning.BALANCE, Meaning.OTHER_PURSE) for token in tokens
    )


def _stands_alone(
    tokens: list[Token], money: Money, name: Name, numbers: set[str]
) -> bool:
    """Tell whether an amount without a currency can only be the named balance.

    A small one may be one of the choices of a menu; `numbers` are all in the text.
    """
    if name.strength > 2 or name.distant or is_identifier(tokens[money.last]):
        return False
    if money.value is None or not _may_precede(tokens[money.last + 1 : money.last + 3]):
        return False
    if money.value.as_tuple().exponent != 0:
        return True
    return name.joined and (
        len(money.digits) >= _FEWEST_DIGITS or numbers == {money.digits}
    )


def _may_precede(behind: list[Token]) -> bool:
    """Tell whether what follows a number leaves it an amount without a currency."""
    if not behind:
        return True
    token = behind[0]
    if token.kind in (Kind.STOP, Kind.COMMA):
        return len(behind) == 1 or behind[1].kind is not Kind.NUMBER
    if token.kind is Kind.WORD:
        return _word_may_follow(token, behind[-1])
    return token.kind in (Kind.LINE, Kind.DATE, Kind.OPEN)


def _word_may_follow(word: Token, behind: Token) -> bool:
    """Tell whether a word behind a number is no currency and nothing that is counted."""
    if word.meaning is Meaning.ACTION:
        return word.written.istitle()  # another sentence begins
    if behind.kind is Kind.COLON:
        return word.meaning is not Meaning.UNIT  # another name begins
    if word.meaning is not Meaning.UNTIL and behind.kind is Kind.NUMBER:
        return False
    return word.meaning in _HARMLESS or word.meaning in LABELS


def _currency_behind(tokens: list[Token], money: Money, locale: Locale) -> str | None:
    """Return the currency that is named once at the end of a list of amounts."""
    for index in range(money.last + 1, len(tokens)):
        token = tokens[index]
        if token.kind is Kind.LINE or token.written == ".":
            return None
        if tokens[index - 1].kind is Kind.NUMBER:
            mark: Mark | None = None
            if token.kind in (Kind.WORD, Kind.SYMBOL):
                mark = read_mark(
                    token.word,
                    token.written,
                    Place(before=False, glued=False),
                    locale,
                    shouting=False,
                )
            if mark is not None:
                return mark.currency
    return None
