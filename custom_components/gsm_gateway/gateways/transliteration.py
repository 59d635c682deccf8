"""Any text written with the GSM alphabet alone."""

from itertools import zip_longest
import re
import unicodedata

from .clusters import clusters, is_mark
from .spellings import LETTERS, SIGNS
from .text import fits_gsm7

_MICRO = re.compile(r"(?<![α-ωΑ-Ωά-ώ])μ(?=[A-Za-zΩ])")
"""A Greek letter before a unit, as in μg: a millionth, not a thousandth."""
_OVERLAY = "\N{COMBINING LONG SOLIDUS OVERLAY}"
"""It turns a sign into its contrary, so it is no accent."""
_POWERS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")


def transliterate(text: str) -> tuple[str, int]:
    """Return a text in GSM 03.38 with extension table, and how many characters it lost.

    What the alphabet has stays; what has a usual spelling is spelt; the rest
    is dropped. An emoji with all that is joined to it counts as one; accents
    and what nobody sees do not count.
    """
    whole = _MICRO.sub("u", unicodedata.normalize("NFC", text))
    written: list[str] = []
    dropped = 0
    before = ""
    found = list(clusters(whole))
    for cluster, after in zip_longest(found, found[1:], fillvalue=""):
        spelt = _spell_all(cluster)
        if spelt is None:
            dropped += 1
        elif _is_shouted(before, cluster, after):
            written.append(spelt.upper())
        else:
            written += (_hinge(before, cluster), spelt)
        before = cluster
    return "".join(written), dropped


def _spell_all(characters: str) -> str | None:
    """Return the spelling of all characters but marks, None where one has none."""
    spelt = [_spell(c) for c in characters if not is_mark(c)]
    known = [each for each in spelt if each is not None]
    return "".join(known) if len(known) == len(spelt) else None


def _spell(character: str) -> str | None:
    """Return how a character is written with the GSM alphabet, None if it cannot be."""
    if fits_gsm7(character):
        return character
    small = character.lower()
    if spelt := LETTERS.get(small):
        return spelt if character == small else spelt.capitalize()
    if spelt := SIGNS.get(character):
        return spelt
    return _spell_by_kind(character)


def _spell_by_kind(character: str) -> str | None:
    """Return the spelling that follows from what Unicode says of a character."""
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cc", "Cf"):
        return ""  # nobody sees it
    codes = unicodedata.decomposition(character).split()
    made_of = "".join(chr(int(code, 16)) for code in codes if not code.startswith("<"))
    if not made_of or _OVERLAY in made_of:
        return None
    return _spell_all(made_of)


def _is_shouted(before: str, cluster: str, after: str) -> bool:
    """Tell a capital among capitals: Ж is ZH there, and Zh elsewhere."""
    if not cluster.isupper():
        return False
    return after.isupper() or (before.isupper() and not after.isalpha())


def _hinge(before: str, cluster: str) -> str:
    """Return what keeps a figure from running into another: 10⁵ is 10^5, 1½ is 1 1/2."""
    if not before.isdecimal():
        return ""
    if cluster in _POWERS:
        return "^"
    fraction = unicodedata.decomposition(cluster[0]).startswith("<fraction>")
    return " " if fraction else ""
