"""One spelling for letters, digits and blanks that operators write in many ways."""

from functools import lru_cache
import unicodedata

_PLAIN = str.maketrans(
    {
        # Dashes; U+2212 stays, since it can only be a minus.
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\ufe63\uff0d", "-"),
        **dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a\u300c\u300d", '"'),
        **dict.fromkeys("\u3002\u0964\u06d4\u0589\u1362", "."),
        **dict.fromkeys("\u060c\u3001\uff64\u1363", ","),
        **dict.fromkeys("\u061b\u037e", ";"),
        "\u061f": "?",
        **dict.fromkeys("\u055d\u1366", ":"),
        "\u1361": " ",
        "\u066a": "%",
        "\r": "\n",
        "\t": " ",
        # One letter each for Arabic and Persian keyboards.
        "\u0649": "\u064a",
        "\u06cc": "\u064a",
        "\u06a9": "\u0643",
        "\u0629": "\u0647",
    }
)

_OPAQUE = "\ufffd"
"""Stands for what may not be read as part of a number: fractions, exponents, bullets."""

_ACCENTLESS = str.maketrans(
    {
        "\u0131": "i",
        "\u0142": "l",
        "\u00f8": "o",
        "\u0259": "e",
        "\u00e6": "ae",
        "\u0153": "oe",
    }
)

_LATIN_TWINS = str.maketrans(
    "\u0430\u0432\u0435\u043d\u043a\u043c\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458"
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7",
    "abehkmopctyxijabezhikmnoptyx",
)
"""Cyrillic and Greek letters whose capitals look like a Latin letter.

Operators mix them (GSM 03.38 has no Cyrillic and only half of the Greek
capitals), so words are compared by their look.
"""


def words(text: str) -> frozenset[str]:
    """Return the words of a list that is written with blanks."""
    return frozenset(text.split())


def fold_text(text: str) -> str:
    """Return the text with plain digits, blanks, quotes and dashes, case kept.

    Accents and vowel signs go, wide and presentation forms become the usual
    letters (NFKC), digits of every script become 0-9.
    """
    return "".join(map(fold_char, text))


_LONGEST_SPELLING = 4
"""Letters of one character; only whole words in one sign have more."""


@lru_cache(maxsize=4096)
def fold_char(char: str) -> str:
    """Return what one character becomes: nothing, one or several."""
    if unicodedata.category(char) in ("No", "Nl"):
        return _OPAQUE
    if char.translate(_PLAIN) == "\n":
        return "\n"
    if unicodedata.category(char) == "Cc":
        return " "
    decomposed = unicodedata.normalize("NFKD", char.translate(_PLAIN))
    kept = "".join(c for c in decomposed if unicodedata.category(c)[0] not in "MC")
    plain = unicodedata.normalize("NFC", kept).translate(_PLAIN)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)[
        :_LONGEST_SPELLING
    ]


def fold_word(word: str) -> str:
    """Return a word of a folded text without case and without barred letters."""
    return word.casefold().translate(_ACCENTLESS)


def look(word: str) -> str:
    """Return what a folded word looks like, so that look-alike letters are equal."""
    return word.translate(_LATIN_TWINS)
