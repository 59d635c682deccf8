"""SMS that a TG refuses, cannot take or loses."""

import asyncio
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    NoReply,
    SendRefused,
    SendReport,
    SendState,
)
from tests.gateways.yeastar.bench import hand_over, on_box, on_script, result

ACCEPTED, SENT = SendState.ACCEPTED, SendState.SENT
UNKNOWN = SendState.UNKNOWN


@pytest.mark.parametrize("errors", ["body", "error"])
async def test_the_words_of_a_refusal(errors: str) -> None:
    async with on_box(command_errors=errors) as bench:
        with pytest.raises(SendRefused, match="Unable to find span 9"):
            await bench.send("text", channel=8)
        assert not bench.listener.reports
        assert not bench.on_air


@pytest.mark.parametrize("to", ['1" 2', "12 34", "", "+", "1" * 21, "12\r\n", "Bank"])
async def test_a_number_that_would_break_the_command_is_refused(to: str) -> None:
    async with on_script() as bench:
        await bench.connect()
        with pytest.raises(SendRefused):
            await bench.gateway.sender.send(1, to, "text", "1")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"network": {"state": False}}, ChannelUnavailable),
        ({"remove_sim": {}}, ChannelUnavailable),
        ({"module": {"state": False}}, ChannelUnavailable),
        ({"say": {"network": "Searching"}}, ChannelUnavailable),
        ({"say": {"network": "Registration denied"}}, ChannelUnavailable),
        ({"say": {"state": "SIM PIN REQ"}}, ChannelBusy),
        ({"say": {"state": "SIM READY REQ"}}, ChannelBusy),
    ],
    ids=str,
)
@pytest.mark.parametrize("short_detail", ["power-off", "no-sim", "not-registered"])
@pytest.mark.parametrize("spans", ["classic", "lte"])
async def test_nothing_is_handed_to_a_module_that_cannot_send(
    fault: dict[str, dict[str, Any]],
    error: type[Exception],
    short_detail: str,
    spans: str,
) -> None:
    ((command, arguments),) = fault.items()
    async with on_box(short_detail=short_detail, spans=spans) as bench:
        await getattr(bench.box, command)(1, **arguments)
        with pytest.raises(error):
            await bench.send("text")
        await bench.send("other", channel=2, serial=2)
        assert [sms["text"] for sms in bench.on_air] == ["other"]


@pytest.mark.parametrize(
    "detail",
    [
        b"",
        b"No such command\n",
        b"Status: Power on, Up\nType: CPE\nNetwork Status: Unknown\n",
        b"Status: Up, Active\nType: CPE\n",
        b"Status: Power on, Up\nNetwork Status: Registered (Roaming)\nState: SMS SENDING\n",
    ],
)
async def test_what_a_module_does_not_tell_hinders_nothing(detail: bytes) -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        sending = asyncio.create_task(bench.send("text"))
        assert await talk.hear_command() == b"gsm show span 2"
        await talk.say(talk.answer(detail))
        await talk.hear_command()
        await talk.say(talk.answer() + result(b"1234", b"1"))
        await sending


async def test_an_sms_waits_for_a_box_that_has_just_been_switched_on() -> None:
    async with on_box(start_up_seconds=30.0) as bench:
        with pytest.raises((ChannelUnavailable, ChannelBusy)):
            await bench.send("text")
        await bench.box.clock.sleep(31.0)
        await bench.send("text")
        assert len(bench.on_air) == 1


async def test_a_link_lost_before_the_command_means_not_sent() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        sending = asyncio.create_task(bench.send("text"))
        await talk.hear_command()
        talk.abort()
        with pytest.raises(CannotConnect):
            await sending


async def test_a_box_that_is_silent_before_the_command_means_not_sent() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        sending = asyncio.create_task(bench.send("text"))
        await talk.hear_command()
        await bench.clock.advance(10.0)
        with pytest.raises(CannotConnect):
            await sending


async def test_a_link_lost_after_the_command_means_that_nobody_knows() -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        talk.abort()
        with pytest.raises(NoReply):
            await sending
    assert not bench.listener.reports


async def test_a_box_that_does_not_answer_the_command_means_that_nobody_knows() -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await bench.clock.advance(10.0)
        with pytest.raises(NoReply):
            await sending
        await talk.say(talk.answer() + result(b"1234", b"1"))
        await bench.listener.until_reports(1)
    assert bench.listener.states == [("1234", SENT)]


async def test_a_result_missed_in_a_reconnect_is_unknown_in_the_end() -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await talk.say(talk.answer())
        await bench.listener.until_reports(1)
        talk.abort()
        await bench.listener.until_lost()
        await bench.clock.advance(1.0)
        await (await bench.server.accept()).log_in()
        await bench.listener.until_connected()
        # What is still waited for is not given up yet, what an earlier run left is.
        await bench.gateway.sender.resume({"1234": 1, "1000": 2})
        assert bench.listener.states == [("1234", ACCEPTED), ("1000", UNKNOWN)]
        await bench.clock.leap(60.0)
        await sending
    assert bench.listener.states[2:] == [("1234", UNKNOWN)]


@pytest.mark.parametrize(("status", "state"), [(b"1", SENT), (b"0", SendState.FAILED)])
async def test_the_result_counts_whatever_words_the_answer_has(
    status: bytes, state: SendState
) -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await talk.say(talk.answer(b"SMS added to queue\n"), result(b"1234", status))
        await sending
    assert bench.listener.states == [("1234", state)]


async def test_words_and_no_result_in_a_minute_mean_that_nobody_knows() -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await talk.say(talk.answer(b"The queue is full\n"), result(b"1233", b"1"))
        await bench.listener.until_reports(1)
        await bench.clock.leap(59.0)
        assert not sending.done()
        await bench.clock.leap(1.0)
        await sending
    assert bench.listener.reports[1:] == [
        SendReport(token="1234", state=UNKNOWN, reason="The queue is full")
    ]


@pytest.mark.parametrize(
    "words",
    [
        b"No such command 'gsm send sms' (type 'help' for help)",
        b"Unable to find span 2",
        b"Usage: gsm send sms <span> <destination> <message>",
        b"Invalid SMS content",
        b"\n  invalid sms content\n",
    ],
)
async def test_words_that_surely_refuse_need_no_result(words: bytes) -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await talk.say(talk.answer(words + b"\n"))
        with pytest.raises(SendRefused) as raised:
            await sending
    assert raised.value.reason == words.decode().strip()
    assert not bench.listener.reports


async def test_a_result_before_words_that_refuse_counts() -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await talk.say(result(b"1234", b"1") + talk.answer(b"Usage: \n"))
        await sending
    assert bench.listener.states == [("1234", SENT)]
