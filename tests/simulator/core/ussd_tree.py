"""Menus of an operator, written step by step."""

from .commands import CommandError
from .sim_card import SimCard, UssdAnswer

UNTOLD = "?"
"""The text of a menu that only its choices have been told of."""


def plant(card: SimCard, code: str, path: str, answer: UssdAnswer) -> None:
    """Put an answer behind choices such as `1>3` of a code; without choices it is the code's own.

    Menus on the way that are not there yet begin without a text of their own. What stood there
    keeps its further choices. Raises CommandError for a choice that is empty.
    """
    choices = [choice.strip() for choice in path.split(">")] if path.strip() else []
    if not all(choices):
        raise CommandError(f"the path cannot be {path!r}")
    root = _root(card, code)
    card.ussd[code] = root
    target = root
    for choice in choices:
        target = target.menu.setdefault(choice, UssdAnswer(UNTOLD))
    target.text, target.kind, target.delay = answer.text, answer.kind, answer.delay


def _root(card: SimCard, code: str) -> UssdAnswer:
    """Return what a code is answered with, as the top of a menu."""
    known = card.ussd.get(code)
    if isinstance(known, UssdAnswer):
        return known
    if isinstance(known, str):
        return UssdAnswer(known)
    if known is not None:
        raise CommandError(f"{code} has changing answers already")
    return UssdAnswer(card.balance_template if code == card.balance_code else UNTOLD)
