"""A GoIP's status pages, what it is, and whether it is there."""

import asyncio
from typing import override

import aiohttp
import pytest

from custom_components.gsm_gateway.gateways import goip
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import GoipSettings
from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelStatus,
    InvalidAuth,
    LineState,
    UnexpectedReply,
)
from tests.simulator.core.clock import Clock as SimulatedClock
from tests.simulator.core.http import Request, Response
from tests.simulator.goip import GoipBox
from tests.simulator.goip.options import firmware

from .bench import ALL_FIRMWARES, SCALE, bench, settings_for
from .scripted import page, scripted


class BoxWithHtmlOnly(GoipBox):
    """A firmware without status.xml."""

    @override
    async def _answer(self, request: Request) -> Response:
        if "status.xml" in request.path and "send" not in request.path:
            return Response(b"404", 404)
        return await super()._answer(request)


@pytest.mark.parametrize("nbsp", [True, False])
@pytest.mark.parametrize("red_font", [True, False])
@pytest.mark.parametrize("html_only", [True, False])
@pytest.mark.parametrize("kind", ALL_FIRMWARES)
async def test_status_is_read_without_its_colours(
    kind: str, html_only: bool, red_font: bool, nbsp: bool
) -> None:
    factory = BoxWithHtmlOnly if html_only else GoipBox
    options = firmware(kind, red_font=red_font, nbsp=nbsp)
    box = factory(options, clock=SimulatedClock(SCALE))
    async with bench(box=box, connected=False) as b:
        await b.box.signal(1, 9)
        await b.box.network(2, state=False)
        await b.box.module(3, state=False)
        status = await b.gateway.status.read_status()
    assert (status.model, status.serial, status.mac) == (
        "GoIP-4",
        "GOIPSIM0001",
        "0030f1000001",
    )
    assert status.firmware == b.box.options.version
    assert status.channel(1) == ChannelStatus(
        channel=1,
        sim_present=True,
        registered=True,
        module_on=True,
        signal_csq=9,
        operator="Beeline",
        imsi="250990000000001",
        iccid="8970100000000000001",
        imei="861111111110001",
        number="+79990000001",
        line_state=LineState.IDLE,
    )
    second, third, fourth = (status.channel(n) for n in (2, 3, 4))
    assert second is not None
    assert (second.registered, second.signal_csq, second.operator) == (
        False,
        None,
        None,
    )
    assert third is not None
    assert (third.module_on, third.sim_present) == (False, False)
    assert fourth is not None
    assert (fourth.sim_present, fourth.module_on) == (False, True)
    assert status.channel(5) is None


@pytest.mark.parametrize(
    ("shown", "csq"),
    [
        ("0", 0),
        ("31", 31),
        ("99", None),
        ("32", None),
        ("-1", None),
        ("", None),
        ("²", None),
        ("&lt;font color=&quot;#FF0000&quot;>9&lt;/font>", 9),
        ("&nbsp;7&nbsp;", 7),
    ],
)
async def test_signal(shown: str, csq: int | None) -> None:
    status = (
        '<?xml version="1.0" encoding="gb2312"?><status><l1_gsm_sim>Y</l1_gsm_sim>'
        f"<l1_gsm_signal>{shown}</l1_gsm_signal></status>"
    )
    async with scripted(status_xml=page(status)) as (_, gateway, _):
        read = await gateway.status.read_status()
    assert [channel.signal_csq for channel in read.channels] == [csq]


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        ("IDLE", LineState.IDLE),
        ("&nbsp;Incoming:+49151&nbsp;", LineState.INCOMING),
        ("SOMETHING", LineState.BUSY),
        ("", None),
    ],
)
async def test_line_state(shown: str, state: LineState | None) -> None:
    status = (
        "<status><l1_gsm_sim>Y</l1_gsm_sim>"
        f"<l1_line_state>{shown}</l1_line_state></status>"
    )
    async with scripted(status_xml=page(status)) as (_, gateway, _):
        read = await gateway.status.read_status()
    assert [channel.line_state for channel in read.channels] == [state]


async def test_chinese_operator_on_a_page_that_tells_its_charset_in_the_header() -> (
    None
):
    html = '<td id="l1_gsm_sim">Y</td><td id="l1_gsm_cur_oper">中国移动</td>'
    answer = b"HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=gb2312\r\n\r\n"
    async with scripted(status_html=answer + html.encode("gb2312")) as (_, gateway, _):
        read = await gateway.status.read_status()
    assert read.channels[0].operator == "中国移动"


async def test_whole_names_are_matched() -> None:
    html = (
        '<td id="l1_module_status_gsm">N</td><td id="l1_module_status">Y</td>'
        '<td id="l11_gsm_sim">N</td><td id="l1_gsm_sim">Y</td>'
    )
    async with scripted(status_html=page(html)) as (_, gateway, _):
        (channel,) = (await gateway.status.read_status()).channels
    assert (channel.module_on, channel.sim_present) == (True, True)


@pytest.mark.parametrize("kind", ALL_FIRMWARES)
async def test_box_tells_what_it_is_and_nothing_is_sent(kind: str) -> None:
    async with bench(kind, connected=False) as b:
        status = await goip.identify(b.session, b.settings, Clock(SCALE))
        assert not b.box.journal.entries(kind="http_request")
    assert (status.model, status.serial) == ("GoIP-4", "GOIPSIM0001")
    assert [c.channel for c in status.channels if c.sim_present] == [1, 2]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (page("<html>Welcome to my router</html>"), UnexpectedReply),
        (page("", "302 Found\r\nLocation: /login"), UnexpectedReply),
        (page("", "500 Oops"), UnexpectedReply),
        (page("", "401 No"), InvalidAuth),
        (b"SSH-2.0-OpenSSH_9.2\r\n", UnexpectedReply),
        (page("x" * 1_100_000), UnexpectedReply),
    ],
)
async def test_what_is_no_goip(answer: bytes, error: type[Exception]) -> None:
    async with scripted(status_xml=answer, status_html=answer) as (script, _, _):
        settings = GoipSettings(
            host="127.0.0.1", http_port=script.port, username="admin", password="hush"
        )
        async with aiohttp.ClientSession() as session:
            with pytest.raises(error) as raised:
                await goip.identify(session, settings, Clock(SCALE))
    assert "hush" not in f"{raised.value!r}{raised.value.__dict__}"


async def test_user_name_with_a_colon_is_refused() -> None:
    async with bench(connected=False) as b:
        settings = settings_for(b.box, smpp=False, username="a:b")
        with pytest.raises(InvalidAuth):
            await goip.identify(b.session, settings, Clock(SCALE))


async def test_settings_hide_the_passwords() -> None:
    async with bench(connected=False) as b:
        shown = repr(settings_for(b.box, smpp=True, password="hush"))
    assert "hush" not in shown
    assert "password" not in shown


async def test_box_that_goes_and_comes_back_is_told() -> None:
    async with bench() as b:
        assert b.listener.connections == [(True, None)]
        await b.box.power(state=False)
        await b.listener.until_lost()
        assert isinstance(b.listener.connections[-1][1], CannotConnect)
        assert not b.gateway.sender.ready(1)
        await b.box.power(state=True)
        back = b.box.clock.monotonic()
        await b.listener.until_connected()
        assert b.box.clock.monotonic() - back < 5
        assert b.gateway.sender.ready(1)


async def test_refused_login_ends_the_watch() -> None:
    async with bench(connected=False) as b:
        await b.box.refuse_logins()
        async with asyncio.timeout(10):
            await b.gateway.receiver.run(b.listener)
    ((connected, error),) = b.listener.connections
    assert not connected
    assert type(error) is InvalidAuth


async def test_watch_asks_for_one_page_at_a_time() -> None:
    async with bench() as b:
        assert b.box.requests == {"status.xml": 1}


async def test_https_on_a_plain_web_server_is_no_connection() -> None:
    async with bench(connected=False) as b:
        settings = settings_for(b.box, smpp=False, tls=True)
        with pytest.raises(CannotConnect):
            await goip.identify(b.session, settings, Clock(SCALE))
