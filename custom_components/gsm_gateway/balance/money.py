"""Finding amounts: numbers with the currency, sign and hundredths beside them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from .amounts import read_amount
from .currencies import MINOR, Locale, Mark, Place, may_mean, read_mark
from .folding import words
from .meanings import LABELS, Meaning
from .scanning import Kind, Token

_MULTIPLIERS: Final = words(
    "k m rb ribu jt juta mil mln mio million millions тыс тис млн thousand lakh lakhs lac"
    " crore"
)
_PREPOSITIONS: Final = words(
    "on at am by of na на в у v u k до do until till bis le el il do"
)
_OF: Final = words("of von")
_CASES: Final = words(
    "tal tel val vel ert ot et nyi os ba be bol bel dan den ya ye lik"
)
"""Endings that make something else of an amount than what there is (Hungarian, Turkish)."""
_DEBIT: Final = words("dr db")
_TO: Final = frozenset(("to", "bis", "до"))
_SHORTEST_IDENTIFIER: Final = 7
"""Digits without a mark, from which on a number is an account or a telephone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """An amount and the pieces that it is written with."""

    first: int
    """Index of the first token: sign, currency or number."""
    last: int
    size: Decimal | None
    """Without sign; `None` if the digits cannot be read without doubt."""
    value: Decimal | None
    """With its own sign; `None` if that or the currency is in doubt too."""
    marked: bool
    """Whether a currency stands beside it."""
    currency: str | None
    digits: str


def is_identifier(token: Token) -> bool:
    """Tell whether a number is so long that it names an account or a telephone."""
    return token.kind is Kind.NUMBER and (
        len(token.written) >= _SHORTEST_IDENTIFIER and token.written.isdigit()
    )


class MoneyFinder:
    """Reads the amounts of one answer from left to right."""

    def __init__(self, tokens: list[Token], locale: Locale) -> None:
        """Look at these tokens as an answer to a SIM of that country and currency."""
        self._tokens = tokens
        self._locale = locale
        letters = "".join(t.written for t in tokens if t.kind is Kind.WORD)
        self._shouting = letters == letters.upper()
        self._free = 0
        """Tokens before this one belong to an amount already."""

    def find(self) -> list[Money]:
        """Return all amounts in order."""
        found: list[Money] = []
        for index, token in enumerate(self._tokens):
            if token.kind is not Kind.NUMBER or index < self._free:
                continue
            money = self._read(index)
            if money is not None:
                found.append(money)
                self._free = money.last + 1
        return found

    def _at(self, index: int) -> Token | None:
        return self._tokens[index] if 0 <= index < len(self._tokens) else None

    def _touches(self, left: int, right: int) -> bool:
        """Tell whether nothing stands between two tokens, not even a blank."""
        before, behind = self._at(left), self._at(right)
        return before is not None and behind is not None and before.end == behind.start

    def _is(self, index: int, *kinds: Kind) -> bool:
        token = self._at(index)
        return token is not None and token.kind in kinds

    def _read(self, index: int) -> Money | None:
        """Return the amount around the number at `index`, if it may be one."""
        token = self._tokens[index]
        if self._is_part_of_something(index):
            return None
        first, prefix = self._prefix(index)
        last, suffix = self._suffix(index, has_prefix=prefix is not None)
        if suffix is None and self._counts_something(index, marked=prefix is not None):
            return None
        if prefix is suffix is None and self._is_day_or_time(index):
            return None
        mark = self._agree(first, prefix, last, suffix)
        currency = mark.currency if mark else None
        size = read_amount(
            token.written, currency or self._locale.expected, self._locale.country
        )
        size, last = self._with_hundredths(size, last)
        first, negative = self._sign(first, index)
        doubtful = self.is_debit(last) or self.is_bracketed(first, last)
        if doubtful or self._is_range(last):
            size = None
        value = size
        if ((prefix or suffix) and mark is None) or negative is None:
            value = None
        return Money(
            first=first,
            last=last,
            size=size,
            value=-value if value and negative else value,
            marked=bool(prefix or suffix),
            currency=currency,
            digits=token.written,
        )

    def _is_part_of_something(self, index: int) -> bool:
        """Tell whether the number is a piece of a name, a fraction, a telephone."""
        token, before = self._tokens[index], self._at(index - 1)
        digits = token.written
        if digits.isdigit() and digits.startswith("0") and digits != "0":
            return True
        if self._is(index + 1, Kind.SLASH) and self._is(index + 2, Kind.NUMBER):
            return True
        return (
            before is not None
            and before.end == token.start
            and self._continues(index, before)
        )

    def _continues(self, index: int, before: Token) -> bool:
        """Tell whether a number belongs to what it follows without a blank."""
        if before.kind is Kind.WORD:
            cased = before.written[-1].lower() != before.written[-1].upper()
            known = before.meaning in LABELS or before.meaning is Meaning.FILLER
            mark = self._mark(index - 1, index, before=True)
            return cased and not known and mark is None
        if before.kind in (Kind.STOP, Kind.COMMA):
            # ".50" and ",50" are fractions without a whole; "Rs.50" is not.
            on_word = self._touches(index - 2, index - 1) and self._is(
                index - 2, Kind.WORD
            )
            separates = on_word or self._is(index - 2, Kind.NUMBER, Kind.CLOSE)
            return before.written not in ".," or not separates
        if before.kind is Kind.OTHER:
            return before.written != "+" or is_identifier(self._tokens[index])
        return before.kind is Kind.SLASH

    def _is_day_or_time(self, index: int) -> bool:
        """Tell whether a fraction behind a preposition may be one ("on 12.05")."""
        before = self._at(index - 1)
        if before is None or before.word not in _PREPOSITIONS:
            return False
        named = before.word in _OF and self._means(index - 2, *LABELS)
        return not (named and self._ends_clause(index + 1))

    def _mark(self, index: int, number: int, *, before: bool) -> Mark | None:
        token = self._at(index)
        if token is None or token.kind not in (Kind.WORD, Kind.SYMBOL):
            return None
        glued = self._touches(index, number) if before else self._touches(number, index)
        place = Place(before=before, glued=glued)
        return read_mark(
            token.word, token.written, place, self._locale, shouting=self._shouting
        )

    def _prefix(self, index: int) -> tuple[int, Mark | None]:
        """Return the currency in front of a number and where the amount begins."""
        at = index - 1
        if self._is(at, Kind.DASH, Kind.MINUS) and self._touches(at, index):
            at -= 1
        if self._joins(at) and self._touches(at - 1, at):
            at -= 1
        bracketed = self._is(at, Kind.CLOSE) and self._is(at - 2, Kind.OPEN)
        at -= bracketed
        if at < self._free:
            return index, None
        mark = self._mark(at, index, before=True)
        return (index, None) if mark is None else (at - bracketed, mark)

    def _joins(self, index: int) -> bool:
        """Tell whether a token is a dot or a colon, as between a currency and a number."""
        token = self._at(index)
        return token is not None and (token.kind is Kind.COLON or token.written == ".")

    def _suffix(self, index: int, *, has_prefix: bool) -> tuple[int, Mark | None]:
        """Return the currency behind a number and where the amount ends."""
        at = index + 1
        mark = self._mark(at, index, before=False)
        if mark is None or self._belongs_to_next(at, index, has_prefix=has_prefix):
            return index, None
        return at, mark

    def _belongs_to_next(self, at: int, index: int, *, has_prefix: bool) -> bool:
        """Tell whether a currency between two numbers is the one of the second."""
        number = at + 2 if self._joins(at + 1) else at + 1
        if not self._is(number, Kind.NUMBER) or self._touches(index, at):
            return False
        follower = self._at(number + 1)
        second_is_served = self._mark(number + 1, number, before=False) is not None or (
            follower is not None
            and (follower.meaning is Meaning.UNIT or follower.word in MINOR)
        )
        if second_is_served or self._mark(at, number, before=True) is None:
            return False
        identifier = is_identifier(self._tokens[index])
        return has_prefix or identifier or self._touches(at, number)

    def _counts_something(self, index: int, *, marked: bool) -> bool:
        """Tell whether the word behind a number says what is counted: no money."""
        token = self._at(index + 1)
        if token is None:
            return False
        if token.kind is Kind.OTHER:
            return token.written == "%"
        if token.kind is not Kind.WORD:
            return False
        if token.word in MINOR or token.word in _MULTIPLIERS:
            return True
        glued = self._touches(index, index + 1)
        if marked:
            follows = self._is(index + 2, Kind.COLON, Kind.NUMBER)
            unit = token.meaning is Meaning.UNIT and not follows
            return unit or (glued and token.meaning is Meaning.UNKNOWN)
        return token.meaning in (Meaning.UNIT, Meaning.PERIOD) or len(token.word) == 1

    def _agree(
        self, first: int, prefix: Mark | None, last: int, suffix: Mark | None
    ) -> Mark | None:
        """Return what the currencies on both sides say together."""
        if prefix is None or suffix is None or prefix == suffix:
            return prefix or suffix
        if may_mean(self._tokens[first].word, suffix.currency):
            return suffix
        if may_mean(self._tokens[last].word, prefix.currency):
            return prefix
        return None

    def _with_hundredths(
        self, value: Decimal | None, last: int
    ) -> tuple[Decimal | None, int]:
        """Add the kopecks or cents that follow as a number of their own."""
        at = self._next_number(last)
        if at is None:
            return value, last
        digits, name = self._tokens[at].written, self._at(at + 1)
        named = name is not None and name.kind is Kind.WORD and name.word in MINOR
        close = at == last + 1
        if not named:
            if close and self._touches(last, at) and len(digits) == 2:
                named, at = True, at - 1
            elif (
                close
                and len(digits) == 2
                and not self._is(at + 1, Kind.WORD, Kind.SYMBOL)
            ):
                return None, last
            else:
                return value, last
        whole = value is not None and value == value.to_integral_value()
        if value is None or not whole or not digits.isdigit() or len(digits) > 2:
            return None, at + 1
        return value + Decimal(digits) / 100, at + 1

    def _next_number(self, last: int) -> int | None:
        """Return the number behind an amount, over a dot, a comma or an "and"."""
        at = last + 1
        if self._is(at, Kind.STOP, Kind.COMMA):
            at += 1
        token = self._at(at)
        if token is not None and token.meaning is Meaning.FILLER:
            at += 1
        return at if self._is(at, Kind.NUMBER) else None

    def _sign(self, first: int, number: int) -> tuple[int, bool | None]:
        """Return where the amount with its sign begins and whether it is negative.

        `None` where a dash may be a minus as well as a mere stroke.
        """
        inner = first != number and self._is(number - 1, Kind.DASH, Kind.MINUS)
        outer = self._is(first - 1, Kind.DASH, Kind.MINUS)
        if not outer:
            return first, inner
        return first - 1, None if inner else self._is_minus(first - 1, number)

    def _is_minus(self, dash: int, number: int) -> bool | None:
        """Tell whether the dash at this index is a minus."""
        if self._is(dash, Kind.MINUS):
            return True
        if self._tokens[dash].written != "-" or self._is(dash - 1, Kind.NUMBER):
            return None
        opened = dash == 0 or self._is(dash - 1, Kind.COLON, Kind.OPEN)
        apart = self._touches(dash, dash + 1) and not self._touches(dash - 1, dash)
        if opened or apart or self._means(dash - 1, Meaning.IS):
            return True
        return None if dash + 1 == number else False

    def _means(self, index: int, *meanings: Meaning) -> bool:
        token = self._at(index)
        return token is not None and token.meaning in meanings

    def _ends_clause(self, index: int) -> bool:
        """Tell whether no amount follows that may be the one of a day named before."""
        for at in range(index, len(self._tokens)):
            token = self._tokens[at]
            if token.kind is Kind.STOP:
                return not self._is(at + 1, Kind.NUMBER, Kind.SYMBOL)
            if token.kind is Kind.LINE or token.meaning is Meaning.UNTIL:
                return True
            if token.kind not in (Kind.WORD, Kind.COMMA) or token.meaning is Meaning.IS:
                return False
        return True

    def is_debit(self, last: int) -> bool:
        """Tell whether a word behind the amount says that it is negative (5.00 DR)."""
        behind = self._at(last + 1)
        return behind is not None and behind.word in _DEBIT

    def is_bracketed(self, first: int, last: int) -> bool:
        """Tell whether the amount is written as book-keepers write a negative one.

        It may be a mere remark as well.
        """
        closed = self._touches(last, last + 1) and self._is(last + 1, Kind.CLOSE)
        opened = self._touches(first - 1, first) and self._is(first - 1, Kind.OPEN)
        opened = opened and self._tokens[first - 1].written == "("
        return opened and closed

    def _is_range(self, last: int) -> bool:
        """Tell whether what is behind makes the amount a range or puts a sign behind it."""
        behind = last + 1
        token = self._at(behind)
        if token is None:
            return False
        if token.word in _TO and self._is(behind + 1, Kind.NUMBER, Kind.SYMBOL):
            return True
        if token.kind not in (Kind.DASH, Kind.MINUS):
            return False
        if self._touches(last, behind):
            # A dash that hangs an ending on (5.00 AZN-dir) is no sign.
            hung = self._touches(behind, behind + 1) and self._at(behind + 1)
            return not hung or hung.kind is not Kind.WORD or hung.word in _CASES
        return self._is(behind + 1, Kind.NUMBER) and (
            self._is(last, Kind.NUMBER)
            or self._mark(behind + 2, behind + 1, before=False) is not None
        )
