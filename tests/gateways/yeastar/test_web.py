"""A TG without AMI, and the requests of its HTTP API byte for byte."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import logging
from typing import Any

import aiohttp
import pytest

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    GatewayError,
    GatewayStatus,
    NoReply,
    SendRefused,
    SendReport,
    SendState,
    TextTooLong,
    UssdReply,
)
from custom_components.gsm_gateway.gateways.yeastar import ApiClosed
from custom_components.gsm_gateway.gateways.yeastar.api import WebApi
from tests.gateways.yeastar.bench import SimBench, on_box, settings_for
from tests.loopback import serving
from tests.messaging.hand_clock import HandClock

ACCEPTED = SendState.ACCEPTED


@asynccontextmanager
async def on_web(**options: Any) -> AsyncGenerator[SimBench]:
    """Start a simulated box, and the driver on it, with AMI switched off by the user."""
    async with on_box(changes={"use_ami": False}, **options) as bench:
        yield bench


class WebServer:
    """A web server that answers everything alike and keeps the requests."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.requests: list[bytes] = []

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one request."""
        self.requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        writer.close()


@asynccontextmanager
async def web_api(
    answer: bytes, status: str = "200 OK", **changes: Any
) -> AsyncGenerator[tuple[WebApi, WebServer]]:
    """Start a web server with this answer, and the API on it."""
    web = WebServer(f"HTTP/1.0 {status}\r\n\r\n".encode() + answer)
    async with serving(web.serve) as port, aiohttp.ClientSession() as session:
        yield WebApi(session, settings_for(http_port=port, **changes)), web


SUCCESS = b"Response: Success\r\nMessage: Commit successfully!\r\n"


async def test_the_request_for_an_sms_byte_for_byte() -> None:
    async with web_api(SUCCESS, username="a&b", password="p%=+ ü") as (api, web):
        await api.send_sms(1, "+89991234567", "100% ü+\n&")
    (request,) = web.requests
    assert request.partition(b"\r\n")[0] == (
        b"GET /cgi/WebCGI?1500101=account=a%26b&password=p%25%3D%2B%20%C3%BC"
        b"&port=1&destination=%2B89991234567&content=100%25%20%C3%BC%2B%0A%26 HTTP/1.1"
    )


async def test_the_request_for_a_code_byte_for_byte() -> None:
    answer = "Request: 1,*100#\nResponse: Success\nMessage: Баланс: 36.3 р.\n".encode()
    async with web_api(answer) as (api, web):
        assert await api.run_ussd(1, "*100#") == UssdReply(text="Баланс: 36.3 р.")
    (request,) = web.requests
    assert request.partition(b"\r\n")[0] == (
        b"GET /cgi/WebCGI?1500102=account=apiuser&password=apipass"
        b"&port=1&content=%2A100%23 HTTP/1.1"
    )


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"Response: Success\r\nMessage: 5\r\n", "5"),
        (b"response:success\nmessage:5\n", "5"),
        (
            b"Message: old\nResponse: Success\nMessage: 1\n2\nMessage: 3\n",
            "1\n2\nMessage: 3",
        ),
        (b"Response: Success\n", ""),
        (b"Response: Success\nMessage: \xff\n", "\N{REPLACEMENT CHARACTER}"),
    ],
)
async def test_an_answer_is_read_by_its_response_line(answer: bytes, text: str) -> None:
    async with web_api(answer) as (api, _):
        assert (await api.run_ussd(1, "*100#")).text == text


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        (
            b"Response: Failed\r\nMessage: no\r\n",
            "200 OK",
            "Response: Failed\nMessage: no",
        ),
        (b"Request: 1,Success\r\nno!", "200 OK", "Request: 1,Success\nno!"),
        (b"Response: Success or not\r\n", "200 OK", "Response: Success or not"),
        (b"", "500 Internal Server Error", "HTTP status 500"),
        (b"", "302 Found", "HTTP status 302"),
        (b"x" * 1000, "200 OK", "x" * 200),
    ],
)
async def test_everything_but_success_is_a_refusal_in_the_box_s_words(
    answer: bytes, status: str, reason: str
) -> None:
    async with web_api(answer, status) as (api, web):
        with pytest.raises(SendRefused) as raised:
            await api.send_sms(1, "1", "text")
        assert raised.value.reason == reason
        assert len(web.requests) == 1


@pytest.mark.parametrize(
    "status", ["401 Unauthorized", "403 Forbidden", "404 Not Found"]
)
async def test_a_closed_api(status: str) -> None:
    async with web_api(b"", status) as (api, _):
        for call in (api.check_open(), api.send_sms(1, "1", ""), api.run_ussd(1, "1")):
            with pytest.raises(ApiClosed):
                await call
        await api.look()


@pytest.mark.parametrize(
    "answer",
    [
        b"GET /cgi/WebCGI?1500101=account=apiuser&password=se%20cret failed",
        b"account apiuser, password se cret: wrong",
    ],
)
async def test_a_password_that_the_box_repeats_is_not_told(
    answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for status in ("200 OK", "403 Forbidden"):
        async with web_api(answer, status, password="se cret") as (api, _):
            with pytest.raises(GatewayError) as raised:
                await api.send_sms(1, "1", "text")
            shown = f"{raised.value!r} {raised.value} {caplog.text}"
            assert "se cret" not in shown
            assert "se%20cret" not in shown


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"http_lines": "lf"},
        {"http_charset": "declared"},
        {"decoding": "always", "plus": "blank"},
        {"decoding": "never"},
    ],
    ids=str,
)
async def test_an_sms_without_ami(options: dict[str, Any]) -> None:
    text = 'Привет "100% + 🎉"\n'
    async with on_web(**options) as bench:
        await bench.send(text, channel=2)
        sms = await bench.box.journal.wait_for_kind("sms_on_air")
        assert (sms.line, sms["text"], sms["interface"]) == (2, text, "http")
    assert bench.listener.reports == [SendReport(token="1234", state=ACCEPTED)]


@pytest.mark.parametrize("failure", ["response-line", "free-text"])
async def test_failures_without_ami(failure: str) -> None:
    async with on_web(http_failure=failure) as bench:
        with pytest.raises(SendRefused):
            await bench.send("text", channel=9)
        await bench.box.ussd_error(1, "refused")
        with pytest.raises(SendRefused):
            await bench.dial()
        await bench.box.set_option("allowed_addresses", "192.0.2.1")
        with pytest.raises(ApiClosed):
            await bench.send("text")
        await bench.box.set_option("forbidden_http", "failure")
        with pytest.raises(SendRefused):
            await bench.send("text")
    assert not bench.listener.reports


async def test_a_code_without_ami() -> None:
    async with on_web() as bench:
        assert await bench.dial() == "Баланс: 57.2 р."
        assert bench.dialled == [("*100#", "http")]


async def test_a_request_whose_answer_is_cut_off_leaves_nobody_knowing() -> None:
    async with on_web() as bench:
        await bench.box.cut("http", after=10)
        with pytest.raises(NoReply):
            await bench.send("text")
        await bench.box.journal.wait_for_kind("sms_on_air")
        assert len(bench.on_air) == 1
        await bench.box.cut("http", after=0)
        with pytest.raises(NoReply):
            await bench.dial()
        assert len(bench.dialled) == 1


async def test_a_box_that_goes_and_comes_without_ami() -> None:
    clock = HandClock()
    async with on_web(clock=clock) as bench:
        sender = bench.gateway.sender
        assert sender.ready(1)
        await bench.box.power(False)
        await clock.advance(30.0)
        assert isinstance(await bench.listener.until_lost(), CannotConnect)
        assert not sender.ready(1)
        with pytest.raises(CannotConnect):
            await bench.send("text")
        with pytest.raises(CannotConnect):
            await bench.dial()
        with pytest.raises(CannotConnect):
            await bench.gateway.status.read_status()
        await bench.box.power(True)
        await clock.advance(1.0)
        await bench.listener.until_connected()
        assert sender.ready(1)
        assert await bench.gateway.status.read_status() == GatewayStatus()


async def test_what_the_driver_tells_of_itself_without_ami() -> None:
    async with on_web(clock=Clock()) as bench:
        sender = bench.gateway.sender
        assert (sender.reaches, sender.token(42)) == (ACCEPTED, "42")
        with pytest.raises(TextTooLong):
            sender.split("я" * 513)
        await sender.resume({"1": 1})
        assert not bench.listener.reports
        assert bench.gateway.pacing == 10.0
        await bench.stop()
        assert not sender.ready(1)
