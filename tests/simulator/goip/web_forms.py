"""sms_info.html and ussd_info.html: SMS and USSD by POST, and the page that makes the key."""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from ..core.http import Request, Response
from ..core.line import AirMessage, Line
from .box_clock import box_key
from .options import GoipOptions
from .web_auth import basic_refusal

if TYPE_CHECKING:
    from .box import GoipBox


async def form_page(box: GoipBox, request: Request) -> Response:
    """Answer a posted form; what happened is told by the status page only."""
    if refusal := basic_refusal(box, request):
        return refusal
    form = request.form if request.method == "POST" else {}
    action = form.get("action", "").upper()
    rows = [
        f"<tr><td>Line {line.number} {await _start(box, line, action, form)}</td></tr>"
        for line in chosen_lines(box.options, box.lines.values(), form)
        if action in ("SMS", "USSD") and form.get("telnum")
    ]
    page = "\n".join(["<html><body><table>", *rows, "</table></body></html>", ""])
    return Response(page.encode())


async def _start(box: GoipBox, line: Line, action: str, form: dict[str, str]) -> str:
    """Begin what the form asks for on one line and return the word for the page."""
    key, number = form.get("smskey", ""), form["telnum"]
    text = form.get("smscontent", "")
    if error := _refusal(box, line, action, text):
        if action == "SMS":
            box.outgoing.refuse(
                line.number,
                error,
                number=number,
                text=text,
                key=key,
                interface="http-post",
            )
        if error == "busy":
            box.jobs.posted_while_busy(line, key)
            return "busy"
        box.jobs.fail(line, key, error)
        return "GSM logout" if error == box.not_registered_error else "Sending"
    if action == "USSD":
        await box.jobs.start_ussd(line, number, key, "http-post")
    else:
        await box.jobs.start_sms(line, AirMessage(number, text, "http-post", key))
        box.inbox.take_out(line, number, text)
    return "Sending"


def _refusal(box: GoipBox, line: Line, action: str, text: str) -> str:
    """Return why a line does not begin, empty when it does."""
    if line.busy:
        return "busy"
    if not line.registered:
        return box.not_registered_error
    bracket = action == "SMS" and text.startswith("[") and box.options.bracket != "ok"
    return "500" if bracket else ""


def chosen_lines(
    options: GoipOptions, lines: Iterable[Line], form: dict[str, str]
) -> list[Line]:
    """Return the lines that a form names in this firmware's way."""
    way = options.line_field
    return [
        line
        for line in lines
        if (way in ("line", "both") and form.get("line") == str(line.number))
        or (way in ("lineN", "both") and form.get(f"line{line.number}") == "1")
    ]


def key_page(box: GoipBox, request: Request) -> Response:
    """Answer tools.html?type=sms: the form with the box's proposal for a key."""
    if refusal := basic_refusal(box, request):
        return refusal
    field = box.options.line_field
    lines = "\n".join(
        f'<input type="checkbox" name="line{number}" value="1">Line {number}'
        if field != "line"
        else f'<option value="{number}">Line {number}</option>'
        for number in box.lines
    )
    chooser = lines if field != "line" else f'<select name="line">\n{lines}\n</select>'
    page = (
        '<html><body><form method="post" action="sms_info.html?type=sms">\n'
        f"{chooser}\n"
        f'<input type="hIdden" name="smskey" value="{escape(box_key(box))}">\n'
        '<input type="hIdden" name="action" value="SMS">\n'
        '<input name="telnum"><textarea name="smscontent"></textarea>\n'
        '<input type="submit" name="send" value="Send">\n'
        "</form></body></html>\n"
    )
    return Response(page.encode())
