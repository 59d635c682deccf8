"""`gsm send ussd` of a simulated TG."""

import re
from typing import Any

import pytest

from .core.clock import ManualClock
from .core.sim_card import UssdAnswer
from .raw_ami import box_and_login, http_get, login
from .yeastar import YeastarBox, YeastarOptions

FRENCH = (
    "Solde Principal: 170 FCFA, expire le 2019-11-17. Total Bonus: 0F."
    "Pour plus de details tapez *101*1#."
)
MENU = UssdAnswer("Buy?\n1 Yes", menu={"1": UssdAnswer("Bought")})


def menu_of(box: YeastarBox) -> None:
    """Put a menu behind *111#."""
    assert box.lines[1].sim is not None
    box.lines[1].sim.ussd["*111#"] = MENU


async def test_plain_answer_is_the_one_of_the_capture() -> None:
    async with box_and_login() as (box, client):
        await box.ussd_answer(2, "*101#", FRENCH)
        assert await client.ask('gsm send ussd 3 "*101#" 30') == (
            b"1:Received USSD success on span: 3\n"
            b"\tUSSD Responses: 0\n"
            b"\tUSSD Code: 15\n"
            b"\tUSSD Len: 100\n"
            b"\tUSSD Message: Solde Principal: 170 FCFA, expire le 2019-11-17. Total "
            b"Bonus: 0F.Pour plus de details tapez *101*1#.\n"
        )
        dialled = box.journal.entries("ussd_dialled")
        assert [(entry.line, entry["code"]) for entry in dialled] == [(2, "*101#")]


async def test_letters_outside_the_gsm_alphabet_come_as_hex_ucs2() -> None:
    async with box_and_login() as (_, client):
        assert await client.ask('gsm send ussd 2 "*100#" 30') == (
            b"1:Received USSD success on span: 2\n"
            b"\tUSSD Responses: 0\n"
            b"\tUSSD Code: 72\n"
            b"\tUSSD Len: 60\n"
            b"\tUSSD Message: 04110430043B0430043D0441003A0020"
            b"00350037002E003200200440002E\n"
        )


async def test_other_spelling() -> None:
    async with box_and_login(YeastarOptions(ussd_spelling="recive")) as (box, client):
        await box.ussd_answer(1, "*1#", "1500")
        answer = await client.ask('gsm send ussd 2 "*1#"')
        assert answer.startswith(
            b"1:Recive USSD sucess on span 2\n\tUSSD Responses: 0\n"
        )


@pytest.mark.parametrize(
    ("coding", "text", "lines"),
    [
        ("0", "1500", b"\tUSSD Code: 0\n\tUSSD Len: 4\n\tUSSD Message: 1500\n"),
        ("15", "1500", b"\tUSSD Code: 15\n\tUSSD Len: 4\n\tUSSD Message: 1500\n"),
        ("72", "15", b"\tUSSD Code: 72\n\tUSSD Len: 8\n\tUSSD Message: 00310035\n"),
        ("15", "ж", b"\tUSSD Code: 72\n\tUSSD Len: 4\n\tUSSD Message: 0436\n"),
        ("auto", "à", b"\tUSSD Code: 15\n\tUSSD Len: 1\n\tUSSD Message: \xc3\xa0\n"),
    ],
)
async def test_data_coding(coding: Any, text: str, lines: bytes) -> None:
    async with box_and_login(YeastarOptions(ussd_coding=coding)) as (box, client):
        await box.ussd_answer(1, "*1#", text)
        answer = await client.ask('gsm send ussd 2 "*1#" 30')
        assert answer.endswith(b"USSD Responses: 0\n" + lines)


async def test_length_counts_printed_characters() -> None:
    async with box_and_login() as (box, client):
        await box.ussd_answer(1, "*1#", "流" * 69)
        assert b"\tUSSD Len: 276\n" in await client.ask('gsm send ussd 2 "*1#" 30')


async def test_plain_text_may_have_lines() -> None:
    async with box_and_login() as (box, client):
        await box.ussd_answer(1, "*1#", "Balance\n\n12 EUR\n")
        answer = await client.ask('gsm send ussd 2 "*1#" 30')
        assert answer.endswith(b"\tUSSD Message: Balance\n\n12 EUR\n\n")


async def test_network_may_end_the_session() -> None:
    async with box_and_login(YeastarOptions(ussd_final_state="2")) as (_, client):
        answer = await client.ask('gsm send ussd 2 "*100#" 30')
        assert b"\tUSSD Responses: 2\n" in answer


async def test_failed() -> None:
    async with box_and_login() as (box, client):
        await box.ussd_answer(1, "*1#", kind="error")
        assert await client.ask('gsm send ussd 2 "*1#" 30') == (
            b"0:Send USSD failed on span 2\n"
        )
        await box.remove_sim(1)
        assert await client.ask('gsm send ussd 2 "*100#" 30') == (
            b"0:Send USSD failed on span 2\n"
        )
        await box.say(2, state="SIM PIN REQ")
        assert await client.ask('gsm send ussd 3 "*100#" 30') == (
            b"0:Send USSD failed on span 3\n"
        )


@pytest.mark.parametrize(("given", "limit"), [(" 12", 12.0), ("", 30.0)])
async def test_timeout_after_the_seconds_given_or_thirty(
    given: str, limit: float
) -> None:
    clock = ManualClock()
    async with YeastarBox(clock=clock) as box, login(box) as client:
        await box.ussd_silence(1)
        await client.command(f'gsm send ussd 2 "*100#"{given}')
        await box.journal.wait_for_kind("ussd_dialled")
        await clock.advance(limit - 0.1)
        assert box.line(1).busy
        await clock.advance(0.1)
        assert (await client.block()).endswith(
            b"\r\n0:Send USSD timeout on span 2\n--END COMMAND--\r\n\r\n"
        )
        assert await client.ask("gsm show span 9") != b""


async def test_no_limit_unless_one_is_given() -> None:
    clock = ManualClock()
    options = YeastarOptions(ussd_default_seconds=0.0)
    async with YeastarBox(options, clock=clock) as box, login(box) as client:
        await box.ussd_late(1, 300.0)
        await client.command('gsm send ussd 2 "*100#"')
        await box.journal.wait_for_kind("ussd_dialled")
        await clock.advance(302.0)
        assert b"1:Received USSD success" in await client.block()


@pytest.mark.parametrize(
    ("rule", "second"), [("dropped", b"second\n"), ("next", b"first\n")]
)
async def test_answer_after_the_timeout(rule: Any, second: bytes) -> None:
    clock = ManualClock()
    options = YeastarOptions(ussd_late_answer=rule)
    async with YeastarBox(options, clock=clock) as box, login(box) as client:
        await box.ussd_answer(1, "*1#", "first", delay=38.0)
        await box.ussd_answer(1, "*2#", "second", delay=20.0)
        await client.command('gsm send ussd 2 "*1#" 30')
        await box.journal.wait_for_kind("ussd_dialled", code="*1#")
        await clock.advance(30.0)
        assert b"0:Send USSD timeout on span 2\n" in await client.block()
        await client.command('gsm send ussd 2 "*2#" 30')
        await box.journal.wait_for_kind("ussd_dialled", code="*2#")
        await clock.advance(25.0)
        assert second in await client.block()
        assert box.journal.entries("ussd_answered", code="*1#", text="first")


async def test_menu_waits_for_an_answer_and_takes_one() -> None:
    async with box_and_login() as (box, client):
        menu_of(box)
        answer = await client.ask('gsm send ussd 2 "*111#" 30')
        assert b"\tUSSD Responses: 1\n" in answer
        assert answer.endswith(b"\tUSSD Message: Buy?\n1 Yes\n")
        answer = await client.ask('gsm send ussd 2 "1" 30')
        assert b"\tUSSD Responses: 0\n" in answer
        assert answer.endswith(b"\tUSSD Message: Bought\n")


@pytest.mark.parametrize(
    ("owner", "text"),
    [("port", "Bought"), ("client", "Неверный запрос")],
)
async def test_menu_answered_by_somebody_else(owner: Any, text: str) -> None:
    async with box_and_login(YeastarOptions(ussd_menu_owner=owner)) as (box, client):
        menu_of(box)
        await client.ask('gsm send ussd 2 "*111#" 30')
        page = "/cgi/WebCGI?1500102=account=apiuser&password=apipass&port=1&content=1"
        answer = (await http_get(box.http_port, page)).decode()
        assert answer.endswith(f"Response: Success\r\nMessage: {text}\r\n")


@pytest.mark.parametrize("code", ["*100#", "1"])
async def test_quotes_may_be_left_out(code: str) -> None:
    async with box_and_login() as (_, client):
        assert b"Received" in await client.ask(f"gsm send ussd 2 {code} 30")


async def test_quotes_may_be_needed() -> None:
    async with box_and_login(YeastarOptions(ussd_unquoted="refused")) as (box, client):
        answer = await client.ask("gsm send ussd 2 1 30")
        assert answer == b'Usage: gsm send ussd <span> "<code>" [timeout]\n'
        assert not box.journal.entries("ussd_dialled")


@pytest.mark.parametrize(
    "line", ["gsm send ussd", "gsm send ussd 2", 'gsm send ussd 2 "*1#" soon']
)
async def test_a_command_that_lacks_something_dials_nothing(line: str) -> None:
    async with box_and_login() as (box, client):
        assert re.match(rb"Usage: ", await client.ask(line))
        assert not box.journal.entries("ussd_dialled")


@pytest.mark.parametrize(("waits", "gap"), [(False, 3.0), (True, 10.0)])
async def test_ussd_after_an_sms(waits: Any, gap: float) -> None:
    clock = ManualClock()
    options = YeastarOptions(ussd_waits=waits)
    async with YeastarBox(options, clock=clock) as box, login(box) as client:
        await client.ask('gsm send sms 2 +7999 "text"')
        await clock.advance(3.0)
        await client.command('gsm send ussd 2 "*100#" 30')
        await client.send(b"Action: Ping\r\n\r\n")
        await box.journal.wait_for_kind("sms_on_air")
        async with login(box) as other:
            await other.ask("gsm show spans")
        await clock.advance(10.0)
        assert b"Received" in await client.block()
        (sent,) = box.journal.entries("sms_on_air")
        (dialled,) = box.journal.entries("ussd_dialled")
    waited = (dialled.time - sent.time).total_seconds()
    assert waited == pytest.approx(gap - 3.0)


async def test_box_ends_a_ussd_whose_client_has_left() -> None:
    clock = ManualClock()
    async with YeastarBox(clock=clock) as box, login(box) as client:
        await client.command('gsm send ussd 2 "*100#" 30')
        await box.journal.wait_for_kind("ussd_dialled")
        await client.close()
        await box.journal.wait_for_kind("connection", event="closed")
        assert box.line(1).busy
        await clock.advance(2.0)
        assert box.journal.entries("ussd_answered")
        assert not box.line(1).busy


async def test_balance_code_tells_the_money_that_is_left() -> None:
    async with box_and_login() as (box, client):
        await client.ask('gsm send sms 3 +7999 "text"')
        await box.journal.wait_for_kind("sms_on_air")
        answer = await client.ask('gsm send ussd 3 "*100#" 30')
        assert answer.endswith(b"\tUSSD Message: Balance:65.2r,Limit:0r\n")
