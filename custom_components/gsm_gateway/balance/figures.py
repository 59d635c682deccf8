"""The numbers of one answer, each read as the amount that it may be."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Final

from .amounts import read_amount
from .answer import readable
from .currencies import Locale
from .folding import fold_char
from .meanings import Meaning
from .money import MoneyFinder
from .scanning import Kind, scan

SIGNS: Final = "-\u2212\u2013\u2014\ufe63\uff0d"
"""What is written for a minus."""

_BETWEEN: Final = frozenset(
    (Meaning.FILLER, Meaning.IS, Meaning.BALANCE, Meaning.ACCOUNT)
)
_REACH: Final = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and where it stands in the readable answer."""

    index: int
    """Of its token."""
    last: int
    """Index of the last token of the amount, its currency and hundredths included."""
    start: int
    end: int
    value: Decimal
    currency: str | None


class Figures:
    """Reads the numbers of an answer wherever they stand."""

    def __init__(self, text: str, locale: Locale) -> None:
        """Look at an answer to a SIM of that country and currency."""
        self.text = readable(text)
        self.tokens = scan(self.text)
        self.locale = locale
        lengths = [len(fold_char(char)) for char in self.text]
        self._folded = [0, *accumulate(lengths)]
        self._finder = MoneyFinder(self.tokens, locale)
        self._moneys = {
            index: money
            for money in self._finder.find()
            for index in range(money.first, money.last + 1)
        }

    def all(self) -> list[Figure]:
        """Return the numbers in order, of an amount in two parts the first one."""
        places = self._places()
        found: list[Figure] = []
        for index, token in enumerate(self.tokens):
            if token.kind is not Kind.NUMBER:
                continue
            if found and index <= found[-1].last:
                continue
            figure = self._read(index, places[token.start], places[token.end - 1] + 1)
            if figure is not None:
                found.append(figure)
        return found

    def _places(self) -> list[int]:
        """Return for each character of the folded text which one it was."""
        return [
            place
            for place, (start, end) in enumerate(
                zip(self._folded, self._folded[1:], strict=False)
            )
            for _ in range(end - start)
        ]

    def _read(self, index: int, start: int, end: int) -> Figure | None:
        money = self._moneys.get(index)
        currency = money.currency if money is not None else None
        first, last = (money.first, money.last) if money is not None else (index, index)
        if money is not None and not self._finder.is_bracketed(first, last):
            value = money.size if money.value is None else money.value
        elif self._finder.is_debit(last):
            return None
        else:
            digits = self.tokens[index].written
            if digits.startswith("0") and digits.isdigit() and digits != "0":
                return None
            value = read_amount(
                digits, currency or self.locale.expected, self.locale.country
            )
        if value is None:
            return None
        if self._is_owed(first):
            value = -abs(value)
        return Figure(index, last, start, end, value, currency)

    def _is_owed(self, first: int) -> bool:
        """Tell whether words directly in front make the amount negative."""
        for index in range(first - 1, max(-1, first - _REACH), -1):
            token = self.tokens[index]
            if token.meaning in (Meaning.MINUS, Meaning.DEBT):
                return True
            if token.kind is not Kind.COLON and token.meaning not in _BETWEEN:
                return False
        return False
