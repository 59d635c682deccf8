"""SMS that go out over AMI."""

import asyncio
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.model import (
    SendReport,
    SendState,
    TextTooLong,
)
from custom_components.gsm_gateway.gateways.yeastar import commands
from tests.gateways.yeastar.bench import NUMBER, hand_over, on_box, on_script, result

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


async def test_what_the_driver_tells_of_itself() -> None:
    async with on_script() as bench:
        sender = bench.gateway.sender
        assert (sender.reaches, sender.token(1730000000001)) == (SENT, "1730000000001")
        assert not sender.ready(1)
        await bench.connect()
        assert sender.ready(1)
        assert bench.gateway.pacing == 10.0
        assert bench.gateway.inbox is None
