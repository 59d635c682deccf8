"""Lists of senders in forms."""

from collections.abc import Iterable
from typing import Final

from homeassistant.helpers.selector import TextSelector, TextSelectorConfig

from .flow_schemas import InvalidInput
from .trust import is_number

LONGEST_NAME: Final = 11
"""What an address of a name has room for (3GPP TS 23.040 section 9.1.2.5)."""

SENDERS = TextSelector(TextSelectorConfig(multiple=True, autocomplete="off"))


def senders_data(written: Iterable[str], *, field: str) -> list[str]:
    """Return numbers and names as the user wrote them, each once.

    Raises `InvalidInput` at `field` for what can be no sender; the form's text
    finds it as `sender`.
    """
    senders: dict[str, str] = {}
    for sender in map(str.strip, written):
        if not sender:
            continue
        if not (is_number(sender) or _is_name(sender)):
            error = InvalidInput(**{field: "invalid_sender"})
            error.placeholders["sender"] = sender
            raise error
        senders.setdefault(sender.casefold(), sender)
    return list(senders.values())


def _is_name(sender: str) -> bool:
    """Tell whether a network could show this as a name; a number with a letter in it is none."""
    return (
        len(sender) <= LONGEST_NAME
        and not sender.startswith("+")
        and any(character.isalpha() for character in sender)
        and sender.isprintable()
    )
