"""Cutting an answer into the pieces that a reader of balances looks at."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
import re
from typing import Final

from .currencies import MARK_WORDS, SYMBOLS
from .folding import fold_text, fold_word
from .meanings import Meaning
from .vocabulary import EXPRESSIONS, UNSPACED, UNSPACED_WORDS, meaning


class Kind(Enum):
    """What a piece is."""

    WORD = auto()
    SYMBOL = auto()
    """A currency sign, with the letters that belong to it (R$)."""
    NUMBER = auto()
    """Digits with their marks, perhaps an amount."""
    DATE = auto()
    """A calendar date in digits."""
    NOT_MONEY = auto()
    """A time, a dialling code or a web address."""
    STOP = auto()
    """The end of a sentence."""
    LINE = auto()
    """The end of a line."""
    COMMA = auto()
    COLON = auto()
    DASH = auto()
    MINUS = auto()
    """The sign that is only a minus (U+2212)."""
    SLASH = auto()
    OPEN = auto()
    CLOSE = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a folded text."""

    kind: Kind
    written: str
    """As it stands in the folded text."""
    start: int
    end: int
    word: str = ""
    """A word or sign without case."""
    meaning: Meaning = Meaning.UNKNOWN


_LETTER = r"[^\W\d_]"
_SHORTENED: Final = (
    r"[sS]\.[dD]|[tT]\.[oO]\.[mM]|[aA]/[cC]|[lL]\.[eE]"
    r"|[oO](?:[nN]|[fF]{2})-(?:[nN]et|NET)"
)
_PATTERN: Final = re.compile(
    rf"""
      (?P<NOT_MONEY> https?://\S+ | www\.\S+ | [*\#]{{1,3}}\d[\d*\#]*+(?![.,]\d) | \d[\d*]*\#
                   | (?!(?<={_LETTER})\d{{1,4}}:\d\d[.,]\d)
                     \d{{1,4}}:\d\d(?::\d\d)?(?!\d|[.,]\d{{3}}) )
    | (?P<DATE> \d{{4}}年\ ?\d{{1,2}}月\ ?\d{{1,2}}日
              | (?<![\d.,])\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}}(?!\d)
              | (?<![\d.,])\d{{1,2}}[-./]\d{{1,2}}[-./](?:\d{{4}}|\d{{2}})(?![\d.,]*\d)
              | (?<![\d.,])\d{{1,2}}\.\ ?\d{{1,2}}\.\ \d{{4}}(?!\d)
              | (?<![\d.,])20\d\d\.\ \d{{1,2}}\.\ \d{{1,2}}(?!\d)
              | (?<![\d.,/])\d{{1,2}}/\d{{1,2}}(?![\d./,]*\d) )
    | (?P<SKIP> /[-=] | \+(?=\d{{1,6}}[.,]\d) | (?<=\d)[,.]-+(?!\d) | [ \x00]+ )
    | (?P<NUMBER> \d{{1,3}}(?:[. ]?\d{{3}}){{0,4}}\$\d\d(?!\d)
                | \d{{1,3}}(?:[ ']\d{{3}})+(?!\d)(?:[.,]\d+)? | \d+(?:[.,'٫٬]\d+)* )
    | (?P<SYMBOL> \$[UuBb](?!{_LETTER}) | (?:[A-Za-z]{{1,3}})?[{re.escape(SYMBOLS)}]
                | (?<!\w)[SsBb]/\.?(?=\ ?\d) | ש"ח )
    | (?P<WORD> [\u0600-\u06ff](?:\.[\u0600-\u06ff])+(?!{_LETTER})
              | (?:{_SHORTENED})(?!{_LETTER}) | {_LETTER}+(?:'{_LETTER}+)*'? )
    | (?P<STOP> [.;!?|]+ )
    | (?P<LINE> \n+ )
    | (?P<COMMA> , ) | (?P<COLON> [-=]> | → | [:=] ) | (?P<DASH> -+ ) | (?P<MINUS> \u2212 )
    | (?P<SLASH> / ) | (?P<OPEN> [(\[] ) | (?P<CLOSE> [)\]] )
    | (?P<OTHER> . )
    """,
    re.VERBOSE,
)

_HUMP: Final = re.compile(r"(?<=[a-zа-я])(?=[A-ZА-Я])|(?<=[A-Z])(?=TKC)")
_KNOWN_UNSPACED: Final = re.compile(
    "|".join(
        sorted(
            {
                *UNSPACED_WORDS,
                *(mark for mark in MARK_WORDS if re.fullmatch(f"[{UNSPACED}]+", mark)),
            },
            key=len,
            reverse=True,
        )
    )
)
_UNSPACED_RUN: Final = re.compile(f"[{UNSPACED}]")


def scan(text: str) -> list[Token]:
    """Return the pieces of an answer, in order. Takes time linear in its length."""
    return list(_join(_pieces(fold_text(text))))


def _pieces(text: str) -> Iterator[Token]:
    for match in _PATTERN.finditer(text):
        name = match.lastgroup or "OTHER"
        if name == "SKIP":
            continue
        kind = Kind[name]
        if kind is Kind.WORD:
            yield from _words(match[0], match.start())
        elif kind is Kind.SYMBOL:
            yield Token(kind, match[0], *match.span(), fold_word(match[0].rstrip(".")))
        else:
            yield Token(kind, match[0], *match.span())


def _words(run: str, start: int) -> Iterator[Token]:
    """Cut a run of letters at humps (PulsaUTAMA) and around words without blanks."""
    cuts = {0, len(run)}
    if _UNSPACED_RUN.search(run):
        for match in _KNOWN_UNSPACED.finditer(run):
            cuts.update(match.span())
    else:
        cuts.update(match.start() for match in _HUMP.finditer(run))
    edges = sorted(cuts)
    for left, right in pairwise(edges):
        written = run[left:right]
        word = fold_word(written).rstrip("'")
        yield Token(
            Kind.WORD, written, start + left, start + right, word, meaning(word)
        )


def _join(tokens: Iterator[Token]) -> Iterator[Token]:
    """Make expressions of several words one token."""
    held: Token | None = None
    for token in tokens:
        if held is None:
            held = token
            continue
        joined = f"{held.word} {token.word}"
        if held.kind is token.kind is Kind.WORD and joined in EXPRESSIONS:
            written = f"{held.written} {token.written}"
            held = Token(
                Kind.WORD, written, held.start, token.end, joined, meaning(joined)
            )
            continue
        yield held
        held = token
    if held is not None:
        yield held
