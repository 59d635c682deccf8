"""Texts of a run: each names its message in every part of it."""

from random import Random

_GSM = "the quick brown fox jumps over the lazy dog"
_CYRILLIC = "съешь ещё этих мягких французских булок да выпей чаю"
_LONGEST = {False: 400, True: 180}
"""Characters of the longest texts, without and with letters outside GSM 03.38."""


def text_of(tag: str, random: Random, share_long: float = 0.3) -> str:
    """Return a text of one or several parts, in GSM letters or others."""
    unicode = random.random() < 0.4
    words = (_CYRILLIC if unicode else _GSM).split()
    room = _LONGEST[unicode] if random.random() < share_long else 50
    out = f"{tag} {random.choice(words)}"
    while len(out) < room - 30:
        out += f" {random.choice(words)} {tag}.{len(out)}"
    return out


def number_of(serial: int) -> str:
    """Return a number that no other message goes to or comes from."""
    return f"+4917{serial:08d}"


def sender_of(serial: int) -> str:
    """Return a number of the world that writes to us."""
    return f"+4815{serial:08d}"
