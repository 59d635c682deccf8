"""SMS that go out over AMI."""

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
    TextTooLong,
)
from custom_components.gsm_gateway.gateways.yeastar import commands
from tests.gateways.yeastar.bench import NUMBER, ScriptedBench, on_box, on_script
from tests.gateways.yeastar.scripted import Talk

ACCEPTED, SENT = SendState.ACCEPTED, SendState.SENT
FAILED, UNKNOWN = SendState.FAILED, SendState.UNKNOWN
PLAIN = ("Ok", "Your code is 1234, 'yes'!", "Привет 🎉", "tab~ £€[]{}")
ODD = {
    'say "hi"': "say%20%22hi%22",
    "100%": "100%25",
    "100%25": "100%2525",
    "1+1=2": "1%2B1%3D2",
    "back\\slash": "back%5Cslash",
    "line 1\nline 2": "line%201%0Aline%202",
    "a\r\n\r\nAction: Logoff\r\n\r\n": "a%0D%0A%0D%0AAction%3A%20Logoff%0D%0A%0D%0A",
    "€ und %": "%E2%82%AC%20und%20%25",
    "nel\x85": "nel%C2%85",
}


def result(token: bytes, status: bytes) -> bytes:
    """Return the event that the device's own papers show."""
    return (
        b"Event: UpdateSMSSend\r\nPrivilege: all,smscommand\r\nID: %b\r\n"
        b"Smsc: +22670900505\r\nStatus: %b\r\n--END SMS EVENT--\r\n\r\n"
        % (token, status)
    )


async def hand_over(
    bench: ScriptedBench, text: str = "text"
) -> tuple[Talk, asyncio.Task[None]]:
    """Send up to the command, which the box has got and not answered."""
    talk = await bench.connect()
    sending = asyncio.create_task(bench.send(text))
    await talk.tell_ready()
    assert b"gsm send sms 2 +491511234567 " in await talk.hear_command()
    return talk, sending


async def test_the_command_byte_for_byte() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        sending = asyncio.create_task(bench.send("Grüße, 1. Teil", channel=3, serial=7))
        await talk.tell_ready(span=4)
        assert await talk.hear() == (
            b"Action: smscommand\r\n"
            b'Command: gsm send sms 4 +491511234567 "Gr\xc3\xbc\xc3\x9fe, 1. Teil" 7\r\n\r\n'
        )
        await talk.say(talk.answer(), result(b"7", b"1"))
        await sending
    assert bench.listener.states == [("7", ACCEPTED), ("7", SENT)]


@pytest.mark.parametrize("text", PLAIN)
def test_what_breaks_nothing_stays_as_it_is(text: str) -> None:
    assert commands.encode(text) == text


@pytest.mark.parametrize("text", ODD)
def test_what_would_break_the_command_is_encoded(text: str) -> None:
    assert commands.encode(text) == ODD[text]


@pytest.mark.parametrize("decoding", ["always", "when-encoded"])
@pytest.mark.parametrize("plus", ["kept", "blank"])
@pytest.mark.parametrize("backslash", ["kept", "eaten"])
async def test_texts_arrive_on_the_air_as_they_were(
    decoding: str, plus: str, backslash: str
) -> None:
    texts = [*PLAIN, *ODD]
    async with on_box(
        decoding=decoding, plus=plus, backslash=backslash, spacing="none"
    ) as bench:
        for serial, text in enumerate(texts):
            await bench.send(text, serial=serial)
        assert [sms["text"] for sms in bench.on_air] == texts


async def test_a_box_that_never_decodes_sends_the_rest_at_least_unbroken() -> None:
    async with on_box(decoding="never", spacing="none") as bench:
        for serial, text in enumerate([*PLAIN, *ODD]):
            await bench.send(text, serial=serial)
        assert [sms["text"] for sms in bench.on_air] == [*PLAIN, *ODD.values()]


@pytest.mark.parametrize("length", [1, 512])
def test_a_text_is_measured_in_bytes_before_it_is_encoded(length: int) -> None:
    text = "я" * length + "%" * (1024 - 2 * length)
    assert commands.split(text) == [text]
    with pytest.raises(TextTooLong):
        commands.split(text + "!")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"writes": "random"},
        {"writes": "merged"},
        {"action_id": "first"},
        {"action_id": "after-response"},
        {"end_mark": "glued"},
        {"end_mark": "own-line"},
        {"result_event": "UpdateSMS"},
        {"result_to": "sender"},
        {"result_smsc": "recipient"},
        {"default_events": "off"},
        {"spans": "lte"},
        {"result_seconds": 0.0},
    ],
    ids=str,
)
async def test_a_result_is_told_by_every_firmware(options: dict[str, Any]) -> None:
    async with on_box(**options) as bench:
        await bench.send("text")
        (sms,) = bench.on_air
    assert (sms["number"], sms["text"], sms["key"]) == (NUMBER, "text", "1234")
    assert sms.line == 1
    assert bench.listener.states[-1] == ("1234", SENT)


async def test_a_failure_has_no_reason() -> None:
    async with on_box() as bench:
        await bench.box.fail_send(1, error="no money")
        await bench.send("text")
    assert bench.listener.reports == [
        SendReport(token="1234", state=ACCEPTED),
        SendReport(token="1234", state=FAILED, reason="The network refused it"),
    ]


async def test_results_in_another_order_find_their_messages() -> None:
    async with on_box(result_order="swapped") as bench:
        await bench.box.fail_send(2, error="no money")
        first = asyncio.create_task(bench.send("one", channel=1, serial=1))
        await bench.listener.until_reports(1)
        await asyncio.gather(first, bench.send("two", channel=2, serial=2))
    assert set(bench.listener.states[2:]) == {("1", SENT), ("2", FAILED)}


async def test_the_port_is_held_until_the_result() -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await talk.say(talk.answer(), result(b"1233", b"1"))
        await bench.listener.until_reports(2)
        await bench.clock.leap(59.0)
        assert not sending.done()
        await talk.say(result(b"1234", b"1"))
        await bench.listener.until_reports(3)
        await sending
    assert bench.listener.states == [("1234", ACCEPTED), ("1233", SENT), ("1234", SENT)]


async def test_a_result_that_does_not_come_in_a_minute_is_unknown_until_it_comes() -> (
    None
):
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await talk.say(talk.answer())
        await bench.listener.until_reports(1)
        await bench.clock.leap(60.0)
        await sending
        await talk.say(result(b"1234", b"1"))
        await bench.listener.until_reports(3)
    assert bench.listener.states == [
        ("1234", ACCEPTED),
        ("1234", UNKNOWN),
        ("1234", SENT),
    ]


@pytest.mark.parametrize("told", [b"(null)", b"", b"x", b"99"])
async def test_a_result_of_somebody_else_ends_nothing(told: bytes) -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await talk.say(talk.answer() + result(told, b"0") + result(b"1234", b"1"))
        await sending
    assert bench.listener.states[-1] == ("1234", SENT)
    assert ("1234", FAILED) not in bench.listener.states


async def test_a_status_that_no_paper_knows_is_no_result() -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await talk.say(talk.answer(), result(b"1234", b"2"), result(b"1234", b"0"))
        await sending
    assert bench.listener.states == [("1234", ACCEPTED), ("1234", FAILED)]


async def test_a_result_together_with_the_answer_counts() -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await talk.say(talk.answer() + result(b"1234", b"1"))
        await sending
    assert bench.listener.states[-1] == ("1234", SENT)


async def test_a_result_before_the_answer_counts() -> None:
    async with on_script() as bench:
        talk, sending = await hand_over(bench)
        await talk.say(result(b"1234", b"1") + talk.answer())
        await sending
    assert bench.listener.states == [("1234", SENT)]


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


async def test_what_driver_tells_of_itself() -> None:
    async with on_script() as bench:
        sender = bench.gateway.sender
        assert (sender.reaches, sender.token(1730000000001)) == (SENT, "1730000000001")
        assert not sender.ready(1)
        await bench.connect()
        assert sender.ready(1)
        assert bench.gateway.pacing == 10.0
        assert bench.gateway.inbox is None
