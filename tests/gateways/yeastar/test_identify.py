"""Finding out at set-up whether a box is there, a TG, and open to us."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
import ssl
from typing import Any

import aiohttp
import pytest

from custom_components.gsm_gateway.gateways import yeastar
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    CertificateNotTrusted,
    GatewayError,
    GatewayStatus,
    InvalidAuth,
    NoReply,
    UnexpectedReply,
)
from custom_components.gsm_gateway.gateways.yeastar import ApiClosed, YeastarSettings
from tests.gateways.yeastar.bench import SCALE, settings_for, settings_of
from tests.gateways.yeastar.scripted import BANNER, ScriptedAmi
from tests.integration.certificate import own_certificate
from tests.loopback import serving
from tests.messaging.hand_clock import HandClock
from tests.simulator.core.clock import Clock as SimulatedClock
from tests.simulator.core.journal import (
    CONNECTION,
    LOGIN,
    SMS_ON_AIR,
    USSD_DIALLED,
)
from tests.simulator.yeastar import YeastarBox, YeastarOptions


async def identify(
    settings: YeastarSettings, clock: Clock | None = None
) -> GatewayStatus:
    """Ask a box once."""
    async with aiohttp.ClientSession() as session:
        return await yeastar.identify(session, settings, clock or Clock())


async def error_of(settings: YeastarSettings) -> type[GatewayError]:
    """Return the kind of error, which tells neither account nor password."""
    with pytest.raises(GatewayError) as raised:
        await identify(settings)
    assert "apipass" not in repr(raised.value)
    return type(raised.value)


@asynccontextmanager
async def box_with(**options: Any) -> AsyncGenerator[YeastarBox]:
    """Start a simulated box."""
    clock = SimulatedClock(SCALE)
    async with YeastarBox(YeastarOptions(**options), clock=clock) as box:
        yield box


@asynccontextmanager
async def web_server(tls: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    """Start a web server that knows no page."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 404 Not Found\r\n\r\n")
        writer.close()

    async with serving(serve, tls=tls) as port:
        yield port


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"spans": "lte"},
        {"action_id": "first"},
        {"writes": "random"},
        {"default_events": "off"},
    ],
    ids=str,
)
async def test_a_tg_is_known_and_left_in_order(options: dict[str, Any]) -> None:
    async with box_with(**options) as box:
        status = await identify(settings_of(box))
        journal = box.journal
        assert len(journal.entries(LOGIN)) == 1
        await journal.wait_for_kind(CONNECTION, event="closed")
        assert not journal.entries(SMS_ON_AIR)
        assert not journal.entries(USSD_DIALLED)
    assert status.model == "TG200"
    assert status.module_imeis == {"862951028263961", "862951028263962"}
    assert [(c.channel, c.sim_present, c.operator) for c in status.channels] == [
        (1, True, "Beeline"),
        (2, True, "MTS"),
    ]


@pytest.mark.parametrize("failed_login", ["closes", "stays-open"])
async def test_a_wrong_password(failed_login: str) -> None:
    async with box_with(failed_login=failed_login) as box:
        assert await error_of(settings_of(box, password="wrong")) is InvalidAuth
        assert await error_of(settings_of(box, username="admin")) is InvalidAuth


async def test_the_password_that_the_box_was_sold_with() -> None:
    async with box_with(refuse_default_account=True) as box:
        assert await error_of(settings_of(box)) is InvalidAuth


async def test_an_api_that_is_switched_off() -> None:
    async with box_with(api_enabled=False) as box:
        assert await error_of(settings_of(box)) is ApiClosed


@pytest.mark.parametrize(
    ("forbidden", "kind"), [("closed", ApiClosed), ("login-refused", InvalidAuth)]
)
@pytest.mark.parametrize("web", [True, False])
async def test_an_address_that_is_not_allowed(
    forbidden: str, kind: type[GatewayError], web: bool
) -> None:
    async with box_with(allowed_addresses="192.0.2.1", forbidden_ami=forbidden) as box:
        settings = settings_of(box) if web else settings_for(ami_port=box.ami_port)
        assert await error_of(settings) is kind


async def test_nobody_there() -> None:
    assert await error_of(settings_for()) is CannotConnect


@pytest.mark.parametrize("error", [OSError("unknown"), UnicodeError("label too long")])
async def test_a_name_that_stands_for_no_address(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def getaddrinfo(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    assert await error_of(settings_for(host="tg.example")) is CannotConnect


async def test_another_box_with_a_web_server() -> None:
    async with web_server() as port:
        assert await error_of(settings_for(http_port=port)) is ApiClosed


async def test_a_certificate_that_nobody_vouches_for_shows_that_a_box_is_there(
    tmp_path: Path,
) -> None:
    async with web_server(own_certificate(tmp_path)) as port:
        settings = settings_for(http_port=port, tls=True)
        assert await error_of(settings) is ApiClosed
        settings = settings_for(http_port=port, tls=True, use_ami=False)
        assert await error_of(settings) is CertificateNotTrusted


@pytest.mark.parametrize("greets", [True, False])
@pytest.mark.parametrize("web", [True, False])
async def test_a_box_that_takes_the_connection_and_is_silent(
    greets: bool, web: bool
) -> None:
    clock = HandClock()
    async with ScriptedAmi.listening() as server, web_server() as port:
        settings = settings_for(ami_port=server.port)
        if web:
            settings = settings_for(ami_port=server.port, http_port=port)
        asking = asyncio.create_task(identify(settings, clock))
        talk = await server.accept()
        if greets:
            await talk.say(BANNER)
            await talk.hear()
        await clock.advance(10.0)
        with pytest.raises(CannotConnect) as raised:
            await asking
        assert (type(raised.value) is ApiClosed) is web
        assert await talk.ended() == b""


async def test_a_box_of_which_every_port_hangs() -> None:
    clock = HandClock()
    async with ScriptedAmi.listening() as ami, ScriptedAmi.listening() as web:
        settings = settings_for(ami_port=ami.port, http_port=web.port)
        asking = asyncio.create_task(identify(settings, clock))
        await ami.accept()
        await clock.advance(5.0)
        (await web.accept()).close()  # it answers nothing
        with pytest.raises(CannotConnect) as raised:
            await asking
    assert type(raised.value) is CannotConnect
    assert isinstance(raised.value.__context__, TimeoutError)


async def test_something_else_behind_the_port() -> None:
    async with ScriptedAmi.listening() as server:
        asking = asyncio.create_task(identify(settings_for(ami_port=server.port)))
        await (await server.accept()).say(b"220 mail.example ESMTP\r\n")
        with pytest.raises(UnexpectedReply) as raised:
            await asking
        assert raised.value.wire.startswith(b"220 mail")


async def test_an_asterisk_that_is_no_tg() -> None:
    async with ScriptedAmi.listening() as server:
        asking = asyncio.create_task(identify(settings_for(ami_port=server.port)))
        talk = await server.accept()
        await talk.log_in(events=b"off")
        await talk.hear_command()
        await talk.say(
            b"Response: Error\r\nActionID: %b\r\nMessage: Invalid/unknown command\r\n\r\n"
            % talk.action_id
        )
        assert b"Logoff" in await talk.hear()
        await talk.accept()
        with pytest.raises(UnexpectedReply):
            await asking


async def test_without_ami_the_api_is_looked_at_and_nothing_sent() -> None:
    async with box_with() as box:
        assert await identify(settings_of(box, use_ami=False)) == GatewayStatus()
        assert not box.journal.entries(SMS_ON_AIR)
        assert not box.journal.entries(LOGIN)


@pytest.mark.parametrize(
    "options",
    [{"api_enabled": False}, {"allowed_addresses": "192.0.2.1"}],
    ids=str,
)
async def test_without_ami_a_closed_api_is_told(options: dict[str, Any]) -> None:
    async with box_with(**options) as box:
        assert await error_of(settings_of(box, use_ami=False)) is ApiClosed


async def test_without_ami_nobody_there() -> None:
    assert await error_of(settings_for(use_ami=False)) is CannotConnect
    async with box_with() as box:
        await box.cut("http", after=0)
        assert await error_of(settings_of(box, use_ami=False)) is NoReply
