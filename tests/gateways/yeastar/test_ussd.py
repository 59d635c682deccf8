"""USSD codes dialled over AMI, and over HTTP where AMI lets us in once only."""

import asyncio
from itertools import product
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.model import (
    NoReply,
    SendRefused,
    UnexpectedReply,
    UssdReply,
    UssdSession,
)
from custom_components.gsm_gateway.gateways.yeastar.ussd import decode_text, parse_ussd
from tests.gateways.yeastar.bench import on_box, on_script
from tests.simulator.core.sim_card import UssdAnswer

SOLDE = (
    "1:Received USSD success on span: 3\n\tUSSD Responses: 0\n\tUSSD Code: 15\n"
    "\tUSSD Len: 100\n\tUSSD Message: Solde Principal: 170 FCFA, expire le 2019-11-17. "
    "Total Bonus: 0F.Pour plus de details tapez *101*1#.\n"
)
BALANCE = "Баланс: 57.2 р."
FINISHED, OPEN, ENDED = UssdSession.FINISHED, UssdSession.OPEN, UssdSession.ENDED


@pytest.mark.parametrize(
    ("body", "reply"),
    [
        (
            SOLDE,
            UssdReply(
                text="Solde Principal: 170 FCFA, expire le 2019-11-17. "
                "Total Bonus: 0F.Pour plus de details tapez *101*1#.",
                session=FINISHED,
            ),
        ),
        (
            (
                "1:Recive USSD sucess on span 2\n\tUSSD Responses: 1\n\tUSSD Code: 72\n"
                "\tUSSD Len: 28\n\tUSSD Message: 6B228FCE4F7F\n"
            ),
            UssdReply(text="欢迎使", session=OPEN),
        ),
        (
            (
                "1:Received USSD success on span: 2\r\n\tUSSD Responses: 2\r\n"
                "\tUSSD Code: 0\r\n\tUSSD Len: 9\r\n\tUSSD Message: one\r\n\r\ntwo: 2\r\n"
            ),
            UssdReply(text="one\r\n\r\ntwo: 2", session=ENDED),
        ),
        (
            "1:Received USSD success on span: 2\n USSD Message: 5\nUSSD Code: 72\n",
            UssdReply(text="5\nUSSD Code: 72", session=UssdSession.UNTOLD),
        ),
    ],
)
def test_an_answer_in_both_spellings(body: str, reply: UssdReply) -> None:
    assert parse_ussd(body) == reply


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("0:Send USSD failed on span 3\n", SendRefused),
        ("0:Send USSD timeout on span 3\n", NoReply),
        ("No such command 'gsm send ussd'\n", SendRefused),
        ("", SendRefused),
        ("1:Received USSD success on span: 3\n\tUSSD Code: 15\n", UnexpectedReply),
    ],
)
def test_an_answer_without_a_message(body: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_ussd(body)


@pytest.mark.timeout(5)
def test_blanks_and_line_ends_without_number_take_no_hostile_time() -> None:
    body = "1:\n" + "\n" * 300_000 + "\t" * 300_000 + "x"
    with pytest.raises(UnexpectedReply):
        parse_ussd(body)


PRIVET = "041F04400438043204350442"


@pytest.mark.parametrize(
    ("text", "code", "shown"),
    [
        (PRIVET, "72", "Привет"),
        (PRIVET.lower(), "72", "Привет"),
        (PRIVET, "8", "Привет"),  # by its looks
        (PRIVET, "15", "Привет"),
        (PRIVET, "0", "Привет"),
        (PRIVET, "", "Привет"),
        ("0411043004340438", "15", "Бади"),  # digits alone
        ("00480065006C006C006F", "15", "Hello"),
        ("D83DDE00", "72", "😀"),
        ("1500", "72", "\u1500"),
        ("1500", "15", "1500"),
        ("1500", "0", "1500"),
        ("15001500", "15", "15001500"),
        ("4276550058005900", "15", "4276550058005900"),  # a voucher, no Chinese
        ("45678912", "0", "45678912"),
        ("01020304", "15", "01020304"),  # a date
        ("041F", "15", "041F"),  # too short to be sure
        ("041F044", "72", "041F044"),  # no whole number of letters
        ("DEADBEEF", "15", "DEADBEEF"),
        ("Balance 041F0440", "72", "Balance 041F0440"),
        ("57.20", "72", "57.20"),
        ("", "72", ""),
        (PRIVET, "²", "Привет"),
    ],
)
def test_hexadecimal_and_plain_text(text: str, code: str, shown: str) -> None:
    assert decode_text(text, code) == shown


TEXTS = {
    "cyrillic": "Баланс: 57.20 р.\nСпасибо",
    "ascii": "Balance:57.20r,Limit:0r",
    "number": "1500",
    "lines": "1 Balance\n2 Tariff\r\n\r\n3 Exit",
}


@pytest.mark.parametrize(
    ("spelling", "coding", "text"),
    product(("received", "recive"), ("auto", "15", "0", "72"), TEXTS),
)
async def test_answers_of_every_firmware(spelling: str, coding: str, text: str) -> None:
    async with on_box(ussd_spelling=spelling, ussd_coding=coding) as bench:
        await bench.box.ussd_answer(1, "*100#", TEXTS[text])
        assert await bench.dial() == TEXTS[text]
        assert bench.dialled == [("*100#", "ami")]


@pytest.mark.parametrize("writes", ["random", "merged"])
async def test_answers_in_any_tcp_writes(writes: str) -> None:
    async with on_box(writes=writes) as bench:
        assert await bench.dial() == BALANCE


@pytest.mark.parametrize(("final", "session"), [("0", FINISHED), ("2", ENDED)])
async def test_a_menu_is_answered_in_its_session(
    final: Any, session: UssdSession
) -> None:
    async with on_box(ussd_final_state=final) as bench:
        card = bench.box.lines[1].sim
        assert card
        card.ussd["*111#"] = UssdAnswer("1 Balance", menu={"1": UssdAnswer("57.20")})
        menu = await bench.gateway.ussd.run_ussd(1, "*111#")
        assert menu == UssdReply(text="1 Balance", session=OPEN)
        choice = await bench.gateway.ussd.run_ussd(1, "1")
        assert choice == UssdReply(text="57.20", session=session)


async def test_the_command_byte_for_byte() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        dialling = asyncio.create_task(bench.dial("*100*+7#", channel=2))
        await talk.tell_ready(span=3)
        own = await bench.server.accept()
        await own.log_in(events=b"off")
        assert await own.hear() == (
            b'Action: smscommand\r\nCommand: gsm send ussd 3 "*100*+7#" 30\r\n\r\n'
        )
        await own.say(own.answer(SOLDE.encode()))
        assert await own.hear() == b"Action: Logoff\r\n\r\n"
        await own.say(b"Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n")
        assert (await dialling).startswith("Solde Principal: 170 FCFA")
        assert await own.ended() == b""


@pytest.mark.parametrize("code", ["", '*1" 5', "*1%2A", "a\\b", "1\r\n", "1\0"])
async def test_a_code_that_would_break_the_command_is_refused(code: str) -> None:
    async with on_script() as bench:
        await bench.connect()
        with pytest.raises(SendRefused):
            await bench.dial(code)
        assert bench.server.accepted == 1


async def test_a_code_that_the_network_refuses() -> None:
    async with on_box() as bench:
        await bench.box.ussd_error(1, "refused")
        with pytest.raises(SendRefused, match="Send USSD failed on span 2"):
            await bench.dial()


async def test_a_code_that_the_operator_does_not_answer_is_dialled_once() -> None:
    async with on_box() as bench:
        await bench.box.ussd_silence(1)
        with pytest.raises(NoReply):
            await bench.dial()
        assert bench.dialled == [("*100#", "ami")]


async def test_a_box_that_does_not_answer_at_all_is_given_up_in_time() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        dialling = asyncio.create_task(bench.dial())
        await talk.tell_ready()
        own = await bench.server.accept()
        await own.log_in(events=b"off")
        await own.hear_command()
        await bench.clock.leap(32.0)
        await bench.clock.advance(1.0)
        with pytest.raises(NoReply):
            await dialling
        # A late answer finds nobody, and the next code has a login of its own.
        assert b"Logoff" in await own.hear()
        await own.ended()
