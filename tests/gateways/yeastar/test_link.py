"""The life of the AMI link: lost and found again, alive and dead."""

import asyncio
import logging
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    GatewayError,
    InvalidAuth,
    UnexpectedReply,
)
from custom_components.gsm_gateway.gateways.yeastar import ApiClosed
from custom_components.gsm_gateway.gateways.yeastar.ami_link import AmiLink
from tests.gateways.yeastar.bench import (
    Bench,
    on_box,
    on_script,
    settings_for,
    timers,
)
from tests.gateways.yeastar.scripted import BANNER, ScriptedAmi
from tests.messaging.hand_clock import HandClock
from tests.simulator.core.journal import LOGIN

PING = b"Action: Ping\r\n\r\n"
RECEIVED = (
    b"Event: ReceivedSMS\r\nGsmSpan: 2\r\nSender: 1\r\nContent: Ok\r\n"
    b"--END SMS EVENT--\r\n\r\n"
)


async def until_told(bench: Bench, count: int) -> GatewayError | None:
    """Return the error of the newest try, in vain, when the listener has heard so often."""
    await bench.listener.until(lambda: len(bench.listener.connections) >= count)
    assert len(bench.listener.connections) == count
    connected, error = bench.listener.connections[-1]
    assert not connected
    return error


async def test_a_box_that_comes_back_is_used_within_five_seconds() -> None:
    clock = HandClock()
    async with on_box(clock=clock) as bench:
        await bench.box.power(False)
        await bench.listener.until_lost()
        for number, wait in enumerate((1, 2, 4, 4), 3):
            await clock.advance(wait)
            await until_told(bench, number)
        assert not bench.gateway.sender.ready(1)
        await bench.box.power(True)
        await clock.advance(4.0)
        await bench.listener.until_connected()
        assert bench.gateway.sender.ready(1)
        await bench.send("text")
        assert len(bench.on_air) == 1


async def test_tries_follow_each_other_after_1_2_4_4_seconds() -> None:
    async with on_script(ami_port=1) as bench:
        bench.start()
        for number, wait in enumerate((1, 2, 4, 4, 4), 1):
            assert type(await until_told(bench, number)) is CannotConnect
            await bench.clock.advance(wait - 0.1)
            assert len(bench.listener.connections) == number
            await bench.clock.advance(0.1)


async def test_the_waits_start_anew_after_a_login() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        for _ in range(3):
            talk.close()
            await bench.listener.until_lost()
            await bench.clock.advance(1.0)
            talk = await bench.server.accept()
            await talk.log_in()
            await bench.listener.until_connected()


@pytest.mark.parametrize(
    ("greeting", "kind"),
    [
        (b"", ApiClosed),
        (b"Asterisk Call", ApiClosed),
        (BANNER, ApiClosed),
        (b"SSH-2.0-OpenSSH_9.2\r\n", UnexpectedReply),
    ],
)
async def test_a_box_that_hangs_up_before_the_login_is_tried_again(
    greeting: bytes, kind: type[GatewayError]
) -> None:
    async with on_script() as bench:
        bench.start()
        talk = await bench.server.accept()
        await talk.say(greeting)
        if kind is ApiClosed:
            talk.close()
        assert type(await until_told(bench, 1)) is kind
        await bench.clock.advance(1.0)
        await (await bench.server.accept()).log_in()
        await bench.listener.until_connected()


@pytest.mark.parametrize(
    ("greeting", "seconds"), [(b"", 5.0), (b"Asterisk", 5.0), (BANNER, 10.0)]
)
async def test_a_box_that_is_silent_before_the_login_is_tried_again(
    greeting: bytes, seconds: float
) -> None:
    async with on_script() as bench:
        bench.start()
        talk = await bench.server.accept()
        await talk.say(greeting)
        if greeting == BANNER:
            await talk.hear()
        await bench.clock.advance(seconds)
        assert type(await until_told(bench, 1)) is CannotConnect
        await (await bench.server.accept()).log_in()
        await bench.listener.until_connected()


async def test_a_connection_that_is_lost_before_it_is_taken_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    link = AmiLink(Clock())
    loop = asyncio.get_running_loop()
    connect = loop.create_connection

    async def connect_slowly(*arguments: Any) -> Any:
        pair = await connect(*arguments)
        await asyncio.wait_for(link.lost.wait(), 10)
        return pair

    monkeypatch.setattr(loop, "create_connection", connect_slowly)
    async with ScriptedAmi.listening() as server:
        settings = settings_for(ami_port=server.port)
        opening = asyncio.create_task(link.open(settings, events=True))
        (await server.accept()).abort()
        with pytest.raises(ApiClosed):
            await asyncio.wait_for(opening, 10)
    assert link.lost.is_set()
    assert not timers()
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


@pytest.mark.parametrize("end", ["close", "abort", "shutdown", "endless"])
async def test_a_link_that_ends_is_made_anew(end: str) -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        match end:
            case "close":
                talk.close()
            case "abort":
                talk.abort()
            case "shutdown":
                await talk.say(b"Event: Shutdown\r\nShutdown: Cleanly\r\n\r\n")
            case "endless":
                await talk.say(*[b"x" * 65536] * 17)
        assert isinstance(await bench.listener.until_lost(), CannotConnect)
        await bench.clock.advance(1.0)
        await (await bench.server.accept()).log_in()
        await bench.listener.until_connected()


async def test_a_box_that_hangs_is_noticed_and_found_again() -> None:
    clock = HandClock()
    async with on_box(clock=clock) as bench:
        await bench.box.hang(True)
        await clock.advance(25.0)  # a ping after 15 s, no answer for 10 s
        await clock.advance(0.5)  # and no goodbye
        await bench.listener.until_lost()
        await bench.box.hang(False)
        await clock.advance(1.0)
        await bench.listener.until_connected()


@pytest.mark.parametrize(
    "pong",
    [
        b"Response: Success\r\nActionID: %b\r\nPing: Pong\r\n\r\n",
        b"Response: Success\r\nActionID: %b\r\n\r\n",
        b"ActionID: %b\r\nResponse: Error\r\nMessage: Permission denied\r\n\r\n",
        b"Response: Pong\r\nActionID: %b\r\n\r\n",
        b"Response: Success\r\nPing: Pong\r\n\r\n",
    ],
)
async def test_any_answer_to_a_ping_is_a_sign_of_life(pong: bytes) -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        for number in range(1, 4):
            await bench.clock.advance(15.0)
            assert await talk.hear() == PING
            await talk.say((pong % talk.action_id if b"%" in pong else pong) + RECEIVED)
            await bench.listener.until_parts(number)
        assert [connected for connected, _ in bench.listener.connections] == [True]


async def test_no_ping_while_a_command_waits_for_its_answer() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        await bench.clock.advance(14.0)
        reading = asyncio.create_task(bench.gateway.status.read_status())
        await talk.hear_command()
        await bench.clock.advance(9.0)
        await talk.say(talk.answer(b"GSM span 2: Power off\n"))
        await reading
        assert await talk.hear() == PING


@pytest.mark.parametrize("field", [b"ActionID: %b\r\n", b""])
async def test_a_refused_login_is_final(field: bytes) -> None:
    async with on_script() as bench:
        run = bench.start()
        talk = await bench.server.accept()
        await talk.say(BANNER)
        await talk.hear()
        await talk.say(
            b"Response: Error\r\n"
            + (field % talk.action_id if field else field)
            + b"Message: Authentication failed\r\n\r\n"
        )
        await run
        ((connected, error),) = bench.listener.connections
        assert (connected, type(error)) == (False, InvalidAuth)
        assert "apipass" not in repr(error)
        assert not bench.gateway.sender.ready(1)


async def test_a_login_refused_because_of_our_own_second_one_is_not_final() -> None:
    clock = HandClock()
    async with on_box(clock=clock) as bench:
        bench.box.lines[1].faults.ussd_delay = 100.0
        dialling = asyncio.create_task(bench.dial())
        await bench.box.journal.wait_for_kind("ussd_dialled")
        assert len(bench.box.journal.entries(LOGIN)) == 2
        await bench.box.set_option("second_login", "refused")
        bench.box.ami.listener.connections[0].abort()  # the one that stays
        await bench.listener.until_lost()
        tries = len(bench.listener.connections)
        await clock.advance(1.0)
        await bench.listener.until(lambda: len(bench.listener.connections) > tries)
        assert not isinstance(bench.listener.connections[-1][1], InvalidAuth)
        dialling.cancel()
        await clock.advance(1.0)
        await asyncio.gather(dialling, return_exceptions=True)
        await clock.advance(4.0)
        await bench.listener.until_connected()
