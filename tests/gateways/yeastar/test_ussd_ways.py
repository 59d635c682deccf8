"""The ways that a USSD code can take to a TG, each used once at most."""

import asyncio
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    NoReply,
    SendRefused,
    UssdReply,
)
from tests.gateways.yeastar.bench import on_box, on_script
from tests.simulator.core.journal import LOGIN, USSD_DIALLED

BALANCE = "Баланс: 57.2 р."
ANSWER = (
    b"1:Received USSD success on span: 2\n\tUSSD Responses: 0\n\tUSSD Code: 15\n"
    b"\tUSSD Len: 4\n\tUSSD Message: 5 km\n"
)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"network": {"state": False}}, ChannelUnavailable),
        ({"remove_sim": {}}, ChannelUnavailable),
        ({"module": {"state": False}}, ChannelUnavailable),
        ({"say": {"state": "SIM READY REQ"}}, ChannelBusy),
    ],
    ids=str,
)
async def test_nothing_is_dialled_where_nothing_can_be_dialled(
    fault: dict[str, dict[str, Any]], error: type[Exception]
) -> None:
    ((command, arguments),) = fault.items()
    async with on_box() as bench:
        await getattr(bench.box, command)(1, **arguments)
        with pytest.raises(error):
            await bench.dial()
        assert not bench.dialled


async def test_nothing_is_dialled_while_the_box_is_away() -> None:
    async with on_script() as bench:
        with pytest.raises(CannotConnect):
            await bench.dial()
        assert bench.server.accepted == 0


async def test_other_ports_send_receive_and_dial_during_a_code() -> None:
    async with on_box() as bench:
        bench.box.lines[1].faults.ussd_delay = 20.0
        slow = asyncio.create_task(bench.dial())
        await bench.box.journal.wait_for_kind(USSD_DIALLED)
        await bench.send("text", channel=2)
        await bench.box.receive(2, "+79991112233", "Ok")
        await bench.listener.until_parts(1)
        assert await bench.dial(channel=2) == "Balance:65.2r,Limit:0r"
        assert len((await bench.gateway.status.read_status()).channels) == 2
        assert not slow.done()
        assert await slow == BALANCE


@pytest.mark.parametrize("second_login", ["every-event", "no-events"])
async def test_a_login_of_its_own_where_the_box_gives_one(second_login: str) -> None:
    async with on_box(second_login=second_login) as bench:
        assert await bench.dial() == BALANCE
        assert bench.dialled == [("*100#", "ami")]
        assert len(bench.box.journal.entries(LOGIN, port="ami")) == 2


async def test_http_where_a_second_login_is_refused() -> None:
    async with on_box(second_login="refused") as bench:
        assert await bench.gateway.ussd.run_ussd(1, "*100#") == UssdReply(text=BALANCE)
        assert bench.dialled == [("*100#", "http")]
        await bench.send("still there")
        assert [connected for connected, _ in bench.listener.connections] == [True]


async def test_the_one_link_where_a_second_login_is_refused_and_http_closed() -> None:
    async with on_box(second_login="refused", changes={"http_port": 1}) as bench:
        assert await bench.dial() == BALANCE
        assert bench.dialled == [("*100#", "ami")]


@pytest.mark.parametrize("forbidden_http", ["403", "failure"])
async def test_http_that_refuses_our_address(forbidden_http: str) -> None:
    async with on_box(second_login="refused", forbidden_http=forbidden_http) as bench:
        await bench.box.set_option("allowed_addresses", "192.0.2.1")
        if forbidden_http == "403":
            assert await bench.dial() == BALANCE
            assert bench.dialled == [("*100#", "ami")]
        else:  # what a failure text means is not known: nothing is tried twice
            with pytest.raises(SendRefused):
                await bench.dial()
            assert not bench.dialled


async def test_a_code_whose_http_answer_is_cut_off_is_not_dialled_again() -> None:
    async with on_box(second_login="refused") as bench:
        await bench.box.cut("http", after=0)
        with pytest.raises(NoReply):
            await bench.dial()
        await bench.box.journal.wait_for_kind("ussd_answered")
        assert bench.dialled == [("*100#", "http")]


async def test_a_code_whose_own_login_is_cut_off_is_not_dialled_again() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        dialling = asyncio.create_task(bench.dial())
        await talk.tell_ready()
        own = await bench.server.accept()
        await own.log_in(events=b"off")
        await own.hear_command()
        own.abort()
        with pytest.raises(NoReply):
            await dialling
        assert bench.server.accepted == 2


@pytest.mark.parametrize("silence", ["no greeting", "no answer"])
async def test_a_second_login_that_hangs_is_a_refused_one(silence: str) -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        dialling = asyncio.create_task(bench.dial())
        await talk.tell_ready()
        own = await bench.server.accept()
        if silence == "no answer":
            await own.say(b"Asterisk Call Manager/1.1\r\n")
            await own.hear()
        await bench.clock.advance(4.0)
        assert await talk.hear_command() == b'gsm send ussd 2 "*100#" 30'
        await talk.say(talk.answer(ANSWER))
        assert await dialling == "5 km"


async def test_no_ping_disturbs_a_code_on_the_one_link() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        dialling = asyncio.create_task(bench.dial())
        await talk.tell_ready()
        (await bench.server.accept()).abort()
        await talk.hear_command()
        await bench.clock.advance(28.0)
        assert not dialling.done()
        with pytest.raises(ChannelBusy):
            await asyncio.gather(bench.dial(channel=2), bench.clock.advance(3.0))
        sending = asyncio.create_task(bench.send("text"))
        await talk.say(talk.answer(ANSWER))
        await dialling
        assert await talk.hear() == b"Action: Ping\r\n\r\n"
        await talk.accept()
        await talk.tell_ready()
        assert b"gsm send sms" in await talk.hear_command()
        sending.cancel()


async def test_a_late_answer_is_not_taken_for_another_one() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        dialling = asyncio.create_task(bench.dial())
        await talk.tell_ready()
        (await bench.server.accept()).abort()
        await talk.hear_command()
        late = talk.answer(b"GSM span 9: Power off\n")
        await bench.clock.leap(32.0)
        with pytest.raises(NoReply):
            await dialling
        reading = asyncio.create_task(bench.gateway.status.read_status())
        assert b"Ping" in await talk.hear()
        await talk.say(late)
        await talk.accept()
        await talk.hear_command()
        await talk.say(talk.answer(b"GSM span 2: Power off\n"))
        assert [channel.channel for channel in (await reading).channels] == [1]


async def test_a_code_does_not_queue_up_on_a_busy_link() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        dialling = asyncio.create_task(bench.dial())
        await talk.tell_ready()
        own = await bench.server.accept()
        reading = asyncio.create_task(bench.gateway.status.read_status())
        assert await talk.hear_command() == b"gsm show spans"
        own.abort()
        with pytest.raises(ChannelBusy):
            await dialling
        await talk.say(talk.answer(b"GSM span 2: Power off\n"))
        await reading
