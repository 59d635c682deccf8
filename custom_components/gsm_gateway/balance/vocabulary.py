"""Looking up what a word means, whatever letters it is spelled with."""

from collections.abc import Iterable, Iterator
import re
from typing import Final

from .folding import fold_text, fold_word, look
from .meanings import Meaning
from .words import WORDS

_LONGEST_STEM: Final = 24
_CLITICS: Final = (
    *("\u0648\u0627\u0644", "\u0628\u0627\u0644", "\u0627\u0644", "\u0648", "\u0628"),
    *("\u0644", "\u05d4", "\u05d5", "\u05d1", "\u05dc", "\u05e9", "\u05de"),
)
"""What Arabic and Hebrew write in front of a word without a blank."""

UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
)
"""Thai, Lao, Burmese, Khmer, Kana and Han: letters of scripts without blanks."""


_SHORTEST_TWIN: Final = 4
"""Below this length different words of two alphabets look the same too often."""


def _entries() -> Iterator[tuple[str, Meaning]]:
    for meaning, words in WORDS.items():
        for word in words.split():
            yield fold_word(fold_text(word.replace("_", " "))), meaning


class _Table:
    """Whole words and stems of one spelling."""

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        self.whole: dict[str, Meaning] = {}
        self.stems: dict[str, Meaning] = {}
        for entry, meaning in entries:
            table = self.stems if entry.endswith("*") else self.whole
            table.setdefault(entry.removesuffix("*"), meaning)

    def find(self, word: str) -> Meaning | None:
        """Return the meaning of the whole word, else of its longest stem."""
        if word in self.whole:
            return self.whole[word]
        for length in range(min(len(word), _LONGEST_STEM), 1, -1):
            if word[:length] in self.stems:
                return self.stems[word[:length]]
        return None


_SPELLED = _Table(_entries())
_SEEN = _Table(
    (look(entry), meaning)
    for entry, meaning in _entries()
    if len(entry) >= _SHORTEST_TWIN
)

EXPRESSIONS: Final = frozenset(word for word in _SPELLED.whole if " " in word)
"""Expressions of several words, joined by blanks."""

UNSPACED_WORDS: Final = tuple(
    word
    for word in (*_SPELLED.whole, *_SPELLED.stems)
    if re.fullmatch(f"[{UNSPACED}]+", word) is not None
)
"""The words to look for inside a run of letters without blanks."""


def meaning(word: str) -> Meaning:
    """Return what a folded word means, also if it is written with look-alikes."""
    found = _SPELLED.find(word) or _SEEN.find(look(word))
    if found is not None:
        return found
    for clitic in _CLITICS:
        if word.startswith(clitic) and len(word) > len(clitic) + 1:
            found = _SPELLED.find(word[len(clitic) :])
            if found is not None:
                return found
    return Meaning.UNKNOWN
