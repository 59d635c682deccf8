"""What a command of the server is about, for the journal, also one that was lost."""

from typing import TYPE_CHECKING

from ..core.connection import About
from ..core.line import Line
from .udp_words import NotUnderstood, number, text, words

if TYPE_CHECKING:
    from .box import GoipBox


def about_command(box: GoipBox, line: Line, data: bytes) -> About:
    """Return text and number of an SMS, or the code of a USSD; never a password."""
    verb, _, rest = data.partition(b" ")
    try:
        if verb == b"MSG":
            return {"text": text(words(rest, 3)[2].removesuffix(b"\n"))}
        if verb == b"SEND":
            sendid, telid, recipient = words(rest, 3)
            found = box.send_groups.text_of(line.number, number(sendid))
            return {
                "number": text(recipient.strip()),
                "text": text(found),
                "key": f"{number(sendid)} {number(telid)}",
            }
        if verb == b"USSD":
            return {"code": text(words(rest, 3)[2])}
    except NotUnderstood:
        pass
    return {}
