"""The text lines of a USSD answer on AMI (section 2.4)."""

from dataclasses import dataclass
from typing import Literal

from ..core import gsm0338

UssdSpelling = Literal["received", "recive"]
UssdCoding = Literal["auto", "15", "0", "72"]
UssdState = Literal["0", "1", "2"]

HEX_CODE = "72"
PLAIN_CODE = "15"


@dataclass(frozen=True)
class UssdText:
    """A network's answer: its text and the GSM session state.

    0: finished, 1: an answer is expected, 2: ended by the network.
    """

    text: str
    state: UssdState = "0"


def success_lines(
    span: int, answer: UssdText, spelling: UssdSpelling, coding: UssdCoding
) -> list[str]:
    """Format a good answer; the message line may itself hold line feeds (Q11, Q12)."""
    code, message = encode_message(answer.text, coding)
    first = (
        f"1:Received USSD success on span: {span}"
        if spelling == "received"
        else f"1:Recive USSD sucess on span {span}"
    )
    return [
        first,
        f"\tUSSD Responses: {answer.state}",
        f"\tUSSD Code: {code}",
        f"\tUSSD Len: {len(message)}",
        f"\tUSSD Message: {message}",
    ]


def failed_lines(span: int) -> list[str]:
    """Format the answer to a USSD that the network or the module refused."""
    return [f"0:Send USSD failed on span {span}"]


def timeout_lines(span: int) -> list[str]:
    """Format the answer to a USSD that nobody answered in time."""
    return [f"0:Send USSD timeout on span {span}"]


def encode_message(text: str, coding: UssdCoding) -> tuple[str, str]:
    """Return (data coding, printed message): plain for 15 and 0, hex UCS-2 big-endian for 72.

    ``auto`` sends what the GSM alphabet holds plain; what it does not hold is always hex.
    """
    if coding == HEX_CODE or not gsm0338.fits(text):
        return HEX_CODE, text.encode("utf-16-be", "replace").hex().upper()
    return (PLAIN_CODE if coding == "auto" else coding), text
