"""USSD over UDP, datagram by datagram."""

import asyncio
from datetime import UTC, datetime
from typing import override

import pytest

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import SmsServer
from custom_components.gsm_gateway.gateways.model import (
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    InvalidAuth,
    NoReply,
    SendRefused,
    UssdReply,
    UssdSession,
)

from .udp_peer import QUICK, OnUdp, on_udp


def dial(o: OnUdp, code: str = "*100#") -> asyncio.Task[UssdReply]:
    """Begin to dial on line 1."""
    return asyncio.create_task(o.gateway.ussd.run_ussd(1, code))


async def dialled(o: OnUdp, code: str = "*100#") -> int:
    """Return the number under which a code came; there is no newline behind it."""
    verb, number, password, rest = (await o.peer.next()).decode().split(" ", 3)
    assert (verb, password, rest) == ("USSD", "secret", code)
    return int(number)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("Баланс: 57.2 р.", "Баланс: 57.2 р."),
        ("1. Balance\n2. Tariff; more:\n", "1. Balance\n2. Tariff; more:"),
        ("Balance 5 EUR@@@@", "Balance 5 EUR"),
        ("mail me@home", "mail me@home"),
    ],
)
async def test_answer(answer: str, text: str) -> None:
    async with on_udp() as o:
        asking = dial(o)
        number = await dialled(o)
        o.peer.send(f"USSD {number} {answer}".encode())
        assert await asking == UssdReply(text=text)


async def test_numbers_grow_and_old_answers_are_nobodys() -> None:
    async with on_udp() as o:
        before = int(datetime.now(UTC).timestamp())
        asking = dial(o)
        first = await dialled(o)
        assert before <= first < 2**31
        o.peer.send(f"USSD {first} 1. Balance 2. Tariff".encode())
        await asking
        asking = dial(o, "1")
        second = await dialled(o, "1")
        assert second > first
        o.peer.send(f"USSD {first} 1. Balance 2. Tariff".encode())
        await o.peer.sound()
        assert o.server.refused["unasked"] == 1
        o.peer.send(f"USSD {second} Balance 5 EUR".encode())
        assert (await asking).text == "Balance 5 EUR"


class SetClock(Clock):
    """A clock that shows what a test wants."""

    shown = datetime(1970, 1, 1, tzinfo=UTC)

    @override
    def now(self) -> datetime:
        return self.shown


async def test_numbers_grow_when_the_clock_does_not() -> None:
    clock = SetClock()
    server = SmsServer(0, clock)
    early = [server.next_number(), server.next_number()]
    clock.shown = datetime(2026, 11, 23, tzinfo=UTC)  # the network has told the time
    right = server.next_number()
    clock.shown = datetime(2026, 11, 22, tzinfo=UTC)
    assert early == [1, 2]
    assert [right, server.next_number()] == [1795392000, 1795392001]


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        ("USSD %d USSD send failed!", SendRefused, "USSD send failed!"),
        ("USSDERROR %d network refused", SendRefused, "network refused"),
        ("USSDERROR %d", SendRefused, "no reason"),
        ("USSDERROR %d GSM_LOGOUT", ChannelUnavailable, "GSM_LOGOUT"),
        ("USSDERROR %d busy", ChannelBusy, "busy"),
        ("USSDERROR %d PASSWORD", InvalidAuth, "password"),
        ("USSDERROR %d Our lines are busy now.", SendRefused, "Our lines are busy"),
        ("USSDERROR %d Enter your password!", SendRefused, "Enter your password"),
        ("ERROR %d GSM_LOGOUT\n", ChannelUnavailable, "GSM_LOGOUT"),
        ("USSD %d ", NoReply, "empty"),
        ("USSD %d", NoReply, "empty"),
    ],
)
async def test_errors(reply: str, error: type[GatewayError], words: str) -> None:
    async with on_udp() as o:
        asking = dial(o)
        o.peer.send((reply % await dialled(o)).encode())
        with pytest.raises(error, match=words) as raised:
            await asking
        assert type(raised.value) is error


async def test_network_that_ends_the_dialogue() -> None:
    async with on_udp() as o:
        asking = dial(o)
        o.peer.send(b"USSDEXIT %d" % await dialled(o))
        assert await asking == UssdReply(text="", session=UssdSession.ENDED)


async def test_code_is_never_repeated() -> None:
    async with on_udp(scale=60) as o:
        asking = dial(o)
        number = await dialled(o)
        with pytest.raises(NoReply):
            await asking
        await o.peer.sound()
        o.peer.send(f"USSD {number} too late".encode())
        await o.peer.sound()
        assert o.server.refused["unasked"] == 1


@pytest.mark.parametrize("code", ["", " ", "*100#\n", "*100#\nUSSD 1 secret *1#", "ж"])
async def test_code_that_would_break_the_command(code: str) -> None:
    async with on_udp() as o:
        with pytest.raises(SendRefused):
            await o.gateway.ussd.run_ussd(1, code)
        await o.peer.sound()


async def test_dialogue_is_closed() -> None:
    async with on_udp(scale=QUICK) as o:
        assert o.gateway.ussd_closer is not None
        closing = asyncio.create_task(o.gateway.ussd_closer.close_ussd(1))
        words = (await o.peer.next()).decode().split(" ")
        assert (words[0], words[2:]) == ("USSDEXIT", ["secret"])
        assert (await o.peer.next()).decode().split(" ") == words  # it may be repeated
        o.peer.send(f"USSDEXIT {words[1]}".encode())
        await closing


async def test_box_that_never_answers_a_close_is_believed_to_have_closed() -> None:
    async with on_udp(scale=QUICK) as o:
        assert o.gateway.ussd_closer is not None
        await o.gateway.ussd_closer.close_ussd(1)
        sent = {await o.peer.next() for _ in range(3)}
        assert len(sent) == 1
        await o.peer.sound()


async def test_box_that_usually_answers_a_close_and_does_not() -> None:
    async with on_udp(scale=QUICK) as o:
        assert o.gateway.ussd_closer is not None
        closing = asyncio.create_task(o.gateway.ussd_closer.close_ussd(1))
        number = (await o.peer.next()).split(b" ")[1]
        o.peer.send(b"USSDERROR " + number)  # whatever it says (D15)
        await closing
        with pytest.raises(NoReply):
            await o.gateway.ussd_closer.close_ussd(1)
