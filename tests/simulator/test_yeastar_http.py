"""The HTTP pages of a simulated TG, asked with raw requests."""

from typing import Any

import pytest

from .core.clock import Clock, ManualClock
from .core.sim_card import UssdAnswer
from .raw_ami import FAST, box_and_login, http_get
from .yeastar import YeastarBox, YeastarOptions

ACCOUNT = "account=apiuser&password=apipass"
SMS = (
    f"/cgi/WebCGI?1500101={ACCOUNT}"
    "&port=1&destination=89991234567&content=test%20%D0%B4%D0%B0"
)
USSD = f"/cgi/WebCGI?1500102={ACCOUNT}&port=1&content=%2A100%23"

YES_OR_NO = UssdAnswer("Confirm: 1 yes", menu={"1": UssdAnswer("Done")})


def body(answer: bytes) -> str:
    """Return what follows the header lines."""
    head, _, text = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200 OK\r\n"), answer
    return text.decode()


def make_box(options: YeastarOptions | None = None) -> YeastarBox:
    """Return a box with fast time."""
    return YeastarBox(options, clock=Clock(FAST))


async def test_sms_is_queued() -> None:
    async with make_box() as box:
        answer = await http_get(box.http_port, SMS)
        assert body(answer) == (
            "Response: Success\r\nMessage: Commit successfully!\r\n"
        )
        sent = await box.journal.wait_for_kind("sms_on_air")
    assert (sent.line, sent["number"], sent["text"], sent["interface"]) == (
        1,
        "89991234567",
        "test да",
        "http",
    )


async def test_http_port_is_the_port_and_not_the_span() -> None:
    async with box_and_login() as (box, client):
        await http_get(box.http_port, SMS.replace("port=1", "port=2"))
        await client.ask('gsm send sms 2 +7999 "by span"')
        first = await box.journal.wait_for_kind("sms_on_air", interface="http")
        second = await box.journal.wait_for_kind("sms_on_air", interface="ami")
    assert (first.line, second.line) == (2, 1)


async def test_sms_by_http_has_no_result_event() -> None:
    async with box_and_login() as (box, client):
        await http_get(box.http_port, SMS)
        await box.journal.wait_for_kind("sms_on_air")
        await client.command('gsm send sms 3 +7999 "own" 4')
        await client.block()
        assert b"\r\nID: 4\r\n" in await client.block()


async def test_ussd_answers_with_the_text() -> None:
    async with make_box() as box:
        assert body(await http_get(box.http_port, USSD)) == (
            "Request: 1,*100#\r\nResponse: Success\r\nMessage: Баланс: 57.2 р.\r\n"
        )


async def test_ussd_blocks_until_the_answer() -> None:
    clock = ManualClock()
    async with YeastarBox(clock=clock) as box:
        await box.ussd_late(1, 20.0)
        request = box.spawn(http_get(box.http_port, USSD))
        await box.journal.wait_for_kind("ussd_dialled")
        await clock.advance(21.9)
        assert not request.done()
        await clock.advance(0.1)
        assert "Response: Success" in body(await request)


async def test_ussd_by_http_does_not_hold_up_ami() -> None:
    clock = ManualClock()
    async with YeastarBox(clock=clock) as box:
        request = box.spawn(http_get(box.http_port, USSD))
        await box.journal.wait_for_kind("ussd_dialled")
        other = await http_get(box.http_port, SMS.replace("port=1", "port=2"))
        assert "Commit successfully!" in body(other)
        await clock.advance(2.0)
        await request


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            YeastarOptions(),
            "Request: 1,*100#\r\nResponse: Failed\r\nMessage: USSD timeout\r\n",
        ),
        (
            YeastarOptions(http_failed_request_line=False),
            "Response: Failed\r\nMessage: USSD timeout\r\n",
        ),
        (
            YeastarOptions(http_failure="free-text"),
            "Request: 1,*100#\r\nUSSD timeout!\r\n",
        ),
    ],
)
async def test_ussd_without_an_answer(options: YeastarOptions, text: str) -> None:
    async with make_box(options) as box:
        await box.ussd_silence(1)
        assert body(await http_get(box.http_port, USSD)) == text


async def test_ussd_that_fails() -> None:
    async with make_box() as box:
        await box.ussd_error(1, "no")
        answer = body(await http_get(box.http_port, USSD))
        assert answer.endswith("Response: Failed\r\nMessage: USSD failed\r\n")


async def test_menu_goes_on_with_another_request() -> None:
    async with make_box() as box:
        assert box.lines[1].sim is not None
        box.lines[1].sim.ussd["*100#"] = YES_OR_NO
        assert "Message: Confirm" in body(await http_get(box.http_port, USSD))
        choice = USSD.replace("%2A100%23", "1")
        assert body(await http_get(box.http_port, choice)) == (
            "Request: 1,1\r\nResponse: Success\r\nMessage: Done\r\n"
        )


@pytest.mark.parametrize("end", ["crlf", "lf"])
async def test_line_ends(end: Any) -> None:
    async with make_box(YeastarOptions(http_lines=end)) as box:
        text = "Response: Success\nMessage: Commit successfully!\n"
        wanted = text.replace("\n", "\r\n") if end == "crlf" else text
        assert body(await http_get(box.http_port, SMS)) == wanted


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("undeclared", b"\r\nContent-Type: text/html\r\n"),
        ("declared", b"\r\nContent-Type: text/html; charset=utf-8\r\n"),
    ],
)
async def test_charset(rule: Any, line: bytes) -> None:
    async with make_box(YeastarOptions(http_charset=rule)) as box:
        assert line in await http_get(box.http_port, USSD)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("response-line", "Response: Failed\r\nMessage: Authentication failed\r\n"),
        ("free-text", "Authentication failed!\r\n"),
    ],
)
async def test_wrong_password(form: Any, text: str) -> None:
    async with make_box(YeastarOptions(http_failure=form)) as box:
        target = SMS.replace("apipass", "wrong")
        assert body(await http_get(box.http_port, target)) == text
        (entry,) = box.journal.entries("login_refused", port="http")
        assert entry["reason"] == "wrong account"
        assert not box.ports[1].jobs.qsize()


@pytest.mark.parametrize(
    "target",
    [
        SMS.replace("port=1", "port=9"),
        SMS.replace("port=1", "port=0"),
        SMS.replace("&port=1", ""),
        SMS.replace("destination=89991234567", "destination="),
        USSD.replace("port=1", "port=3"),
        USSD.replace("%2A100%23", ""),
        # a query builder that encoded the second equals sign, or the names
        SMS.replace("1500101=account=", "1500101=account%3D"),
        SMS.replace("account=apiuser&", "account=apiuser%26"),
    ],
)
async def test_requests_that_are_not_taken(target: str) -> None:
    async with make_box() as box:
        answer = body(await http_get(box.http_port, target))
        assert "Success" not in answer
        assert answer.startswith("Response: Failed\r\n")
        assert not box.journal.entries("ussd_dialled")
        assert all(not port.jobs.qsize() for port in box.ports.values())


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/cgi/WebCGI",
        "/cgi/WebCGI?1500103=account=apiuser",
        "/cgi/WebCGI?1500101",
        SMS.replace("1500101=account", "1500101%3Daccount"),
        SMS.replace("/cgi/WebCGI", "/cgi/webcgi"),
    ],
)
async def test_anything_else_is_not_found(target: str) -> None:
    async with make_box() as box:
        answer = await http_get(box.http_port, target)
        assert answer.startswith(b"HTTP/1.0 404 Not Found\r\n")


async def test_api_switched_off_has_no_pages() -> None:
    async with make_box(YeastarOptions(api_enabled=False)) as box:
        answer = await http_get(box.http_port, SMS)
        assert answer.startswith(b"HTTP/1.0 404 Not Found\r\n")


@pytest.mark.parametrize(
    ("form", "status"), [("403", b"403 Forbidden"), ("failure", b"200 OK")]
)
async def test_forbidden_address(form: Any, status: bytes) -> None:
    options = YeastarOptions(allowed_addresses="10.1.2.3", forbidden_http=form)
    async with make_box(options) as box:
        answer = await http_get(box.http_port, SMS)
        assert answer.startswith(b"HTTP/1.0 " + status + b"\r\n")
        assert b"Success" not in answer
        assert box.journal.entries("login_refused", reason="address")


async def test_request_may_be_done_and_never_answered() -> None:
    async with make_box() as box:
        await box.http_lose_reply()
        assert await http_get(box.http_port, SMS) == b""
        await box.journal.wait_for_kind("sms_on_air")
