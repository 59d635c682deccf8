"""USSD codes as people write them: `*100#`, or with replies to its menus, `*100# > 1 > 3`."""

from collections.abc import Iterable
import re
from typing import Final

MOST_REPLIES: Final = 10
"""More do not fit into the time of one dialogue."""

_CODE = re.compile(r"[0-9*#+]{1,182}", re.ASCII)
"""A USSD string has at most 182 characters (3GPP 23.038 section 5.1.2.3)."""
_REPLY = re.compile(r"[0-9A-Za-z*#+.,-]{1,182}", re.ASCII)


def is_code(text: str) -> bool:
    """Tell whether this can be dialled."""
    return _CODE.fullmatch(text) is not None


def is_reply(text: str) -> bool:
    """Tell whether a menu can be answered with this."""
    return _REPLY.fullmatch(text) is not None


def split_path(text: str) -> list[str]:
    """Return the code and the replies of a path, whatever they are."""
    return ["".join(step.split()) for step in text.split(">")]


def join_path(codes: Iterable[str]) -> str:
    """Return a code and replies as they are shown."""
    return " > ".join(codes)


def is_path(codes: list[str]) -> bool:
    """Tell whether this is a code, perhaps with replies that one dialogue has time for."""
    code, *replies = codes
    return (
        is_code(code) and all(map(is_reply, replies)) and len(replies) <= MOST_REPLIES
    )
