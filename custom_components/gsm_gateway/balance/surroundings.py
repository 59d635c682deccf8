"""What stands around an amount, and whether it is the balance after all of it."""

import re
from typing import Final

from .amounts import may_be_exact
from .currencies import is_code
from .folding import words
from .meanings import LABELS, Meaning
from .money import Money
from .naming import AND, STRENGTH, TRANSPARENT, Name, WalkBack
from .scanning import Kind, Token

_BESIDE_GIFT: Final = (Meaning.FILLER, *LABELS)
_NAMING_GIFT: Final = (*_BESIDE_GIFT, Meaning.OTHER_PURSE, Meaning.IS)
_INCLUDING: Final = words("including inclus incluye учетом врахуванням включая включно")
_EACH: Final = words("per pro each every jede cada chaque")
_HAVING: Final = ("bulun", "mavjud", "vardir", "kalmis", "qal")
"""Verbs that end a Turkish or Uzbek sentence about a balance."""

_OF_WHAT: Final = (Meaning.OTHER_PURSE, Meaning.ACTION, Meaning.PRICE)
_FIGURES: Final = (Kind.NUMBER, Kind.NOT_MONEY)
_REACH: Final = 4
_CASELESS: Final = re.compile("[\u10d0-\u10ff]")
"""Georgian: its letters count as small ones, but no sentence begins with others."""


class Surroundings:
    """Tells for each amount of one answer whether the text calls it the balance."""

    def __init__(self, tokens: list[Token], moneys: list[Money]) -> None:
        """Look at these tokens, in which these amounts were found."""
        self._tokens = tokens
        self._amounts = {index for m in moneys for index in range(m.first, m.last + 1)}
        self._asked = _questions(tokens)

    def name(self, money: Money) -> Name | None:
        """Return what the words in front of an amount, else behind it, call it."""
        behind = self._behind(money)
        if behind in self._asked or self._is_rate(behind) or self._is_gift(behind):
            return None
        walk = WalkBack(self._tokens, self._amounts, money)
        name = walk.name()
        if name is None and not walk.refused and money.marked:
            name = self._name_behind(money, behind) or self._owned(money, behind)
        return None if name is None or self._is_moved(behind, name) else name

    def _at(self, index: int) -> Token | None:
        return self._tokens[index] if 0 <= index < len(self._tokens) else None

    def _meaning(self, index: int) -> Meaning:
        token = self._at(index)
        return token.meaning if token is not None else Meaning.UNKNOWN

    def _behind(self, money: Money) -> int:
        """Return the index of what follows an amount, a dot of abbreviation left out."""
        index = money.last + 1
        dot, follower = self._at(index), self._at(index + 1)
        if dot is None or follower is None or dot.written != ".":
            return index
        shortens = self._tokens[money.last].kind is Kind.WORD
        cased = _CASELESS.match(follower.written) is None
        whole = is_code(self._tokens[money.last].word)
        goes_on = follower.written.islower() or (
            follower.written.isupper()
            and not (whole and follower.meaning is not Meaning.ACTION)
        )
        return index + 1 if shortens and cased and goes_on else index

    def _is_rate(self, index: int) -> bool:
        """Tell whether the amount is said per day, or as the price of another amount."""
        token, follower = self._at(index), self._at(index + 1)
        if token is None or follower is None:
            return token is not None and token.meaning is Meaning.RATE
        listed = follower.meaning is Meaning.OTHER_PURSE or self._names_next(index + 1)
        parted = token.kind is Kind.SLASH and not listed
        by_word = token.word in _EACH or parted
        period = follower.meaning in (Meaning.PERIOD, Meaning.UNIT)
        return (
            token.meaning is Meaning.RATE
            or (token.meaning is Meaning.PRICE and index + 1 in self._amounts)
            or (by_word and follower.kind is Kind.WORD)
            or (period and token.meaning in (Meaning.PRICE, Meaning.FILLER))
        )

    def _is_gift(self, index: int) -> bool:
        """Tell whether a word behind makes the amount a bonus ("5.00 EUR bonus")."""
        token = self._at(index)
        if token is not None and token.kind is Kind.OPEN:
            index += 1
        included = False
        for at in range(index, index + _REACH):
            word = self._at(at)
            including = word is not None and word.word in _INCLUDING
            included |= including
            if self._meaning(at) is Meaning.OTHER_PURSE:
                return included or not self._starts_next(at + 1)
            if self._meaning(at) not in _BESIDE_GIFT and not including:
                return False
        return False

    def _starts_next(self, index: int) -> bool:
        """Tell whether a bonus is named here for the amount that follows."""
        while self._meaning(index) in _NAMING_GIFT:
            index += 1
        token = self._at(index)
        if token is None:
            return False
        if self._names_next(index):
            return True
        return (
            token.kind in (Kind.COLON, Kind.NUMBER, Kind.SYMBOL)
            or index in self._amounts
            or token.meaning is Meaning.UNIT
        )

    def _names_next(self, index: int) -> bool:
        """Tell whether a word, a colon and a number follow: the next of a list."""
        word, colon, value = (self._at(index + n) for n in range(3))
        return (
            word is not None
            and word.kind is Kind.WORD
            and colon is not None
            and colon.kind is Kind.COLON
            and value is not None
            and (value.kind in (Kind.NUMBER, Kind.SYMBOL) or index + 2 in self._amounts)
        )

    def _is_moved(self, index: int, name: Name) -> bool:
        """Tell whether a word behind says that the amount was moved ("100 credited").

        A balance that is stated as such may be followed by "recharge now".
        """
        if name.strength < 3 and name.joined:
            return False
        for token in self._tokens[index : index + 3]:
            if token.kind is not Kind.WORD:
                return False
            begins_anew = token.written.istitle()
            if token.meaning is Meaning.ACTION:
                return name.strength == 3 or not begins_anew
            if token is self._at(index) and self._may_move(token) and not begins_anew:
                return True
        return False

    def _may_move(self, token: Token) -> bool:
        """Tell whether a word may be a verb of no known meaning."""
        joins = token.word in AND or token.word.startswith(_HAVING)
        return token.meaning is Meaning.UNKNOWN and not joins

    def _name_behind(self, money: Money, index: int) -> Name | None:
        """Read "you have 5 EUR credit", "5 EUR is your balance", "5 TL bakiyeniz var"."""
        label = self._label_behind(index)
        if label is None or self._meaning(label + 1) is Meaning.OTHER_PURSE:
            return None
        strength = STRENGTH[self._meaning(label)]
        stated = self._meaning(index) is Meaning.IS
        alone = money.first == 0 and self._ends_sentence(label + 1)
        owned = self._opens_with_owner(money) or self._ends_with_owner(label + 1)
        if owned or ((stated or alone) and strength < 3):
            return Name(strength=strength, joined=True)
        return None

    def _owned(self, money: Money, index: int) -> Name | None:
        """Read "You have 5.50 EUR." at the beginning, where nothing says of what."""
        if money.first > _REACH:
            return None
        meanings = {token.meaning for token in self._tokens[: money.first]}
        if not meanings <= {Meaning.OWNER, Meaning.FILLER}:
            return None
        token = self._at(index)
        closed = token is None or token.kind is Kind.LINE or token.written == "."
        exact = money.size is not None and may_be_exact(money.size, money.currency)
        rest = self._tokens[money.last + 1 :]
        told = any(t.meaning in _OF_WHAT or t.kind in _FIGURES for t in rest)
        ends = closed or self._meaning(index) is Meaning.UNTIL
        owned = Meaning.OWNER in meanings and exact and ends and not told
        return Name(strength=3) if owned else None

    def _label_behind(self, index: int) -> int | None:
        for at in range(index, index + _REACH):
            meaning = self._meaning(at)
            if meaning in LABELS:
                return None if meaning is Meaning.DEBT else at
            if meaning not in TRANSPARENT:
                return None
        return None

    def _opens_with_owner(self, money: Money) -> bool:
        at = money.first - 1
        token = self._at(at)
        at -= token is not None and token.kind is Kind.LINE
        while self._meaning(at) is Meaning.FILLER and at > money.first - _REACH:
            at -= 1
        ends = at - 1 in self._amounts  # "5 TL var": the verb of the amount before
        return self._meaning(at) is Meaning.OWNER and not ends

    def _ends_with_owner(self, index: int) -> bool:
        """Tell whether the sentence ends in a verb of having (Turkish, Hindi, Uzbek)."""
        token = self._at(index)
        return (
            token is not None
            and (
                token.meaning in (Meaning.OWNER, Meaning.IS)
                or token.word.startswith(_HAVING)
            )
            and self._ends_sentence(index + 1)
        )

    def _ends_sentence(self, index: int) -> bool:
        token = self._at(index)
        return token is None or token.kind in (Kind.STOP, Kind.COMMA, Kind.LINE)


def _questions(tokens: list[Token]) -> set[int]:
    """Return the indexes of the tokens in sentences that end in a question mark."""
    asked: set[int] = set()
    question = False
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].kind in (Kind.STOP, Kind.LINE):
            question = "?" in tokens[index].written
        if question:
            asked.add(index)
    return asked
