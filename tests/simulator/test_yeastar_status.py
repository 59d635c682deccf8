"""`gsm show spans` and `gsm show span N` of a simulated TG."""

from decimal import Decimal
from typing import Any

import pytest

from .core.clock import Clock, ManualClock
from .core.line import Line
from .core.sim_card import SimCard
from .raw_ami import FAST, box_and_login, login
from .yeastar import YeastarBox, YeastarOptions

CLASSIC = (
    b"D-channel: 2\n"
    b"Status: Power on, Provisioned, Up, Active,Standard\n"
    b"Type: CPE\n"
    b"Manufacturer: SIMCOM_Ltd\n"
    b"Model Name: SIMCOM_SIM800\n"
    b"Model IMEI: 862951028263961\n"
    b"Model CBAND: EGSM_MODE,ALL_BAND\n"
    b"Revision: 1308B05SIM800M32_20140625_1100\n"
    b"Network Name: Bee Line GSM\n"
    b"Network Status: Registered (Home network)\n"
    b"Signal Quality (0,31): 13\n"
    b"SIM IMSI: 293700203101881\n"
    b"SIM SMS Center Number: +38670007007\n"
    b"Send SMS Center Number: Undefined\n"
    b"Last event: Unknown Event\n"
    b"State: READY\n"
    b"Last send AT: AT+CREG?\\r\\n"
)


def make_box(options: YeastarOptions | None = None, ports: int = 3) -> YeastarBox:
    """Return a box whose first port is the one of the captures; the others are empty."""
    lines = [Line(number) for number in range(1, ports + 1)]
    lines[0].sim = SimCard(
        operator="Bee Line GSM", imsi="293700203101881", smsc="+38670007007"
    )
    lines[0].signal = 13
    return YeastarBox(options, lines, Clock(FAST))


async def test_spans_start_at_two_and_a_missing_sim_replaces_up() -> None:
    async with make_box() as box, login(box) as client:
        assert await client.ask("gsm show spans") == (
            b"GSM span 2: Power on, Provisioned, Up, Active,Standard\n"
            b"GSM span 3: Power on, Provisioned, Undetected SIM Card, Active,Standard\n"
            b"GSM span 4: Power on, Provisioned, Undetected SIM Card, Active,Standard\n"
        )


async def test_spans_of_lte_boxes_have_other_blanks_and_words() -> None:
    options = YeastarOptions(spans="lte")
    async with make_box(options, ports=2) as box, login(box) as client:
        assert await client.ask("gsm show spans") == (
            b"GSM span 2: Power on, Up, Active, Standard\n"
            b"GSM span 3: Power on, Undetected SIM Card, Active, Standard\n"
        )


@pytest.mark.parametrize("command", ["gsm show span 2", "gsm show 2"])
async def test_span_detail_is_the_capture_with_a_glued_end_mark(command: str) -> None:
    async with make_box() as box, login(box) as client:
        assert await client.ask(command) == CLASSIC


async def test_detail_of_lte_boxes_has_more_fields() -> None:
    async with make_box(YeastarOptions(spans="lte")) as box, login(box) as client:
        detail = await client.ask("gsm show span 2")
    assert b"\nStatus: Power on, Up, Active, Standard\n" in detail
    assert b"\nBER value (0,7): -1\n" in detail
    assert b"\nPDD: 0\nASR: 0\nACD: 0\n" in detail
    assert detail.endswith(b"\\r\\n\nLast receive AT: \\r\\nOK\\r\\n")


@pytest.mark.parametrize(
    ("tail", "status"),
    [
        ("with-rest", b"Power off, Provisioned, Down, Active,Standard"),
        ("alone", b"Power off"),
    ],
)
async def test_port_without_power(tail: Any, status: bytes) -> None:
    async with make_box(YeastarOptions(power_off=tail)) as box, login(box) as client:
        assert await client.ask("gsm power off 2") == b""
        assert (await client.ask("gsm show spans")).startswith(b"GSM span 2: " + status)
        assert await client.ask("gsm show span 2") == (
            b"D-channel: 2\nStatus: " + status + b"\n"
        )
        await client.ask("gsm power on 2")
        assert await client.ask("gsm show span 2") == CLASSIC


async def test_power_command_may_be_refused() -> None:
    options = YeastarOptions(power_command="refused")
    async with make_box(options) as box, login(box) as client:
        answer = await client.ask("gsm power off 2")
        assert answer == b"No such command 'gsm power off 2'\n"
        assert box.line(1).module_on


@pytest.mark.parametrize(
    ("word", "short_from", "status", "lines"),
    [
        ("Up", "no-sim", b"Power on, Provisioned, Up, Active,Standard", 17),
        ("Down", "no-sim", b"Power on, Provisioned, Down, Active,Standard", 17),
        ("Down", "not-registered", b"Power on, Provisioned, Down, Active,Standard", 2),
    ],
)
async def test_sim_without_a_network(
    word: Any, short_from: Any, status: bytes, lines: int
) -> None:
    options = YeastarOptions(unregistered=word, short_detail=short_from)
    async with make_box(options) as box, login(box) as client:
        await box.network(1, state=False)
        detail = (await client.ask("gsm show span 2")).splitlines()
    assert len(detail) == lines
    assert detail[1] == b"Status: " + status
    if lines > 2:
        assert b"Network Name: " in detail
        assert b"Network Status: Not registered" in detail
        assert b"Signal Quality (0,31): 99" in detail


async def test_empty_port_has_a_long_detail_on_some_firmware() -> None:
    options = YeastarOptions(short_detail="power-off")
    async with make_box(options) as box, login(box) as client:
        detail = await client.ask("gsm show span 3")
    assert b"Status: Power on, Provisioned, Undetected SIM Card, Active" in detail
    assert b"\nSIM IMSI: \nSIM SMS Center Number: \n" in detail


@pytest.mark.parametrize("unknown", ["99", "-1"])
async def test_signal_that_is_not_known(unknown: Any) -> None:
    options = YeastarOptions(unknown_signal=unknown)
    async with make_box(options) as box, login(box) as client:
        await box.signal(1, 99)
        line = b"\nSignal Quality (0,31): " + unknown.encode() + b"\n"
        assert line in await client.ask("gsm show span 2")


async def test_words_that_a_module_says_can_be_planned() -> None:
    async with make_box() as box, login(box) as client:
        await box.say(1, state="SIM PIN REQ", network="Registration denied")
        detail = await client.ask("gsm show span 2")
        assert b"\nNetwork Status: Registration denied\n" in detail
        assert b"\nState: SIM PIN REQ\n" in detail
        await box.say(1)
        assert await client.ask("gsm show span 2") == CLASSIC


async def test_state_changes_while_an_sms_is_sent() -> None:
    clock = ManualClock()
    options = YeastarOptions(result_seconds=2.0)
    async with YeastarBox(options, clock=clock) as box, login(box) as client:
        await client.ask('gsm send sms 2 +79991234567 "Hi" 1')
        detail = await client.ask("gsm show span 2")
        assert b"\nLast event: sms sending\nState: SMS SENDING\n" in detail
        await clock.advance(3.0)
        detail = await client.ask("gsm show span 2")
        assert b"\nLast event: SMS send OK\nState: SMS SENT\n" in detail
        await clock.advance(2.0)
        await client.block()
        detail = await client.ask("gsm show span 2")
        assert b"\nLast event: SMS send OK\nState: READY\n" in detail


async def test_module_is_not_ready_right_after_power_on() -> None:
    clock = ManualClock()
    options = YeastarOptions(start_up_seconds=20.0)
    async with YeastarBox(options, clock=clock) as box, login(box) as client:
        detail = await client.ask("gsm show span 2")
        assert b"\nNetwork Status: Searching\n" in detail
        assert b"\nState: SIM READY REQ\n" in detail
        assert box.state()["lines"][0]["state"] == "SIM READY REQ"
        await clock.advance(20.0)
        assert b"\nState: READY\n" in await client.ask("gsm show span 2")


@pytest.mark.parametrize("span", ["1", "4", "x", "02"])
async def test_a_span_that_does_not_exist(span: str) -> None:
    async with box_and_login() as (_, client):
        answer = await client.ask(f"gsm show span {span}")
        assert answer == f"Unable to find span {span}\n".encode()


async def test_every_port_has_its_own_imei() -> None:
    options = YeastarOptions(first_imei="490154203237518")
    async with YeastarBox(options) as box, login(box) as client:
        first = await client.ask("gsm show span 2")
        second = await client.ask("gsm show span 3")
    assert b"\nModel IMEI: 490154203237518\n" in first
    assert b"\nModel IMEI: 490154203237519\n" in second


async def test_another_card_shows_another_imsi() -> None:
    async with make_box() as box, login(box) as client:
        await box.insert_sim(1, imsi="250010000000077", operator="MTS")
        await box.balance(1, Decimal(5))
        detail = await client.ask("gsm show span 2")
        assert b"\nNetwork Name: MTS\n" in detail
        assert b"\nSIM IMSI: 250010000000077\n" in detail
