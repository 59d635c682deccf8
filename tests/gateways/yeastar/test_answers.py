"""Answers that name no action, and answers that never come."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import NoReply
from tests.gateways.yeastar.bench import ScriptedBench, on_script
from tests.gateways.yeastar.scripted import LIMIT_SECONDS, Talk

PING = b"Action: Ping\r\n\r\n"


def spans(number: int) -> bytes:
    """Return a list of one span that names no action."""
    head = b"Response: Follows\r\nPrivilege: SMSCommand\r\n"
    body = b"GSM span %d: Power off\n--END COMMAND--\r\n\r\n" % number
    return head + body


async def read(bench: ScriptedBench, talk: Talk, *answers: bytes) -> list[int]:
    """Read the ports with these answers; without one the time passes."""
    reading = asyncio.create_task(bench.gateway.status.read_status())
    await talk.hear_command()
    await talk.say(*answers)
    if not answers:
        await bench.clock.advance(10.0)
    async with asyncio.timeout(LIMIT_SECONDS):
        return [channel.channel for channel in (await reading).channels]


async def test_an_answer_without_an_action_id_is_that_of_the_oldest_action() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        assert await read(bench, talk, spans(2)) == [1]
        with pytest.raises(NoReply):
            await read(bench, talk)
        assert await read(bench, talk, spans(3), spans(4)) == [3]  # 3 was late
        assert await read(bench, talk, spans(5)) == [4]


async def test_a_lost_answer_is_not_waited_for_when_a_later_action_is_answered() -> (
    None
):
    async with on_script() as bench:
        talk = await bench.connect()
        with pytest.raises(NoReply):
            await read(bench, talk)
        await bench.clock.advance(5.0)
        assert await talk.hear() == PING
        await talk.accept()
        assert await read(bench, talk, spans(2)) == [1]


async def test_a_late_answer_that_names_its_action_is_waited_for_no_longer() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        with pytest.raises(NoReply):
            await read(bench, talk)
        late = talk.answer(b"GSM span 3: Power off\n")
        assert await read(bench, talk, late, spans(2)) == [1]


@pytest.mark.parametrize("second", [b"", spans(2)], ids=["none", "shifted"])
async def test_a_link_that_leaves_two_actions_unanswered_is_made_anew(
    second: bytes,
) -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        for answer in (b"", second):
            reading = asyncio.create_task(bench.gateway.status.read_status())
            await talk.hear_command()
            await talk.say(answer)
            await bench.clock.advance(10.0)
            with pytest.raises(NoReply):
                await reading
        await bench.listener.until_lost()
        assert await talk.ended() == b""
        await bench.clock.advance(1.0)
        talk = await bench.server.accept()
        await talk.log_in()
        await bench.listener.until_connected()
        assert await read(bench, talk, spans(2)) == [1]


async def test_two_late_answers_with_another_between_them_end_nothing() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        with pytest.raises(NoReply):
            await read(bench, talk)
        assert await read(bench, talk, spans(3), spans(2)) == [1]
        with pytest.raises(NoReply):
            await read(bench, talk)
        assert await talk.hear() == PING
        await talk.say(spans(3) + b"Response: Success\r\nPing: Pong\r\n\r\n")
        assert await read(bench, talk, spans(2)) == [1]
        assert [connected for connected, _ in bench.listener.connections] == [True]
