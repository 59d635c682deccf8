"""What the words in front of an amount call it: the balance, or something else."""

from dataclasses import dataclass
from typing import Final

from .folding import words
from .meanings import LABELS, Meaning
from .money import Money, is_identifier
from .scanning import Kind, Token

STRENGTH: Final = {
    Meaning.BALANCE: 1,
    Meaning.CREDIT: 2,
    Meaning.DEBT: 2,
    Meaning.ACCOUNT: 3,
    Meaning.AVAILABLE: 3,
}
"""How weak a name is; 0 is a balance that is called the main or own one."""

_UNKNOWN_WORDS: Final = {1: 1, 2: 0, 3: 0}
"""How many words of no known meaning may stand between a name and its amount.

One more where a colon or an "is" joins them.
"""

TRANSPARENT: Final = frozenset(
    (
        Meaning.FILLER,
        Meaning.IS,
        Meaning.MAIN,
        Meaning.OWNER,
        Meaning.PRICE,
        Meaning.MINUS,
    )
)
"""Meanings that may stand between a name and its amount."""

_NOT_THE_BALANCE: Final = frozenset(
    (Meaning.OTHER_PURSE, Meaning.ACTION, Meaning.CONDITION, Meaning.UNIT)
)
_TOLD_APART: Final = (Meaning.OTHER_PURSE, Meaning.UNIT)
_REACH: Final = 3
_UP_TO: Final = words("until till bis до hasta jusque sampai")
_TOPPED_UP: Final = words("recarga recargas recharge topup")
_ONLY_STATED: Final = frozenset(("talktime", "talk time", "load"))
"""Credit that adverts speak of too."""
AND: Final = words(
    "and et und y e i и й і та ve va och og en dan oraz a si ja és es un ir dhe και in u at"
)
"""Words that join two sentences, or two parts of a list."""
_CHOOSING: Final = words("for para pour fur per untuk для voor dla")
_WITH: Final = words("with mit avec com con с")
_COUNTS_ON: Final = words("cuenta cuentas conta contas cuentan")
"""Spanish and Portuguese: who counts on a balance has one."""
_OCTETS: Final = words("mo go ko")
_ABBREVIATIONS: Final = words("bal ost acc acct tel nr no cur s.d")
_FARTHEST: Final = 40
"""Pieces of the text in front of an amount that are looked at."""
_FARTHEST_BEFORE_NAME: Final = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """How surely an amount is the balance."""

    strength: int
    """As in `STRENGTH`."""
    negative: bool = False
    """A word says that the amount is owed."""
    distant: bool = False
    """Words of no known meaning stand between name and amount."""
    joined: bool = False
    """A colon or an "is" joins name and amount."""
    debt: bool = False
    """It is called a debt, not a balance."""


class WalkBack:
    """Goes from an amount back to the word that names it."""

    def __init__(self, tokens: list[Token], amounts: set[int], money: Money) -> None:
        """Start at `money`; `amounts` are the indexes of all tokens of amounts."""
        self.refused = False
        """Whether a word in front says that the amount is something else."""
        self._tokens = tokens
        self._amounts = amounts
        self._money = money
        self._label: int | None = None
        self._strength = 0
        self._unknown = 0
        self._main = False
        self._negative = False
        self._joined = False
        self._debt = False
        self._available = False
        self._before_label = 0
        self._adjacent = True
        """Whether only transparent words were met in front of the name."""

    def name(self) -> Name | None:
        """Return the name in front of the amount."""
        index = self._money.first - 1
        farthest = max(0, index - _FARTHEST)
        while index >= farthest and self._passes(index) and not self.refused:
            index -= 1
        if self.refused:
            return None
        if self._label is None:
            if self._tokens[index + 1].meaning is Meaning.MINUS:
                return Name(strength=1, negative=True, joined=True)
            return self._main_as_name() or self._currency_as_name()
        if self._unknown > _UNKNOWN_WORDS[self._strength] + self._joined:
            return None
        if not self._joined and self._wants_joining(self._label):
            return None
        return Name(
            strength=self._final_strength(),
            negative=self._negative,
            distant=self._unknown > 0,
            joined=self._joined,
            debt=self._debt,
        )

    def _wants_joining(self, label: int) -> bool:
        """Tell whether a name needs a colon or an "is", else it is something else.

        An advert, or the account with its number.
        """
        if self._tokens[label].word in _ONLY_STATED:
            return True
        pieces = self._tokens[self._money.first : self._money.last + 1]
        weak = self._strength == STRENGTH[Meaning.ACCOUNT]
        return weak and any(map(is_identifier, pieces))

    def _final_strength(self) -> int:
        if self._main:
            return 0
        return max(2, self._strength) if self._available else self._strength

    def _main_as_name(self) -> Name | None:
        """Take "main", colon, amount as a balance, where nothing stands between."""
        colon = self._money.first - 1
        named = colon > 0 and self._tokens[colon].kind is Kind.COLON
        main = named and self._tokens[colon - 1].meaning is Meaning.MAIN
        return Name(strength=2, joined=True) if main and self._main else None

    def _currency_as_name(self) -> Name | None:
        """Take a line of nothing but currency, colon, amount as a balance (USD:5.87)."""
        first, last = self._money.first, self._money.last
        before = self._tokens[first - 1 : first] if first else []
        behind = self._tokens[last + 1 : last + 2]
        alone = all(token.kind is Kind.LINE for token in (*before, *behind))
        pieces = self._tokens[first : last + 1]
        colon = any(token.kind is Kind.COLON for token in pieces)
        named = colon and pieces[0].kind is Kind.WORD
        return Name(strength=3, joined=True) if alone and named else None

    def _passes(self, index: int) -> bool:
        """Look at one token; return whether to go on to the one before it."""
        token = self._tokens[index]
        unnamed = self._label is None
        match token.kind:
            case Kind.WORD:
                if unnamed:
                    self._word(index, token)
                else:
                    self._word_before_name(index, token)
                onward = self._before_label < _FARTHEST_BEFORE_NAME
            case Kind.DATE | Kind.OPEN | Kind.CLOSE | Kind.DASH | Kind.MINUS:
                onward = True
            case Kind.COLON:
                self._joined |= unnamed
                onward = unnamed
            case Kind.NUMBER:
                onward = index not in self._amounts or is_identifier(token)
            case Kind.NOT_MONEY:
                onward = token.written[0].isdigit() and ":" in token.written
            case Kind.LINE:
                onward = unnamed and not self._unknown and self._ends_open(index - 1)
            case Kind.COMMA:
                onward = unnamed and not self._unknown
            case Kind.STOP:
                onward = self._only_shortens(index)
            case _:
                onward = False
        return onward

    def _ends_open(self, index: int) -> bool:
        """Tell whether a line ends so that its amount must be on the next one."""
        token = self._tokens[index]
        open_ends = (Meaning.IS, Meaning.MAIN, *LABELS)
        served = index - 1 in self._amounts  # "5 EUR balance" needs no other amount
        opened = token.meaning in open_ends and not served
        return index >= 0 and (token.kind is Kind.COLON or opened)

    def _only_shortens(self, index: int) -> bool:
        """Tell whether a dot only shortens a word ("Bal. Rs 5")."""
        dot, word = self._tokens[index], self._tokens[index - 1]
        close = index > 0 and word.end == dot.start
        colon = self._tokens[index + 1].kind is Kind.COLON
        short = colon or word.word in _ABBREVIATIONS
        return close and dot.written == "." and short

    def _word(self, index: int, token: Token) -> None:
        """Look at a word between the amount and its name, or at the name."""
        meaning = token.meaning
        next_to_amount = index == self._money.first - 1
        if meaning in LABELS:
            self._label = index
            self._strength = STRENGTH[meaning]
            self._debt = meaning is Meaning.DEBT
            self._negative |= self._debt
            self._available = meaning is Meaning.AVAILABLE
        elif meaning in _NOT_THE_BALANCE and not self._only_seems_so(index):
            self.refused = True
        elif meaning is Meaning.PRICE:
            self.refused = next_to_amount
        elif meaning is Meaning.UNTIL:
            undated = self._tokens[index + 1].kind not in (Kind.DATE, Kind.NUMBER)
            self.refused = next_to_amount or (undated and token.word in _UP_TO)
        else:
            self._main |= meaning is Meaning.MAIN
            self._joined |= meaning is Meaning.IS
            self._negative |= meaning is Meaning.MINUS
            self._unknown += meaning not in TRANSPARENT

    def _only_seems_so(self, index: int) -> bool:
        """Tell whether a word that means something else elsewhere is harmless here.

        "Saldo recarga: R$ 5" is what was topped up; "mo", "ko" and "go" are
        octets only behind a number.
        """
        token, before = self._tokens[index], self._tokens[index - 1]
        if token.word in _OCTETS:
            return self._money.marked and before.kind is Kind.WORD
        at = index - 1
        while at > 0 and self._tokens[at].meaning is Meaning.FILLER:
            at -= 1
        named = index > 0 and self._tokens[at].meaning is Meaning.BALANCE
        return named and self._joined and token.word in _TOPPED_UP

    def _ends_a_list(self, index: int) -> bool:
        """Tell whether what stands here is what a number before it counts.

        In "120 MB of data and balance of 5 USD" the data are no name of the balance.
        """
        if self._before_label != 2 or self._tokens[index + 1].word not in AND:
            return False
        counted = self._tokens[max(0, index - _REACH) : index]
        return any(token.kind is Kind.NUMBER for token in counted)

    def _word_before_name(self, index: int, token: Token) -> None:
        """Look at what stands in front of the name: it may make it another one."""
        meaning = token.meaning
        self._before_label += 1
        if meaning in _TOLD_APART and self._ends_a_list(index):
            self._before_label = _FARTHEST_BEFORE_NAME
            return
        near = self._before_label <= 2
        next_to_name = self._before_label == 1
        self.refused = (
            meaning is Meaning.CONDITION
            or (meaning is Meaning.OTHER_PURSE and near)
            or (meaning is Meaning.UNIT and next_to_name)
            or (next_to_name and self._is_condition(index))
            or (meaning is Meaning.ACTION and self._adjacent and not self._stated())
        )
        if not self._adjacent:
            return
        if meaning in LABELS:
            self._strength = min(self._strength, STRENGTH[meaning])
            self._negative |= meaning is Meaning.DEBT
            self._available |= meaning is Meaning.AVAILABLE
        else:
            self._main |= meaning is Meaning.MAIN
            self._negative |= meaning is Meaning.MINUS
            self._adjacent = meaning in TRANSPARENT

    def _is_condition(self, index: int) -> bool:
        """Tell whether the name is wanted ("1 for balance", "with a balance of")."""
        word, before = self._tokens[index].word, self._tokens[max(0, index - 1)]
        if word in _CHOOSING:
            return before.kind is Kind.NUMBER
        return word in _WITH and before.word not in _COUNTS_ON

    def _stated(self) -> bool:
        """Tell whether an "is" stands between name and amount."""
        between = self._tokens[(self._label or 0) + 1 : self._money.first]
        return any(token.meaning is Meaning.IS for token in between)
