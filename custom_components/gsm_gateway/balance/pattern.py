"""Reading the balance by a pattern that was learned or written for one SIM.

A pattern is a regular expression as in Python's `re`, without back references
and looking around, compared without regard to case. The group `amount`, else
its first group, else the whole match, holds the number; `currency` and
`valid_until` may be groups too.
"""

from datetime import date
from typing import Final

from .answer import Balance
from .choices import Choice, find_numbers
from .currencies import Locale, Place, read_mark
from .figures import SIGNS, Figure, Figures
from .grammar import Group, Node, PatternError, children, may_hold_digit
from .learning import learn_pattern
from .machine import Machine, Match, compiled
from .scanning import Kind, scan
from .validity import find_validity, read_date

__all__ = [
    "Choice",
    "PatternError",
    "check_pattern",
    "find_numbers",
    "learn_pattern",
    "read_by_pattern",
]

_OTHER_GROUPS: Final = ("currency", "valid_until")


def check_pattern(pattern: str) -> None:
    """Raise `PatternError` unless the pattern can be used.

    What passes reads an answer at most 100 times. The reasons:
    `pattern_invalid` (not a regular expression),
    `pattern_unsupported` (back references, looking around, flags inside),
    `pattern_too_long` (over 500 characters), `pattern_too_slow` (a repeat
    without limit inside a repeat or around a choice, or too many steps),
    `pattern_no_amount` (nothing in the amount's place can be a digit).
    """
    machine = compiled(pattern)
    node = _find_group(machine.tree, _amount_group(machine))
    if node is None or not may_hold_digit(node):
        raise PatternError("pattern_no_amount")


def read_by_pattern(text: str, pattern: str, locale: Locale) -> Balance | None:
    """Return the balance in the place that the pattern tells.

    The group must hold one whole number: a piece of a longer one gives `None`.
    """
    try:
        machine = compiled(pattern)
    except PatternError:
        return None
    figures = Figures(text, locale)
    match = machine.search(figures.text)
    span = match.span(_amount_group(machine)) if match is not None else None
    if match is None or span is None:
        return None
    figure = _only_figure(figures, span)
    if figure is None:
        return None
    value = figure.value
    if any(char in SIGNS for char in figures.text[span[0] : figure.start]):
        value = -abs(value)
    return Balance(
        value or abs(value),
        _currency(figures, figure, match, locale),
        _valid_until(figures, figure, match, locale),
    )


def _amount_group(machine: Machine) -> int:
    """Return the number of the group that holds the amount; 0 is the whole match."""
    if "amount" in machine.names:
        return machine.names["amount"]
    taken = {machine.names.get(name) for name in _OTHER_GROUPS}
    free = (number for number in range(1, machine.groups + 1) if number not in taken)
    return next(free, 0)


def _find_group(node: Node, number: int) -> Node | None:
    if not number or (isinstance(node, Group) and node.number == number):
        return node
    found = (_find_group(child, number) for child in children(node))
    return next((group for group in found if group is not None), None)


def _only_figure(figures: Figures, span: tuple[int, int]) -> Figure | None:
    """Return the number in a part of the answer, `None` if there are several or a piece."""
    start, end = span
    inside = [f for f in figures.all() if f.start < end and start < f.end]
    if len(inside) != 1 or inside[0].start < start or end < inside[0].end:
        return None
    return inside[0]


def _currency(
    figures: Figures, figure: Figure, match: Match, locale: Locale
) -> str | None:
    span = match.span("currency")
    if span is None:
        return figure.currency
    place = Place(before=span[0] < figure.start, glued=span[1] == figure.start)
    for token in scan(figures.text[slice(*span)]):
        if token.kind in (Kind.WORD, Kind.SYMBOL):
            mark = read_mark(token.word, token.written, place, locale, shouting=False)
            return mark.currency if mark is not None else None
    return None


def _valid_until(
    figures: Figures, figure: Figure, match: Match, locale: Locale
) -> date | None:
    span = match.span("valid_until")
    if span is None:
        return find_validity(figures.tokens, figure.last, locale)
    return read_date(scan(figures.text[slice(*span)]), locale)
