"""What a web request is about, for the journal, also of one that was cut."""

from typing import TYPE_CHECKING

from ..core.connection import About
from ..core.http import Request
from .web_forms import chosen_lines
from .web_send import find_line

if TYPE_CHECKING:
    from .box import GoipBox

FORM_PAGES = ("sms_info.html", "ussd_info.html")


def about_request(box: GoipBox, request: Request) -> About:
    """Return line, number, text, key and code as far as a request names them."""
    page = request.path.rpartition("/")[2]
    if page == "send.html":
        query = request.query
        line = find_line(box, query.get("l", ""))
        return _without_gaps(
            line=line.number if line else None,
            number=query.get("n"),
            text=query.get("m"),
        )
    if page not in FORM_PAGES:
        return {}
    form = request.form
    lines = chosen_lines(box.options, box.lines.values(), form)
    is_ussd = form.get("action", "").upper() == "USSD"
    return _without_gaps(
        line=lines[0].number if lines else None,
        lines=[line.number for line in lines] if len(lines) > 1 else None,
        key=form.get("smskey"),
        code=form.get("telnum") if is_ussd else None,
        number=None if is_ussd else form.get("telnum"),
        text=None if is_ussd else form.get("smscontent"),
    )


def _without_gaps(**fields: object) -> About:
    """Return what is known."""
    return {name: value for name, value in fields.items() if value is not None}
