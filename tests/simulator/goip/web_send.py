"""send.html: one SMS by GET."""

from typing import TYPE_CHECKING

from ..core.http import Request, Response
from ..core.line import AirMessage, Line
from .box_clock import box_key
from .web_auth import BAD_LOGIN_TEXT, query_login_ok

if TYPE_CHECKING:
    from .box import GoipBox


async def send_page(box: GoipBox, request: Request) -> Response:
    """Answer send.html; the status is 200 for errors too (Q1)."""
    if not query_login_ok(box, request):
        return _reply(box, BAD_LOGIN_TEXT)
    query = request.query
    number, text = query.get("n", ""), query.get("m", "")
    bracket = box.options.bracket if text.startswith("[") else "ok"
    about = {"number": number, "text": text, "interface": "http-get"}
    if bracket == "http":
        box.outgoing.refuse(None, "500", **about)
        return Response(b"Internal Server Error\n", 500)
    line = find_line(box, query.get("l", ""))
    if line is None or not number or not text:
        return _reply(box, "ERROR,parameter error")
    if error := _refusal(line, bracket):
        box.outgoing.refuse(line.number, error, **about)
        return _reply(box, f"ERROR,{error}")
    key = box_key(box)
    if bracket == "slot":
        box.outgoing.refuse(line.number, "500", key=key, **about)
        box.jobs.fail(line, key, "500")
    else:
        await box.jobs.start_sms(line, AirMessage(number, text, "http-get", key))
        box.inbox.take_out(line, number, text)
    return _reply(box, _accepted(box, line.number, number, key))


def _refusal(line: Line, bracket: str) -> str:
    """Return why a text is not taken, empty when it is."""
    if bracket == "body":
        return "500"
    if not line.registered:
        return f"L{line.number} GSM logout"
    return f"L{line.number} busy" if line.busy else ""


def find_line(box: GoipBox, text: str) -> Line | None:
    """Return the line that a field names, None when there is none."""
    return box.lines.get(int(text)) if text.isascii() and text.isdigit() else None


def _accepted(box: GoipBox, line: int, number: str, key: str) -> str:
    """Return the accepting reply in one of its two spellings."""
    if box.options.sending_spelling == "seed":
        return f"Sending, L{line} Send SMS to {number}; ID:{key}"
    return f"Sending,L{line} Send SMS to:{number}; ID:{key}"


def _reply(box: GoipBox, text: str) -> Response:
    """Return a reply, framed by newlines or not."""
    return Response((f"\n{text}\n" if box.options.framed else text).encode())
