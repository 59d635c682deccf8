"""How the AMI link ends: with a goodbye, soon, and leaving nothing behind."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    NoReply,
)
from tests.gateways.yeastar.bench import (
    ScriptedBench,
    on_script,
    timers,
)
from tests.gateways.yeastar.scripted import BANNER, Talk

LOGOFF = b"Action: Logoff\r\n\r\n"
GOODBYE = b"Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n"
RECEIVED = (
    b"Event: ReceivedSMS\r\nGsmSpan: 2\r\nSender: 1\r\nContent: Ok\r\n"
    b"--END SMS EVENT--\r\n\r\n"
)


async def test_a_link_that_is_stopped_says_goodbye_and_no_more() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        run = bench.run
        assert run
        run.cancel()
        assert await talk.hear() == LOGOFF
        assert not bench.gateway.sender.ready(1)
        await talk.say(RECEIVED + GOODBYE)
        with pytest.raises(asyncio.CancelledError):
            await run
        assert bench.listener.texts == ["Ok"]
        assert await talk.ended() == b""
        assert [connected for connected, _ in bench.listener.connections] == [True]
    assert not timers()


async def test_a_silent_box_does_not_keep_a_link_from_ending_within_a_second() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        run = bench.run
        assert run
        run.cancel()
        assert await talk.hear() == LOGOFF
        await bench.clock.advance(0.9)
        assert run.cancelled()


async def test_a_running_code_does_not_keep_a_link_from_ending_within_a_second() -> (
    None
):
    async with on_script() as bench:
        talk = await bench.connect()
        dialling = asyncio.create_task(bench.dial())
        await talk.tell_ready()
        (await bench.server.accept()).abort()
        assert b"gsm send ussd" in await talk.hear_command()
        run = bench.run
        assert run
        run.cancel()
        await bench.clock.advance(0.9)
        assert run.cancelled()
        with pytest.raises(NoReply):
            await dialling
        assert await talk.ended() == b""


async def test_a_goodbye_can_be_cut_short() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        run = bench.run
        assert run
        run.cancel()
        assert await talk.hear() == LOGOFF
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert await talk.ended() == b""


async def greeting(bench: ScriptedBench) -> Talk:
    """Return the connection of a driver that waits for the greeting."""
    bench.start()
    return await bench.server.accept()


async def login(bench: ScriptedBench) -> Talk:
    """Return the connection of a driver that waits for its login."""
    talk = await greeting(bench)
    await talk.say(BANNER)
    await talk.hear()
    return talk


async def pinging(bench: ScriptedBench) -> Talk:
    """Return the connection of a driver that waits for a pong."""
    talk = await bench.connect()
    await bench.clock.advance(15.0)
    await talk.hear()
    return talk


@pytest.mark.parametrize("phase", [greeting, login, pinging])
async def test_a_link_can_be_stopped_at_any_moment(phase: type) -> None:
    async with on_script() as bench:
        talk = await phase(bench)
        told = list(bench.listener.connections)
        before = asyncio.all_tasks()
        run = bench.run
        assert run
        run.cancel()
        await bench.clock.advance(0.9)
        assert run.cancelled()
        assert (await talk.ended() == b"") is (phase is not pinging)
        assert asyncio.all_tasks() <= before - {run}
        assert bench.listener.connections == told
        assert not timers()


async def test_what_waits_for_an_answer_when_the_link_ends_is_told() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        readings = [
            asyncio.create_task(bench.gateway.status.read_status()) for _ in range(2)
        ]
        await talk.hear_command()
        talk.abort()
        first, second = await asyncio.gather(*readings, return_exceptions=True)
    assert isinstance(first, NoReply)
    assert isinstance(second, CannotConnect)  # it had not had its turn
