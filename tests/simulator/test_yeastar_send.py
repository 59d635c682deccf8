"""`gsm send sms` of a simulated TG: taken, sent, and told."""

from decimal import Decimal
from typing import Any

import pytest

from .core.clock import ManualClock
from .core.journal import SMS_ON_AIR, SMS_REFUSED
from .raw_ami import box_and_login, login
from .yeastar import YeastarBox, YeastarOptions

TAKEN = b"Response: Follows\r\nPrivilege: SMSCommand\r\n--END COMMAND--\r\n\r\n"
PONG = b"Response: Success\r\nPing: Pong\r\n\r\n"


def result(token: bytes, status: bytes, name: bytes = b"UpdateSMSSend") -> bytes:
    """Return the event that the device notes show."""
    return (
        b"Event: " + name + b"\r\n"
        b"Privilege: all,smscommand\r\n"
        b"ID: " + token + b"\r\n"
        b"Smsc: +79037011111\r\n"
        b"Status: " + status + b"\r\n"
        b"--END SMS EVENT--\r\n\r\n"
    )


async def test_follows_means_taken_and_the_result_comes_later() -> None:
    clock = ManualClock()
    async with YeastarBox(clock=clock) as box, login(box) as client:
        await client.command('gsm send sms 2 89991234567 "text" 11111')
        await client.exactly(TAKEN)
        assert not box.journal.entries(SMS_ON_AIR)
        await clock.advance(3.5)
        await client.exactly(result(b"11111", b"1"))
    (sent,) = box.journal.entries(SMS_ON_AIR)
    assert (sent.line, sent["number"], sent["text"]) == (1, "89991234567", "text")
    assert (sent["key"], sent["interface"]) == ("11111", "ami")
    assert sent["balance"] == "55.20"


async def test_any_token_without_blanks_is_an_id() -> None:
    async with box_and_login() as (_, client):
        token = "1het321jlob#qssrb624xpi#jzivl4lp"
        await client.command(f'gsm send sms 3 +79991234567 "a b" {token}')
        await client.exactly(TAKEN)
        await client.exactly(result(token.encode(), b"1"))


async def test_without_an_id_there_is_no_result() -> None:
    async with box_and_login() as (box, client):
        await client.command('gsm send sms 2 +79991234567 "text"')
        await client.exactly(TAKEN)
        await box.journal.wait_for_kind(SMS_ON_AIR)
        await client.command('gsm send sms 2 +79991234567 "text" 2')
        await client.exactly(TAKEN + result(b"2", b"1"))


@pytest.mark.parametrize(
    ("rule", "command_id", "told"),
    [
        ("without-id", "", b"(null)"),
        ("without-id", " 5", b"5"),
        ("always", " 5", b"(null)"),
    ],
)
async def test_id_null(rule: Any, command_id: str, told: bytes) -> None:
    async with box_and_login(YeastarOptions(null_id=rule)) as (_, client):
        await client.command(f'gsm send sms 2 +79991234567 "text"{command_id}')
        await client.exactly(TAKEN + result(told, b"1"))


async def test_result_event_may_have_the_short_name() -> None:
    options = YeastarOptions(result_event="UpdateSMS")
    async with box_and_login(options) as (_, client):
        await client.command('gsm send sms 2 +79991234567 "text" 7')
        await client.exactly(TAKEN + result(b"7", b"1", b"UpdateSMS"))


async def test_smsc_of_a_result_may_be_the_recipient() -> None:
    options = YeastarOptions(result_smsc="recipient")
    async with box_and_login(options) as (_, client):
        await client.command('gsm send sms 2 +79991234567 "text" 7')
        await client.exactly(TAKEN)
        assert b"\r\nSmsc: +79991234567\r\n" in await client.block()


async def test_failures_have_status_zero_and_no_reason() -> None:
    async with box_and_login(YeastarOptions(spacing="none")) as (box, client):
        await box.fail_send(1, error="planned")
        await client.command('gsm send sms 2 +79991234567 "one" 1')
        await client.exactly(TAKEN + result(b"1", b"0"))
        await box.network(1, state=False)
        await client.command('gsm send sms 2 +79991234567 "two" 2')
        await client.exactly(TAKEN + result(b"2", b"0"))
        await box.network(1, state=True)
        await box.balance(1, Decimal(1))
        await client.command('gsm send sms 2 +79991234567 "three" 3')
        await client.exactly(TAKEN + result(b"3", b"0"))
        await box.say(1, state="SIM PIN REQ")
        await client.command('gsm send sms 2 +79991234567 "four" 4')
        await client.exactly(TAKEN + result(b"4", b"0"))
        assert not box.journal.entries(SMS_ON_AIR)
        refused = [entry["error"] for entry in box.journal.entries(SMS_REFUSED)]
    assert refused == ["planned", "not registered", "no money", "not ready"]


async def test_a_result_may_never_come() -> None:
    async with box_and_login() as (box, client):
        await box.lose_result(1)
        await client.command('gsm send sms 2 +79991234567 "lost" 1')
        await client.exactly(TAKEN)
        await box.journal.wait_for_kind(SMS_ON_AIR, text="lost")
        await client.command('gsm send sms 2 +79991234567 "told" 2')
        await client.exactly(TAKEN + result(b"2", b"1"))


async def test_failures_and_silence_by_option() -> None:
    options = YeastarOptions(spacing="none", fail_every=2, untold_every=3)
    async with box_and_login(options) as (box, client):
        for token in b"1", b"2", b"3", b"5":
            await client.command(f'gsm send sms 2 +7999 "t" {token.decode()}')
        blocks = [await client.block() for _ in range(7)]
        assert blocks.count(TAKEN) == 4
        results = [block for block in blocks if block != TAKEN]
        assert results == [
            result(b"1", b"1"),
            result(b"2", b"0"),
            result(b"5", b"0"),
        ]
        sent = [entry["key"] for entry in box.journal.entries(SMS_ON_AIR)]
    assert sent == ["1", "3"]


async def test_results_in_another_order_than_sent() -> None:
    options = YeastarOptions(result_order="swapped")
    async with box_and_login(options) as (box, client):
        await client.command('gsm send sms 2 +7999 "first" 1')
        await client.exactly(TAKEN)
        await box.journal.wait_for_kind(SMS_ON_AIR, text="first")
        await client.command('gsm send sms 3 +7999 "second" 2')
        await client.exactly(TAKEN + result(b"2", b"1") + result(b"1", b"1"))


async def test_a_swapped_result_without_a_successor_comes_in_the_end() -> None:
    options = YeastarOptions(result_order="swapped")
    async with box_and_login(options) as (_, client):
        await client.command('gsm send sms 2 +7999 "only" 1')
        await client.exactly(TAKEN + result(b"1", b"1"))


@pytest.mark.parametrize("counted_from", ["start", "end"])
async def test_box_keeps_ten_seconds_per_port(counted_from: Any) -> None:
    options = YeastarOptions(spacing_from=counted_from)
    clock = ManualClock()
    async with YeastarBox(options, clock=clock) as box, login(box) as client:
        for number in range(2):
            await client.ask(f'gsm send sms 2 +7999 "text" {number}')
        await client.ask('gsm send sms 3 +7999 "other port" 9')
        await clock.advance(40.0)
        one, two = box.journal.entries(SMS_ON_AIR, line=1)
        (other,) = box.journal.entries(SMS_ON_AIR, line=2)
    gap = {"start": 10.0, "end": 13.0}[counted_from]
    assert (two.time - one.time).total_seconds() == pytest.approx(gap)
    assert other.time == one.time


async def test_box_that_only_advises_fails_what_comes_too_soon() -> None:
    clock = ManualClock()
    options = YeastarOptions(spacing="fail")
    async with YeastarBox(options, clock=clock) as box, login(box) as client:
        await client.ask('gsm send sms 2 +7999 "one" 1')
        await client.ask('gsm send sms 2 +7999 "two" 2')
        await clock.advance(7.0)
        await client.exactly(result(b"1", b"1") + result(b"2", b"0"))
        await clock.advance(10.0)
        await client.ask('gsm send sms 2 +7999 "three" 3')
        await clock.advance(4.0)
        await client.exactly(result(b"3", b"1"))
    assert [entry["text"] for entry in box.journal.entries(SMS_REFUSED)] == ["two"]


@pytest.mark.parametrize(("rule", "seen"), [("every", True), ("sender", False)])
async def test_who_gets_a_result(rule: Any, seen: bool) -> None:
    options = YeastarOptions(result_to=rule)
    async with box_and_login(options) as (box, client), login(box) as other:
        await client.command('gsm send sms 2 +7999 "text" 1')
        await client.exactly(TAKEN + result(b"1", b"1"))
        await other.send(b"Action: Ping\r\n\r\n")
        await other.exactly(result(b"1", b"1") + PONG if seen else PONG)


async def test_results_are_not_kept_for_a_client_that_is_away() -> None:
    async with box_and_login() as (box, client):
        await client.command('gsm send sms 2 +7999 "text" 1')
        await client.exactly(TAKEN)
        await client.close()
        await box.journal.wait_for_kind("sms_result_lost", key="1", status="1")
        async with login(box) as again:
            await again.send(b"Action: Ping\r\n\r\n")
            await again.exactly(PONG)


async def test_price_of_a_long_text_is_that_of_its_parts() -> None:
    async with box_and_login() as (box, client):
        text = "ж" * 71
        await client.command(f'gsm send sms 2 +7999 "{text}" 1')
        await client.exactly(TAKEN + result(b"1", b"1"))
        (sent,) = box.journal.entries(SMS_ON_AIR)
    assert (sent["parts"], sent["text"], sent["balance"]) == (2, text, "53.20")


@pytest.mark.parametrize(
    "line",
    ["gsm send sms", "gsm send sms 2", "gsm send sms 2 +7999", "gsm send sms 9 +7 a 1"],
)
async def test_a_command_that_lacks_something_sends_nothing(line: str) -> None:
    async with box_and_login() as (box, client):
        assert await client.ask(line) != b""
        assert box.journal.entries("command_refused")
        assert all(port.jobs.empty() for port in box.ports.values())
