"""The status pages of the last sends and of the lines."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..core.http import Request, Response
from ..core.line import Line
from .box_clock import box_time
from .broken_text import write
from .line_facts import imei
from .slots import Slot, bare_xml, slots_xml
from .web_auth import BAD_LOGIN_TEXT, basic_refusal, query_login_ok
from .web_send import find_line

if TYPE_CHECKING:
    from .box import GoipBox


def send_status_by_query(box: GoipBox, request: Request) -> Response:
    """Answer send_status.xml: login in the query, elements named id."""
    if not query_login_ok(box, request):
        return Response(f"\n{BAD_LOGIN_TEXT}\n".encode())
    text = slots_xml(all_slots(box), "id", box.options.xml_encoding)
    return _xml(box, request, text, box.lines)


def send_status_by_basic(box: GoipBox, request: Request) -> Response:
    """Answer send_sms_status.xml: Basic login, elements named smskey, numbered or not."""
    if refusal := basic_refusal(box, request):
        return refusal
    options = box.options
    if options.status_page != "bare":
        text = slots_xml(all_slots(box), "smskey", options.xml_encoding)
        return _xml(box, request, text, box.lines)
    asked = request.form.get("line") or request.query.get("line", "1")
    line = find_line(box, asked)
    slot = box.jobs.slots[line.number] if line else Slot()
    shown = [line.number] if line else []
    return _xml(box, request, bare_xml(slot, options.xml_encoding), shown)


def all_slots(box: GoipBox) -> list[Slot]:
    """Return the slots of all lines and the unused ones behind them (Q8)."""
    slots = list(box.jobs.slots.values())
    return slots + [Slot()] * (box.options.slots - len(slots))


def _xml(box: GoipBox, request: Request, text: str, lines: Iterable[int]) -> Response:
    """Return XML in the declared encoding, or in UTF-8 whatever was declared.

    The ends that it shows are journalled as told once all of it has gone out.
    """
    options, jobs = box.options, box.jobs
    encoding = options.xml_encoding if options.xml_truthful else "utf-8"
    ended = jobs.unread(lines)
    return Response(
        write(text, encoding),
        content_type="text/xml",
        written=lambda: jobs.read(ended, request.connection),
    )


def line_status_xml(box: GoipBox, request: Request) -> Response:
    """Answer status.xml."""
    if refusal := basic_refusal(box, request):
        return refusal
    encoding = box.options.status_encoding
    rows = "".join(
        f"<{name}>{_escape(_coloured(box, name, value))}</{name}>"
        for name, value in _values(box, request.query.get("type", "list")).items()
    )
    text = f'<?xml version="1.0" encoding="{encoding}"?><status>\n{rows}</status>\n'
    return Response(write(text, encoding), content_type="text/xml")


def line_status_html(box: GoipBox, request: Request) -> Response:
    """Answer status.html; with `down` it switches a radio module."""
    if refusal := basic_refusal(box, request):
        return refusal
    query = request.query
    line = find_line(box, query.get("line", ""))
    if line is not None and query.get("down") in ("0", "1"):
        box.switch_module(line, query["down"] == "0", by="http")
    space = "&nbsp;" if box.options.nbsp else ""
    cells = "\n".join(
        f'<tr><td id="{name}">{space}{_coloured(box, name, value)}{space}</td></tr>'
        for name, value in _values(box, query.get("type", "list"), traps=True).items()
    )
    encoding = box.options.status_encoding
    page = f"<html><body><table>\n{cells}\n</table></body></html>\n"
    return Response(
        write(page, encoding), content_type=f"text/html; charset={encoding}"
    )


def _escape(value: str) -> str:
    """Escape as the box does: `>` stays."""
    return value.replace("&", "&amp;").replace("<", "&lt;")


def _values(box: GoipBox, kind: str, traps: bool = False) -> dict[str, str]:
    """Return the elements of one kind of status page."""
    if kind == "base":
        return _base_values(box)
    values: dict[str, str] = {}
    for line in box.lines.values():
        shown = _gsm_values(line) if kind == "gsm" else _list_values(box, line)
        if traps and kind != "gsm":
            shown = {"module_status_gsm": "N", **shown}
        values |= {f"l{line.number}_{name}": value for name, value in shown.items()}
    return values


def _list_values(box: GoipBox, line: Line) -> dict[str, str]:
    """Return what the list page tells of one line."""
    client = box.udp.clients.get(line.number)
    return {
        "module_status": "Y" if line.module_on else "N",
        "gsm_sim": "Y" if line.module_on and line.sim else "N",
        "gsm_status": "Y" if line.registered else "N",
        "status_line": "N",
        "line_state": box.calls.state(line).partition(":")[0],
        "sms_login": "Y" if client and client.logged_in else "N",
        "smb_login": "N",
        "gsm_signal": str(line.shown_signal),
        "gsm_cur_oper": line.operator,
        "gsm_cur_bst": "",
        "lac": "7E5" if line.registered else "",
        "sim_remain": "NO LIMIT",
        "nocall_t": "0",
        "acd": "0",
        "asr": "0",
        "callt": "0",
        "callc": "0/0",
        "rct": "",
        "sms_count": "NO LIMIT",
        "call_count": "NO LIMIT",
        "volte": "N",
    }


def _gsm_values(line: Line) -> dict[str, str]:
    """Return what the gsm page tells of one line."""
    card = line.sim if line.module_on else None
    return {
        "gsm_number": card.number if card else "",
        "gsm_imei": imei(line),
        "sim_imsi": card.imsi if card else "",
        "sim_iccid": card.iccid if card else "",
        "gsm_module": "M35",
        "gsm_module_ver": "M35FAR02A06",
    }


def _base_values(box: GoipBox) -> dict[str, str]:
    """Return what the base page tells of the box; `ech0_ip` is spelt so on real boxes."""
    options = box.options
    return {
        "sn": options.serial,
        "version": options.version,
        "model": f"GoIP-{len(box.lines)}",
        "time": f"{box_time(box):%Y-%m-%d %H:%M:%S}",
        "ech0_ip": options.host,
        "eth0_hwaddr": options.mac,
        "eth1_ip": "192.168.8.1",
        "ppp0_ip": "",
        "default_route": options.host,
        "dns": options.host,
    }


def _coloured(box: GoipBox, name: str, value: str) -> str:
    """Wrap a bad value in a red font tag (Q12)."""
    field = name.partition("_")[2]
    weak = field == "gsm_signal" and (int(value) < 10 or value == "99")
    bad = field in ("module_status", "gsm_sim", "gsm_status") and value == "N"
    if box.options.red_font and (weak or bad):
        return f'<font color="#FF0000">{value}</font>'
    return value
