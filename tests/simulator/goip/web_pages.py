"""Which page answers which request."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..core.http import Request, Response
from .broken_text import write
from .inbox import PAGES
from .web_auth import basic_refusal
from .web_forms import form_page, key_page
from .web_send import send_page
from .web_status import (
    line_status_html,
    line_status_xml,
    send_status_by_basic,
    send_status_by_query,
)

if TYPE_CHECKING:
    from .box import GoipBox

type Page = Callable[[GoipBox, Request], Response]

FOLDERS = ("/default/en_US/", "/default/zh_CN/")


async def answer(box: GoipBox, request: Request) -> Response:
    """Answer one request; a page that does not exist is a 404 (D3)."""
    if request.path == "/":
        return Response(status=302, headers={"Location": f"{FOLDERS[0]}status.html"})
    page = next(
        (request.path.removeprefix(f) for f in FOLDERS if request.path.startswith(f)),
        "",
    )
    if page == "send.html":
        return await send_page(box, request)
    if page == "sms_info.html" or (page == "ussd_info.html" and box.options.ussd_page):
        return await form_page(box, request)
    plain = _plain_pages(box).get(page)
    if plain is None:
        return Response(b"<html><body>404 Not Found</body></html>\n", 404)
    return plain(box, request)


def _plain_pages(box: GoipBox) -> dict[str, Page]:
    """Return the pages that need no waiting and exist in this firmware."""
    pages: dict[str, Page] = {
        "status.html": line_status_html,
        "status.xml": line_status_xml,
        "tools.html": _tools,
        "reboot.html": _reboot,
    }
    shape = box.options.status_page
    if shape in ("id", "both"):
        pages["send_status.xml"] = send_status_by_query
    if shape != "id":
        pages["send_sms_status.xml"] = send_status_by_basic
    return pages


def _reboot(box: GoipBox, request: Request) -> Response:
    """Reboot once the answer to a POST is out; a GET shows the page only."""
    if refusal := basic_refusal(box, request):
        return refusal
    if request.method != "POST":
        return Response(b"<html><body><form method=post></form></body></html>\n")
    box.spawn(box.reboot_soon())
    return Response(b"<html><body>Rebooting...</body></html>\n")


def _tools(box: GoipBox, request: Request) -> Response:
    """Answer tools.html: the send form, the inbox, the outbox."""
    kind = request.query.get("type", "")
    if kind == "sms":
        return key_page(box, request)
    if refusal := basic_refusal(box, request):
        return refusal
    if kind not in PAGES:
        return Response(b"<html><body></body></html>\n")
    line, position = _number(request, "line"), _number(request, "pos")
    if request.query.get("action") == "del":
        box.inbox.delete(kind, line, position)
        line = -1
    script, written = box.inbox.script(kind, request.connection, line)
    page = (
        f'<html><head><script type="text/javascript">\n{script}</script></head>'
        "<body></body></html>\n"
    )
    return Response(write(page, _page_encoding(request)), written=written)


def _page_encoding(request: Request) -> str:
    """Return the encoding: the Chinese pages are gb2312 unless code=utf8 is given."""
    chinese = request.path.startswith(FOLDERS[1])
    return "gb2312" if chinese and request.query.get("code") != "utf8" else "utf-8"


def _number(request: Request, name: str) -> int:
    """Return a number from the query, -1 when it is missing or none."""
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else -1
