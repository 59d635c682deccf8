"""What boxes send when all is well, as the simulated ones say it."""

from base64 import b64encode
import csv
from datetime import datetime
import json
from pathlib import Path

from tests.gateways.goip.smsc import DELIVER, RESPONSE, SUBMIT, deliver_body, pdu
from tests.simulator.core.http import Request
from tests.simulator.goip import GoipBox
from tests.simulator.goip.options import firmware
from tests.simulator.goip.slots import Slot, bare_xml, slots_xml
from tests.simulator.goip.web_status import line_status_html, line_status_xml
from tests.simulator.yeastar.blocks import event, follows_body, follows_head, response
from tests.simulator.yeastar.incoming_sms import ContentForm, ReceivedSms
from tests.simulator.yeastar.span_status import SpanView, StatusForm
from tests.simulator.yeastar.ussd_reply import (
    UssdText,
    failed_lines,
    success_lines,
    timeout_lines,
)

_BALANCES = Path(__file__).parents[1] / "balance" / "fixtures" / "answers.csv"
_PARTY = "\N{PARTY POPPER}"


def _status_pages() -> tuple[bytes, ...]:
    """Return the status pages of a GoIP, in both forms."""
    box = GoipBox(firmware("new"))
    login = {"authorization": "Basic " + b64encode(b"admin:admin").decode()}
    kinds = ("list", "gsm", "base")
    asked = [
        Request("GET", f"/?type={kind}", "HTTP/1.1", login, b"", "127.0.0.1")
        for kind in kinds
    ]
    pages = [
        show(box, each)
        for show in (line_status_xml, line_status_html)
        for each in asked
    ]
    return tuple(page.body for page in pages)


def _inbox_page(*rows: str, line: int = 1) -> bytes:
    """Return an inbox page of one line, as its script has it."""
    return (
        f"var sms, pos;\nsms= {json.dumps(rows)};\npos={len(rows)};\n"
        f"sms_row_insert(l{line}_sms_store, sms, pos, {line});\n"
    ).encode()


GOIP_STATUS = _status_pages()
GOIP_SLOTS = (
    slots_xml([Slot("5f0a12c3", "DONE"), Slot()], "id", "gb2312").encode(),
    slots_xml([Slot("80000001", "STARTED"), Slot()], "smskey", "utf-8").encode(),
    slots_xml(
        [Slot("80000001", "DONE", "Balance: 5,00€ &lt;menu&gt;")], "smskey", "utf-8"
    ).encode(),
    bare_xml(Slot("80000001", "ERRORDONE", "GSM_LOGOUT"), "gb2312").encode("gb2312"),
    bare_xml(Slot("", "DONE", "send, but provider not reply."), "gb2312").encode(),
    bare_xml(Slot("7", "DONE", "баланс 57.2 р."), "gb18030").encode("gb18030"),
)
GOIP_INBOX = (
    _inbox_page("07-11 20:31:08,+51987654321,Hola, todo bien", "", ""),
    _inbox_page(f'04-12 12:16:13,SmarTone,a "b"]; {_PARTY}', "04-12 12:16:13,900,"),
    _inbox_page("07-11 20:31:08,+1,x") + _inbox_page("07-11 20:31:08,+1,y", line=2),
    (
        rb"""sms= ["07-11 20:31:08,+1,it\'s \x3cb\x3e \ud83c\udf89"];"""
        b"\npos=1;\nsms_row_insert(l1_sms_store, sms, pos, 1);\n"
    ),
)
GOIP_REPLIES = (
    b"Sending, L1 Send SMS to +491511234567; ID: 5f0a12c3",
    b"Sending,L1 Send SMS to:+491511234567; ID:000021f4",
    b"ERROR,L1 busy",
    b"ERROR,l1_gsm_logout",
    b"ERROR,user or password error",
    b"ERROR,2172",
    b"""<form><input type="checkbox" name="line1" value="1"><textarea name=smscontent>""",
    b"<form><select name = 'line'><option>1</option></select></form>",
)
_LONG_TLVS = b"\x02\x0c\0\x02\0\7\x02\x0e\0\1\2\x02\x0f\0\1\1"
_RECEIPT = (
    b"id:7 sub:1 dlvrd:1 submit date:2611231200 done date:2611231201 "
    b"stat:%b err:%b Text:Hi"
)
SMPP_BODIES = (
    deliver_body(b"Hello @ 5$"),
    deliver_body("Привет ".encode("utf-16-be") + b"\xd8\x3c\xdf\x89", coding=8),
    deliver_body(b"\5\0\3\7\2\1" + "часть".encode("utf-16-be"), coding=8, esm=0x40),
    deliver_body(b"\6\x08\4\0\7\2\1part", esm=0x40),
    deliver_body(b"\6\5\4\x0b\x84\x23\xf0\1\2\3", coding=4, esm=0x40),
    deliver_body(b"\4\1\2\x80\1voicemail", coding=0xC8, esm=0x40),
    deliver_body(b"part", tail=_LONG_TLVS),
    deliver_body(b"", coding=8, tail=b"\x04\x24\0\4\0H\0i"),
    deliver_body(b"flash", coding=0x10, source=b"Operator"),
    deliver_body(_RECEIPT % (b"DELIVRD", b"0"), esm=4),
    deliver_body(_RECEIPT % (b"UNDELIV", b"501"), esm=4),
    deliver_body(b"", esm=4, tail=b"\0\x1e\0\x027\0\x04\x27\0\1\2"),
)
SMPP_RECEIPTS = tuple(
    _RECEIPT % words
    for words in ((b"DELIVRD", b"0"), (b"UNDELIV", b"501"), (b"EXPIRED", b"00A"))
)
SMPP_PAYLOADS = (
    b"\x00Hello @ 5$ \x1be",
    b"\x00\xc3\x9cber",
    b"\x03caf\xe9",
    b"\x06\xb0\xe2",
    b"\x08" + f"Привет {_PARTY}".encode("utf-16-be"),
    b"\x08\xd8\x3c",
    b"\xf5\1\2",
)
SMPP_STREAMS = (
    *(pdu(DELIVER, 0, number, body) for number, body in enumerate(SMPP_BODIES, 1)),
    pdu(RESPONSE | SUBMIT, 0, 1, b"7\0") + pdu(DELIVER, 0, 2, SMPP_BODIES[9]),
    pdu(RESPONSE | SUBMIT, 0x58, 1) + pdu(0x80000000, 3, 2),
    pdu(0x15, 0, 9) + pdu(0x80000015, 0, 3) + pdu(0x0102, 0, 4, b"x") + pdu(6, 0, 5),
)
SMPP_BINDS = (
    pdu(0x80000009, 0, 1, b"goip01\0"),
    pdu(0x80000009, 0, 1, b"goipsms04"),
    pdu(0x80000009, 0x0E, 1),
    pdu(0x80000009, 5, 1, b"goip01\0\x02\x10\0\1\x34"),
)


def _sms(place: int, text: str, total: int = 1, number: str = "") -> bytes:
    """Return the event of one part."""
    received = datetime(2026, 11, 23, 12, 0, 1)  # noqa: DTZ001 # a box's clock has no zone
    sms = ReceivedSms(
        2, "+491511234567", received, place, total, text, "+491710", number
    )
    return sms.as_event(ContentForm(), "one", "GsmSpan", "spans")


_SPAN = SpanView(
    span=2,
    powered=True,
    has_sim=True,
    registered=True,
    manufacturer="SIMCOM",
    model="SIMCOM_SIM840W",
    imei="868204001234567",
    revision="Revision:1137B03SIM840W32",
    network_name="Operator",
    network_status="Registered (Home network)",
    signal="22",
    imsi="262011234567890",
    smsc="+491710760000",
    last_event="SMS received",
    state="READY",
    last_sent_at="AT+CREG?",
    last_received_at="+CREG: 0,1",
)
_FORM = StatusForm()
_SPANS = [
    *_FORM.list_lines([_SPAN]),
    "GSM span 3: Power on, Provisioned, Undetected SIM Card",
]
_FOLLOWS = follows_head("a/1", "after-privilege")
_BANNER = b"Asterisk Call Manager/1.1\r\n"
AMI_EVENTS = (
    _sms(0, "Hello 100% +1"),
    _sms(0, f"Привет {_PARTY}", 2, "E9510086") + _sms(1, "два", 2, "E9510086"),
    event("ReceivedSMS", [("GsmPort", "1"), ("Content", "Ok"), ("Content", "twice")]),
    event("UpdateSMSSend", [("ID", "1234"), ("Smsc", "+22670900505"), ("Status", "1")]),
    event("UpdateSMSSend", [("ID", "(null)"), ("Status", "0")]),
)
AMI_SPANS = tuple(
    "\n".join(lines).encode() for lines in (_SPANS, _FORM.detail_lines(_SPAN))
)
AMI_USSD = tuple(
    "\n".join(lines).encode()
    for lines in (
        success_lines(3, UssdText("Баланс 57.2 р.\n2 меню"), "received", "auto"),
        success_lines(3, UssdText("Balance 5 EUR", "1"), "recive", "15"),
        success_lines(3, UssdText("Balance 5 EUR", "2"), "recive", "72"),
        failed_lines(3),
        timeout_lines(3),
    )
)
AMI_BLOCKS = (
    *(each.removesuffix(b"\r\n\r\n") for each in AMI_EVENTS),
    _FOLLOWS + b"GSM span 2: Power on\n--END COMMAND--",
    b"Response: Success\r\nActionID: a/1\r\nPing: Pong",
)
AMI_STREAMS = (
    *(_BANNER + each for each in AMI_EVENTS),
    _BANNER + _FOLLOWS + follows_body(_SPANS, "own-line"),
    _BANNER + _FOLLOWS + AMI_EVENTS[0] + follows_body(["x"], "glued") + AMI_EVENTS[3],
    _BANNER + response("Error", [("Message", "Permission denied")], "a/1"),
    _BANNER + event("Shutdown", []) + response("Success", [("Ping", "Pong")]),
)
AMI_DIALOGUES = tuple(
    _BANNER + response("Success", [("Message", "Authentication accepted")]) + each
    for each in (
        follows_head(None, "first")
        + follows_body(_SPANS, "own-line")
        + follows_head(None, "first")
        + follows_body(_FORM.detail_lines(_SPAN), "glued"),
        AMI_EVENTS[0] + response("Error", [("Message", "No such command")]),
    )
)
TG_PAGES = (
    b"Response: Success\r\nMessage: Commit successfully!\r\n\r\n",
    b"Request: 1500102\nResponse: Success\nMessage: Balance 5 EUR\n2 lines\n",
    b"Response: Failed\r\nMessage: password secret is wrong\r\n",
)
_HEAD = b"HTTP/1.%d %d OK\r\nContent-Type: text/xml; charset=%b\r\n"
HTTP_ANSWERS = (
    _HEAD % (0, 200, b"utf-8") + b"\r\n<status/>",
    _HEAD % (1, 200, b"gb2312") + b"Content-Length: 5\r\n\r\nhello",
    _HEAD % (1, 401, b"x")
    + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /x\r\n"
        b"Set-Cookie: a=b; Path=/\r\nContent-Encoding: deflate\r\n\r\nx\x9c\3\0\0\0\0\1"
    ),
)


def _balances() -> tuple[bytes, ...]:
    """Return answers of operators."""
    with _BALANCES.open(encoding="utf-8", newline="") as file:
        return tuple(row["text"].encode() for row in csv.DictReader(file))


BALANCES = _balances()
