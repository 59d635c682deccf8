"""Whether an operator's answer waits for a choice, where the transport does not tell."""

import re

_CHOICE = re.compile(r"(?<![\w.,:])(\d{1,2}|[*#])\s?[.)>:=-]\s?[^\W\d_]")
"""A number with a mark and a word, anywhere: `1. Balance`, `0-Back`."""
_LINE = re.compile(r"^[ \t]*(\d{1,2}|[*#])[ \t]+[^\W\d_]", re.MULTILINE)
"""A number and a word at the beginning of a line."""
_ENOUGH = frozenset({"0", "00", "1", "*", "#"})
"""Choices that make a menu alone; any other number may be that of a date."""
_PROMPTS = ("?", ":", ">")
"""Ends of a text that asks for something."""


def reads_like_menu(text: str) -> bool:
    """Tell whether a text offers choices or asks for something; rather once too often."""
    marked, listed = set(_CHOICE.findall(text)), set(_LINE.findall(text))
    return (
        bool(marked & _ENOUGH)
        or len(marked | listed) > 1
        or text.rstrip().endswith(_PROMPTS)
    )
