"""Words of the commands that the server sends, and the way back to it."""

from collections.abc import Callable
import re
from typing import Protocol

from ..core.connection import About

_NUMBER = re.compile(rb"-?[0-9]{1,10}\Z")


class Reply(Protocol):
    """Sends a datagram to the server."""

    def __call__(
        self,
        data: bytes,
        about: About | None = None,
        on_wire: Callable[[], None] | None = None,
        /,
    ) -> None:
        """Send; `on_wire` is called for each copy that is really put on the wire."""


class NotUnderstood(ValueError):
    """A command that lacks something; the box does not answer it."""


def number(word: bytes) -> int:
    """Return a whole number; raise NotUnderstood."""
    if not _NUMBER.match(word):
        raise NotUnderstood
    return int(word)


def words(rest: bytes, count: int) -> list[bytes]:
    """Return `count` words, the last one with everything behind it; raise NotUnderstood."""
    found = rest.split(b" ", count - 1)
    if len(found) < count:
        raise NotUnderstood
    return found


def text(octets: bytes) -> str:
    """Return text, whatever the octets are."""
    return octets.decode("utf-8", "replace")
