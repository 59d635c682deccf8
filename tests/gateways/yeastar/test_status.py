"""What a TG tells of itself and its ports."""

import asyncio
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelStatus,
    GatewayStatus,
    LineState,
    NoReply,
    UnexpectedReply,
)
from custom_components.gsm_gateway.gateways.yeastar.spans import (
    channel_status,
    parse_spans,
)
from tests.gateways.yeastar.bench import on_box, on_script
from tests.simulator.core.line import Line
from tests.simulator.core.sim_card import default_card
from tests.simulator.yeastar import YeastarBox

SPANS = (
    b"GSM span 2: Power on, Provisioned, Up, Active,Standard\n"
    b"GSM span 3: Power on, Provisioned, Undetected SIM Card, Active,Standard\n"
    b"GSM span 4: Power off, Provisioned, Down, Active,Standard\n"
    b"GSM span 5: Power on, Up, Active, Standard\n"
)
CLASSIC = (
    b"D-channel: 2\nStatus: Power on, Provisioned, Up, Active,Standard\nType: CPE\n"
    b"Manufacturer: SIMCOM_Ltd\nModel Name: SIMCOM_SIM800\n"
    b"Model IMEI: 862951028263961\nModel CBAND: EGSM_MODE,ALL_BAND\n"
    b"Revision: 1308B05SIM800M32_20140625_1100\nNetwork Name: Bee Line GSM\n"
    b"Network Status: Registered (Home network)\nSignal Quality (0,31): 13\n"
    b"SIM IMSI: 293700203101881\nSIM SMS Center Number: +38670007007\n"
    b"Send SMS Center Number: Undefined\nLast event: USSD received\nState: READY\n"
    rb"Last send AT: AT+CREG?\r\n"
)
LTE = (
    b"D-channel: 5\nStatus: Power on, Up, Active, Standard\n"
    b"Network Name: Undefined\nModel IMEI: 862951028263964\n"
    b"Network Status: Registered (Roaming)\nSignal Quality (0,31): -1\n"
    b"BER value (0,7): -1\nSIM IMSI: \nState: READY\n"
    rb"Last receive AT: \r\nOK\r\n"
)


async def test_the_captures_of_the_papers() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        reading = asyncio.create_task(bench.gateway.status.read_status())
        for command, answer in (
            (b"gsm show spans", SPANS),
            (b"gsm show span 2", CLASSIC),
            (b"gsm show span 5", LTE),
        ):
            assert await talk.hear_command() == command
            await talk.say(talk.answer(answer))
        status = await reading
    assert status == GatewayStatus(
        model="TG400",
        module_imeis=frozenset({"862951028263961", "862951028263964"}),
        channels=(
            ChannelStatus(
                channel=1,
                sim_present=True,
                registered=True,
                roaming=False,
                module_on=True,
                signal_csq=13,
                operator="Bee Line GSM",
                imsi="293700203101881",
                imei="862951028263961",
                line_state=LineState.IDLE,
            ),
            ChannelStatus(
                channel=2, sim_present=False, registered=False, module_on=True
            ),
            ChannelStatus(channel=3, registered=False, module_on=False),
            ChannelStatus(
                channel=4,
                sim_present=True,
                registered=True,
                roaming=True,
                module_on=True,
                imei="862951028263964",
                line_state=LineState.IDLE,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("network", "registered", "roaming"),
    [
        ("Not registered", False, False),
        ("Registered (Home network)", True, False),
        ("Searching", False, False),
        ("Registration denied", False, False),
        ("Unknown", None, False),
        ("Registered (Roaming)", True, True),
        ("Registered", True, False),
    ],
)
def test_every_network_status(
    network: str, registered: bool | None, roaming: bool
) -> None:
    words = frozenset({"power on", "up"})
    status = channel_status(2, words, f"Type: CPE\nNetwork Status: {network}")
    assert (status.registered, status.roaming) == (registered, roaming)


@pytest.mark.parametrize(
    ("line", "sim", "registered", "module_on"),
    [
        ("Power on, Provisioned, Up, Active,Standard", True, None, True),
        ("Power on,Provisioned,Down,Active,Standard", True, False, True),
        ("Power on, Undetected SIM Card, Active, Standard", False, False, True),
        ("Power off", None, False, False),
        ("Power off, Down, Active, Standard", None, False, False),
        ("Active, UP ,  Standard", True, None, None),
    ],
)
def test_the_line_of_a_span_is_read_by_words(
    line: str, sim: bool | None, registered: bool | None, module_on: bool | None
) -> None:
    ((span, words),) = parse_spans(f"GSM span 3: {line}\n").items()
    status = channel_status(span, words)
    assert status.channel == 2
    assert status.sim_present is sim
    assert status.registered is registered
    assert status.module_on is module_on


@pytest.mark.parametrize(
    ("told", "csq"),
    [
        ("13", 13),
        ("0", 0),
        ("31", 31),
        ("99", None),
        ("-1", None),
        ("", None),
        ("x", None),
    ],
)
def test_signal(told: str, csq: int | None) -> None:
    status = channel_status(2, frozenset({"up"}), f"Signal Quality (0,31): {told}")
    assert status.signal_csq == csq


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("State: READY\n", LineState.IDLE),
        ("State: SMS SENT\n", LineState.IDLE),
        ("State: SMS SENDING\n", LineState.BUSY),
        ("State: SIM PIN REQ\n", LineState.BUSY),
        ("State: \n", None),
        ("", None),
    ],
)
def test_line_state(told: str, state: LineState | None) -> None:
    status = channel_status(2, frozenset({"up"}), f"Type: CPE\n{told}")
    assert status.line_state is state


@pytest.mark.parametrize(
    "options", [{}, {"spans": "lte"}, {"end_mark": "glued"}], ids=str
)
@pytest.mark.parametrize("power_off", ["alone", "with-rest"])
@pytest.mark.parametrize("unregistered", ["Up", "Down"])
@pytest.mark.parametrize("short_detail", ["power-off", "no-sim", "not-registered"])
@pytest.mark.parametrize("unknown_signal", ["99", "-1"])
async def test_ports_in_every_state_on_every_firmware(
    options: dict[str, Any],
    power_off: str,
    unregistered: str,
    short_detail: str,
    unknown_signal: str,
) -> None:
    async with on_box(
        box=None,
        power_off=power_off,
        unregistered=unregistered,
        short_detail=short_detail,
        unknown_signal=unknown_signal,
        **options,
    ) as bench:
        await bench.box.signal(1, 99)
        await bench.box.network(2, False)
        first, second = (await bench.gateway.status.read_status()).channels
        assert (first.registered, first.signal_csq) == (True, None)
        assert (first.operator, first.imsi) == ("Beeline", "250990000000001")
        assert (second.sim_present, second.registered) == (True, False)
        await bench.box.module(1, False)
        await bench.box.remove_sim(2)
        first, second = (await bench.gateway.status.read_status()).channels
        assert (first.sim_present, first.registered, first.module_on) == (
            None,
            False,
            False,
        )
        assert (second.sim_present, second.registered) == (False, False)


async def test_a_box_with_32_ports() -> None:
    lines = [Line(number, default_card(number)) for number in range(1, 33)]
    async with on_box(box=YeastarBox(lines=lines)) as bench:
        status = await bench.gateway.status.read_status()
    assert [channel.channel for channel in status.channels] == list(range(1, 33))
    assert len(status.module_imeis) == 32
    assert status.model is None


@pytest.mark.parametrize(
    "answer",
    [
        b"Response: Error\r\nActionID: %b\r\nMessage: Invalid/unknown command\r\n\r\n",
        b"Response: Follows\r\nActionID: %b\r\n--END COMMAND--\r\n\r\n",
        b"Response: Follows\r\nActionID: %b\r\nNo such command\n--END COMMAND--\r\n\r\n",
    ],
)
async def test_an_asterisk_without_spans_is_another_box(answer: bytes) -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        reading = asyncio.create_task(bench.gateway.status.read_status())
        await talk.hear()
        await talk.say(answer % talk.action_id)
        with pytest.raises(UnexpectedReply):
            await reading


async def test_a_box_that_is_away_or_silent() -> None:
    async with on_script() as bench:
        with pytest.raises(CannotConnect):
            await bench.gateway.status.read_status()
        talk = await bench.connect()
        reading = asyncio.create_task(bench.gateway.status.read_status())
        await talk.hear()
        await bench.clock.advance(10.0)
        with pytest.raises(NoReply):
            await reading
