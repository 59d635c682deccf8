"""Answers that tell an amount without naming it, and texts of banks that name one."""

from typing import Final

from .currencies import Locale
from .folding import words
from .meanings import Meaning
from .money import Money
from .scanning import Kind, Token
from .validity import find_validity

_SPEAKING_OF_TARIFF: Final = ("tarif", "taryf", "тариф", "plan", "ταριφ")
_WITH_A_TARIFF: Final = words(
    "using use koristite nutzen nutzt korzystasz utilisez utiliza usa используете"
)
_THEIRS: Final = words(
    "your you ваш ваша vash vas vase su tu votre ihr dein twoja twoj tuo seu uw je din ditt"
)
_PARTING: Final = (Kind.COMMA, Kind.STOP, Kind.LINE, Kind.DASH)
_WITHOUT_DIGITS: Final = (Kind.WORD, Kind.COLON, Kind.OPEN, Kind.CLOSE, *_PARTING)
_LEADING: Final = 12
"""Pieces within which a tariff is spoken of."""

_CARDS: Final = ("card", "karte", "kaart", "kort", "carte", "tarjeta", "cartao")
_CARDS_BY_STEM: Final = ("kart", "карт", "карточ")
_ENDINGS: Final = words(
    "ending final finalizada terminada terminacion endet auf konczaca terminant n"
)
_NUMBER_LENGTH: Final = 4
_REACH: Final = 4


def find_unnamed(
    tokens: list[Token], moneys: list[Money], locale: Locale
) -> Money | None:
    """Return the only amount of an answer if nothing else can be meant by it."""
    if len(moneys) != 1 or not moneys[0].marked or moneys[0].value is None:
        return None
    money = moneys[0]
    rest = tokens[: money.first] + tokens[money.last + 1 :]
    if all(token.kind in (Kind.STOP, Kind.LINE) for token in rest):
        return money
    return money if _opens_account(tokens, money, locale) else None


def _opens_account(tokens: list[Token], money: Money, locale: Locale) -> bool:
    """Tell whether a text is amount, validity and tariff: "9,50 EUR, valid until ...".

    Whoever sells something for the amount says more than that.
    """
    behind = money.last + 1
    exact = money.size is not None and money.size.as_tuple().exponent != 0
    if money.first or not exact or find_validity(tokens, money.last, locale) is None:
        return False
    while behind < len(tokens) and tokens[behind].kind in _PARTING:
        behind += 1
    dated = next(
        (at for at, token in enumerate(tokens) if token.kind is Kind.DATE), None
    )
    if dated is None or tokens[behind].meaning is not Meaning.UNTIL:
        return False
    known = (Meaning.UNTIL, Meaning.FILLER)
    until = tokens[behind:dated]
    if any(t.meaning not in known and t.kind is not Kind.COLON for t in until):
        return False
    return _speaks_of_tariff(tokens[dated + 1 :])


def _speaks_of_tariff(rest: list[Token]) -> bool:
    """Tell whether nothing follows, or what tariff the customer has."""
    clause = [token for token in rest if token.kind not in _PARTING]
    if not clause:
        return True
    if any(token.kind not in _WITHOUT_DIGITS for token in rest):
        return False
    harmless = (Meaning.FILLER, Meaning.IS, Meaning.OWNER)
    theirs = False
    for token in clause[:_LEADING]:
        if token.word.startswith(_SPEAKING_OF_TARIFF):
            return theirs
        having = token.meaning is Meaning.OWNER or token.word in _WITH_A_TARIFF
        theirs |= having or token.word in _THEIRS
        if token.meaning not in harmless and not having:
            return False
    return False


def speaks_of_card(tokens: list[Token]) -> bool:
    """Tell whether a text names a payment card by the end of its number (*1234)."""
    return any(
        _is_card(token) and _ends_in_digits(tokens[index + 1 : index + 1 + _REACH])
        for index, token in enumerate(tokens)
    )


def _is_card(token: Token) -> bool:
    return token.kind is Kind.WORD and (
        token.word.endswith(_CARDS) or token.word.startswith(_CARDS_BY_STEM)
    )


def _ends_in_digits(behind: list[Token]) -> bool:
    """Tell whether stars or "ending in" and four digits follow."""
    masked = False
    for token in behind:
        digits = token.written.lstrip("*")
        if len(digits) == _NUMBER_LENGTH and digits.isdigit():
            return masked or digits != token.written
        masked |= token.word in _ENDINGS or token.written in ("*", "…")
        if token.kind not in (Kind.WORD, Kind.OTHER, Kind.OPEN, Kind.STOP):
            return False
    return False
