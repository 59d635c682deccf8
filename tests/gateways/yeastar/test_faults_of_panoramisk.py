"""Each fault of panoramisk 1.4 that the subclass closes, seen from the wire.

The numbers of the tests follow the order in which the faults were found. With
the plain `AMIProtocol` and `Manager` each of them fails.
"""

import asyncio
import logging

import pytest

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    InvalidAuth,
    NoReply,
    SendRefused,
    SmsPart,
)
from custom_components.gsm_gateway.gateways.yeastar.ami_link import AmiLink
from tests.gateways.yeastar.bench import (
    NUMBER,
    ScriptedBench,
    on_box,
    on_script,
    settings_for,
    timers,
)
from tests.gateways.yeastar.scripted import BANNER, ScriptedAmi, Talk
from tests.simulator.core.journal import LOGIN_REFUSED

RECEIVED = (
    b"Event: ReceivedSMS\r\nPrivilege: all,smscommand\r\nID: %b\r\nGsmSpan: 2\r\n"
    b"Sender: +22652004896\r\nRecvtime: 2019-08-19 15:39:21\r\nIndex: 1\r\nTotal: 2\r\n"
    b"Smsc: +22670900505\r\nContent: %b\r\n--END SMS EVENT--\r\n\r\n"
)


async def opened(server: ScriptedAmi) -> tuple[AmiLink, Talk]:
    """Return a link that is logged in, and its other end."""
    link = AmiLink(Clock())
    opening = asyncio.create_task(
        link.open(settings_for(ami_port=server.port), events=False)
    )
    talk = await server.accept()
    await talk.log_in(events=b"off")
    await opening
    return link, talk


async def show_spans(bench: ScriptedBench, talk: Talk) -> bytes:
    """Ask for something harmless and return the action that the box gets."""
    asking = asyncio.create_task(bench.gateway.status.read_status())
    action = await talk.hear()
    await talk.say(talk.answer(b"GSM span 2: Power off\n"))
    await asking
    return action


async def test_1_the_text_of_a_received_sms_is_kept() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        await talk.say(RECEIVED % (b"", b"Ok"))
        (part,) = await bench.listener.until_parts(1)
    assert part.payload == b"Ok"


async def test_2_an_sms_without_an_answer_is_not_sent_again_after_a_reconnect() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        sending = asyncio.create_task(bench.send("text"))
        await talk.tell_ready()
        assert b"text" in await talk.hear_command()
        talk.close()
        with pytest.raises(NoReply):
            await sending
        await bench.listener.until_lost()
        await bench.clock.advance(1.0)
        talk = await bench.server.accept()
        await talk.log_in()
        await talk.say(b"Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n")
        action = await show_spans(bench, talk)
    assert action == b"Action: smscommand\r\nCommand: gsm show spans\r\n\r\n"


async def test_3_nothing_goes_on_after_a_stop_during_the_wait_for_a_reconnect() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        talk.close()
        await bench.listener.until_lost()
        await bench.stop()
        assert not timers()
        await bench.clock.advance(60.0)
        assert bench.server.accepted == 1


async def test_3_nothing_goes_on_after_a_first_try_that_failed() -> None:
    link = AmiLink(Clock())
    with pytest.raises(CannotConnect):
        await link.open(settings_for(), events=True)
    assert not timers()


async def test_4_a_wrong_password_is_told_once_and_never_tried_again() -> None:
    async with on_box(connected=False, changes={"password": "wrong"}) as bench:
        run = bench.start()
        error = await bench.listener.until_lost()
        await run
        assert len(bench.box.journal.entries(LOGIN_REFUSED)) == 1
        assert not timers()
    assert isinstance(error, InvalidAuth)
    assert [connected for connected, _ in bench.listener.connections] == [False]


async def test_5_a_link_on_which_a_ping_stays_unanswered_is_given_up() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        await bench.clock.advance(15.0)
        assert await talk.hear() == b"Action: Ping\r\n\r\n"
        await bench.clock.advance(10.5)
        error = await bench.listener.until_lost()
        assert isinstance(error, CannotConnect)
        await bench.clock.advance(1.0)
        await (await bench.server.accept()).log_in()
        await bench.listener.until_connected()


async def test_6_sending_before_the_first_connection_says_so() -> None:
    async with on_script() as bench:
        with pytest.raises(CannotConnect):
            await bench.send("text")


async def test_6_sending_on_a_lost_link_says_so() -> None:
    async with ScriptedAmi.listening() as server:
        link, talk = await opened(server)
        talk.abort()
        await asyncio.wait_for(link.lost.wait(), 10)
        with pytest.raises(CannotConnect):
            await link.command("gsm show spans")
        link.close()


async def test_7_a_listener_that_raises_costs_neither_the_link_nor_the_next_sms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        keep = bench.listener.on_part

        def on_part(part: SmsPart) -> None:
            keep(part)
            if part.payload == b"first":
                raise ValueError("a listener's fault")

        monkeypatch.setattr(bench.listener, "on_part", on_part)
        await talk.say(RECEIVED % (b"", b"first") + RECEIVED % (b"", b"second"))
        await bench.listener.until_parts(2)
        assert await show_spans(bench, talk)
    assert bench.listener.texts == ["first", "second"]


@pytest.mark.parametrize("text", ["a\r\n\r\nAction: Logoff\r\n\r\n", "a\nb", "a\0b"])
async def test_8_no_value_runs_a_second_action(text: str) -> None:
    async with ScriptedAmi.listening() as server:
        link, talk = await opened(server)
        with pytest.raises(SendRefused):
            await link.command(f'gsm send sms 2 {NUMBER} "{text}" 1')
        closing = asyncio.create_task(link.aclose())
        assert await talk.hear() == b"Action: Logoff\r\n\r\n"
        await talk.accept()
        await closing


async def test_9_a_letter_cut_by_a_segment_and_a_bad_byte_do_not_vanish() -> None:
    async with ScriptedAmi.listening() as server:
        link, talk = await opened(server)
        asking = asyncio.create_task(link.command("gsm show spans"))
        await talk.hear()
        answer = talk.answer("Привет €".encode() + b" \xff.")
        await talk.say(*(bytes([byte]) for byte in answer))
        assert await asking == "Привет € \N{REPLACEMENT CHARACTER}."
        link.close()


async def test_10_all_crlf_lines_of_an_answer_and_what_stands_behind_a_blank_one() -> (
    None
):
    async with ScriptedAmi.listening() as server:
        link, talk = await opened(server)
        asking = asyncio.create_task(link.command("gsm show spans"))
        await talk.hear()
        await talk.say(talk.answer(b"one\r\ntwo\r\n\r\nthree\r\n"))
        assert await asking == "one\r\ntwo\r\n\r\nthree"
        link.close()


async def test_10_an_answer_that_announces_more_is_an_answer() -> None:
    async with ScriptedAmi.listening() as server:
        link, talk = await opened(server)
        asking = asyncio.create_task(link.request({"Action": "Ping"}))
        await talk.hear()
        await talk.say(
            b"Response: Success\r\nActionID: %b\r\nMessage: List will follow\r\n\r\n"
            % talk.action_id
        )
        assert (await asking)["Message"] == "List will follow"
        link.close()


async def test_11_the_id_of_an_event_is_its_header() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        await talk.say(RECEIVED % (b"E9510086", b"Ok"))
        (part,) = await bench.listener.until_parts(1)
    assert part.concatenation
    assert part.concatenation.reference == "E9510086"


async def test_11_headers_without_a_blank_and_of_another_case_are_kept() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        event = RECEIVED % (b"", b"Ok")
        await talk.say(
            event.replace(b"Content: Ok", b"Content:Ok\r\ncontent: other")
            .replace(b"Sender: ", b"Sender:")
            .replace(b"ID: \r\n", b"ID:\r\n")
        )
        (part,) = await bench.listener.until_parts(1)
    assert (part.sender, part.payload) == ("+22652004896", b"Ok")


async def test_12_neither_texts_nor_numbers_are_logged_when_the_link_is_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with on_script() as bench:
        talk = await bench.connect()
        sending = asyncio.create_task(bench.send("a private text"))
        await talk.tell_ready()
        await talk.hear()
        talk.close()
        with pytest.raises(NoReply) as raised:
            await sending
        await bench.listener.until_lost()
    for shown in (caplog.text, str(raised.value), repr(raised.value.__context__)):
        assert "private" not in shown
        assert NUMBER not in shown


async def test_12_the_secret_is_not_logged_when_it_cannot_be_written(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with ScriptedAmi.listening() as server:
        link = AmiLink(Clock())
        settings = settings_for(ami_port=server.port, password="hidden\ud800")
        opening = asyncio.create_task(link.open(settings, events=True))
        await (await server.accept()).say(BANNER)
        with pytest.raises(InvalidAuth) as raised:
            await asyncio.wait_for(opening, 10)
    assert "hidden" not in caplog.text
    assert "hidden" not in str(raised.value)
