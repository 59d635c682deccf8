"""What leaves towards a GoIP's web pages, byte by byte, and what its slots mean."""

import pytest

from custom_components.gsm_gateway.gateways.model import (
    ChannelBusy,
    ChannelUnavailable,
    InvalidAuth,
    NoReply,
    SendRefused,
    SendState,
    UnexpectedReply,
)

from .bench import NUMBER
from .scripted import NOT_FOUND, page, scripted, slot

ACCEPTED, SENT = SendState.ACCEPTED, SendState.SENT
FAILED, UNKNOWN = SendState.FAILED, SendState.UNKNOWN
KEY = "800004d2"
OLD = slot("57867a25", "DONE")
IDLE = slot("", "")
OK = page("<html><body><table><tr><td>Line 1 Sending</td></tr></table></body></html>")


def head_and_body(request: bytes) -> tuple[list[bytes], bytes]:
    """Return the lines of the head and the body."""
    head, _, body = request.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body


@pytest.mark.parametrize(
    ("form", "line"),
    [
        (b'<input type="checkbox" name="line1" value="1">', b"line1=1"),
        (b"<INPUT NAME=line1 value=1>", b"line1=1"),
        (b"<select name='line'><option>1</select>", b"line=1"),
        (b"<html></html>", b"line=1&line1=1"),
    ],
)
async def test_sms_form_is_posted_as_the_sources_have_it(
    form: bytes, line: bytes
) -> None:
    slots = [OLD, slot(KEY, "STARTED"), slot(KEY, "DONE")]
    async with scripted(
        tools_html=page(form.decode()), send_sms_status_xml=slots, sms_info_html=OK
    ) as (script, gateway, _):
        await gateway.sender.send(1, NUMBER, "a+b c&d=ü", KEY)
        (request,) = script.asked("sms_info.html")
    head, body = head_and_body(request)
    assert head[0] == b"POST /default/en_US/sms_info.html?type=sms HTTP/1.1"
    assert b"Authorization: Basic YWRtaW46YWRtaW4=" in head
    assert b"Connection: close" in head
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert body == (
        line + b"&smskey=800004d2&action=SMS&telnum=%2B491511234567"
        b"&smscontent=a%2Bb+c%26d%3D%C3%BC&send=Send"
    )


async def test_send_page_takes_the_login_in_its_query() -> None:
    answer = page("\nSending,L1 Send SMS to:+491511234567; ID:00000e7c\n")
    slots = [IDLE, slot("00000e7c", "DONE")]
    async with scripted(send_sms_status_xml=slots, send_html=answer) as (
        script,
        gateway,
        listener,
    ):
        await gateway.sender.send(1, NUMBER, "a+b c&d=ü#", KEY)
        (request,) = script.asked("send.html")
    head, body = head_and_body(request)
    assert head[0] == (
        b"GET /default/en_US/send.html?u=admin&p=admin&l=1&n=%2B491511234567"
        b"&m=a%2Bb+c%26d%3D%C3%BC%23 HTTP/1.1"
    )
    assert not any(line.startswith(b"Authorization") for line in head)
    assert body == b""
    assert listener.told == [ACCEPTED, SENT]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("\nERROR,L1 busy\n", ChannelBusy),
        ("ERROR,L1 GSM logout", ChannelUnavailable),
        ("ERROR,L1 GSM_LOGOUT\n", ChannelUnavailable),
        ("\nERROR,user or password error\n", InvalidAuth),
        ("ERROR,500", SendRefused),
        ("ERROR,something else", SendRefused),
        ("ERROR", SendRefused),
        ("<html>what is this</html>", UnexpectedReply),
        ("", UnexpectedReply),
    ],
)
async def test_send_page_says_why_not(answer: str, error: type[Exception]) -> None:
    async with scripted(send_sms_status_xml=IDLE, send_html=page(answer)) as (
        script,
        gateway,
        listener,
    ):
        with pytest.raises(error) as raised:
            await gateway.sender.send(1, NUMBER, "hello", KEY)
        assert type(raised.value) is error
        assert len(script.asked("send.html")) == 1
    assert listener.reports == []


@pytest.mark.parametrize(
    ("looks", "states"),
    [
        ([slot(KEY, "STARTED"), slot(KEY, "DONE")], [ACCEPTED, SENT]),
        ([OLD, OLD, slot(KEY, "STARTED"), slot(KEY, "DONE")], [ACCEPTED, SENT]),
        ([slot(KEY, "DONE")], [SENT]),
        ([slot(KEY, "STARTED"), slot("", "DONE")], [ACCEPTED, SENT]),
        ([slot(KEY, "STARTED", "50"), slot(KEY, "DONE")], [ACCEPTED, SENT]),
        ([slot(KEY, "STARTED"), slot("other", "DONE")], [ACCEPTED, UNKNOWN]),
        (
            [slot(KEY, "STARTED"), slot("other", "STARTED"), slot("", "DONE")],
            [ACCEPTED, UNKNOWN],
        ),
        ([slot("other", "STARTED")], [UNKNOWN]),
        ([slot(KEY, "STARTED"), slot(KEY, "DONE", "GSM_LOGOUT")], [ACCEPTED, FAILED]),
        ([slot(KEY, "ERRORDONE")], [FAILED]),
        ([slot(KEY, "STARTED"), slot("", "DONE", "38")], [ACCEPTED, FAILED]),
        (
            [slot(KEY, "STARTED"), slot(KEY, "DONE", "Send, but provider not reply")],
            [ACCEPTED, UNKNOWN],
        ),
        ([None, slot(KEY, "STARTED"), slot(KEY, "DONE")], [ACCEPTED, SENT]),
        ([page("", "500 Oops"), slot(KEY, "DONE")], [SENT]),
        ([NOT_FOUND, page("", "401 No"), slot(KEY, "DONE")], [SENT]),
    ],
)
async def test_slot_is_read_by_the_rules(
    looks: list[bytes | None], states: list[SendState]
) -> None:
    async with scripted(send_sms_status_xml=[OLD, *looks], sms_info_html=OK) as (
        _,
        gateway,
        listener,
    ):
        await gateway.sender.send(1, NUMBER, "hello", KEY)
    assert listener.told == states


async def test_blank_key_that_stood_there_before_is_no_success() -> None:
    blank = slot("", "DONE")
    async with scripted(send_sms_status_xml=blank, sms_info_html=OK) as (
        _,
        gateway,
        listener,
    ):
        await gateway.sender.send(1, NUMBER, "hello", KEY)
    assert listener.told == [UNKNOWN]


async def test_key_that_the_box_repeats_is_no_success() -> None:
    """A box without a clock counts its keys from the start again (D1)."""
    answer = page("Sending,L1 Send SMS to:+491511234567; ID:00000e7c")
    stale = slot("00000e7c", "DONE")
    slots = [stale, stale, slot("00000e7c", "STARTED"), slot("00000e7c", "DONE", "50")]
    async with scripted(send_sms_status_xml=slots, send_html=answer) as (
        _,
        gateway,
        listener,
    ):
        await gateway.sender.send(1, NUMBER, "hello", KEY)
    assert listener.told == [ACCEPTED, FAILED]


@pytest.mark.parametrize(
    ("status", "error"),
    [("401 Unauthorized", InvalidAuth), ("500 Internal Server Error", SendRefused)],
)
async def test_form_that_is_refused_by_status(
    status: str, error: type[Exception]
) -> None:
    refused = page("no", status)
    async with scripted(send_sms_status_xml=IDLE, sms_info_html=refused) as (
        script,
        gateway,
        _,
    ):
        with pytest.raises(error):
            await gateway.sender.send(1, NUMBER, "hello", KEY)
        assert len(script.asked("sms_info.html")) == 1
        assert script.asked("send.html") == []


async def test_form_that_answers_with_a_redirect_was_taken() -> None:
    """Nothing is sent again, neither to the other address nor by another page."""
    redirect = page("", "302 Found\r\nLocation: /default/en_US/tools.html")
    slots = [IDLE, slot(KEY, "STARTED"), slot(KEY, "DONE")]
    async with scripted(send_sms_status_xml=slots, sms_info_html=redirect) as (
        script,
        gateway,
        listener,
    ):
        await gateway.sender.send(1, NUMBER, "hello", KEY)
        assert script.asked("send.html") == []
    assert listener.told == [ACCEPTED, SENT]


async def test_box_without_any_page_that_sends_refuses() -> None:
    async with scripted(send_sms_status_xml=IDLE) as (script, gateway, _):
        with pytest.raises(SendRefused):
            await gateway.sender.send(1, NUMBER, "hello", KEY)
        assert len(script.asked("sms_info.html")) == len(script.asked("send.html")) == 1


@pytest.mark.parametrize("answers", ["send_html", "sms_info_html"])
async def test_server_that_reads_and_closes_sees_one_request(answers: str) -> None:
    async with scripted(send_sms_status_xml=IDLE, **{answers: None}) as (
        script,
        gateway,
        _,
    ):
        with pytest.raises(NoReply):
            await gateway.sender.send(1, NUMBER, "hello", KEY)
        name = answers.replace("_html", ".html")
        assert len(script.asked(name)) == 1


async def test_ussd_form_is_posted_as_the_sources_have_it() -> None:
    async with scripted(send_sms_status_xml=IDLE, ussd_info_html=None) as (
        script,
        gateway,
        _,
    ):
        with pytest.raises(NoReply):
            await gateway.ussd.run_ussd(1, "*100#")
        (request,) = script.asked("ussd_info.html")
    head, body = head_and_body(request)
    assert head[0] == b"POST /default/en_US/ussd_info.html?type=ussd HTTP/1.1"
    assert body.startswith(b"line1=1&smskey=")
    assert int(body[15:23], 16) >= 0x80000000
    assert body[23:] == b"&action=USSD&telnum=%2A100%23&send=Send"


@pytest.mark.parametrize("page_name", ["ussd_info_html", "sms_info_html"])
async def test_ussd_form_that_was_read_and_not_answered_is_posted_once(
    page_name: str,
) -> None:
    async with scripted(send_sms_status_xml=IDLE, **{page_name: None}) as (
        script,
        gateway,
        _,
    ):
        with pytest.raises(NoReply):
            await gateway.ussd.run_ussd(1, "*100#")
        assert len(script.asked(page_name.replace("_html", ".html"))) == 1


async def test_status_page_of_the_seed_takes_the_login_in_its_query() -> None:
    seed = page(
        '<?xml version="1.0" encoding="utf-8"?>\n<send-sms-status>\n'
        "<id1>57867a25</id1><status1>STARTED</status1><error1></error1>\n"
        "</send-sms-status>"
    )
    async with scripted(send_status_xml=seed, sms_info_html=OK) as (script, gateway, _):
        with pytest.raises(ChannelBusy):
            await gateway.sender.send(1, NUMBER, "hello", KEY)
        (request,) = script.asked("send_status.xml")
        assert script.asked("sms_info.html") == []
    head, _ = head_and_body(request)
    assert head[0] == b"GET /default/en_US/send_status.xml?u=admin&p=admin HTTP/1.1"


async def test_oldest_status_page_is_told_the_line() -> None:
    bare = page(
        '<?xml version="1.0" encoding="gb2312"?><send-sms-status>'
        "<smskey>57867a25</smskey><status>STARTED</status><error/></send-sms-status>"
    )
    async with scripted(send_sms_status_xml=bare) as (script, gateway, _):
        with pytest.raises(ChannelBusy):
            await gateway.sender.send(3, NUMBER, "hello", KEY)
        (request,) = script.asked("send_sms_status.xml")
    head, body = head_and_body(request)
    assert head[0] == b"POST /default/en_US/send_sms_status.xml?line=3 HTTP/1.1"
    assert body == b"line=3"


async def test_status_page_with_entities_of_its_own_expands_none() -> None:
    bomb = page(
        '<!DOCTYPE x [<!ENTITY a "STARTED">]><send-sms-status>'
        "<smskey1>k</smskey1><status1>&a;</status1><error1></error1></send-sms-status>"
    )
    done = [bomb, slot(KEY, "DONE")]
    async with scripted(send_sms_status_xml=done, sms_info_html=OK) as (
        _,
        gateway,
        listener,
    ):
        await gateway.sender.send(1, NUMBER, "hello", KEY)
    assert listener.told == [SENT]


async def test_nothing_but_404_is_no_goip() -> None:
    async with scripted(tools_html=NOT_FOUND) as (_, gateway, _):
        with pytest.raises(UnexpectedReply):
            await gateway.status.read_status()
