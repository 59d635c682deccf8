"""Whose messages count, and whose texts are nobody else's business."""

from collections.abc import Collection
import re

from .messaging.countries import Country
from .messaging.messages import BadNumber
from .messaging.numbers import dialable, same

_NUMBER_ON_AIR = re.compile(r"\+?[0-9*#]+", re.ASCII)
"""How a network writes a number; with a blank or a dash in it, it is a name that looks like one."""


def trusted(
    sender: str,
    country: Country | None,
    sim_list: Collection[str],
    box_list: Collection[str],
) -> bool:
    """Tell whether a sender is on the list that counts: the SIM's, else the box's, else all are.

    `country` is the one of the SIM that received the message.
    """
    senders = sim_list or box_list
    return not senders or is_among(sender, senders, country)


def is_private(
    sender: str, country: Country | None, private_list: Collection[str]
) -> bool:
    """Tell whether a sender's texts are shown only to who asks for them by name."""
    return is_among(sender, private_list, country)


def is_among(sender: str, listed: Collection[str], country: Country | None) -> bool:
    """Tell whether a list of numbers and names has a sender.

    Forms of one number are one, whole numbers only; names are compared whole,
    in capital or small letters. A name is never a number.
    """
    sender = sender.strip()
    if _NUMBER_ON_AIR.fullmatch(sender):
        return any(
            same(writing, sender, country) for writing in listed if is_number(writing)
        )
    folded = sender.casefold()
    return any(
        writing.strip().casefold() == folded
        for writing in listed
        if not is_number(writing)
    )


def is_number(writing: str) -> bool:
    """Tell whether what a user wrote is a phone number; blanks and dashes do not matter."""
    try:
        dialable(writing)
    except BadNumber:
        return False
    return True
