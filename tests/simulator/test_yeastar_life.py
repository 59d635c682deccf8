"""Power, faults, control API and program of a simulated TG."""

import asyncio
from contextlib import suppress
import json
from pathlib import Path
import re
import sys

import pytest

from .core.clock import ManualClock, settle
from .core.commands import CommandError
from .core.journal import SMS_ON_AIR
from .raw_ami import BANNER, RawAmi, box_and_login, http_get, login
from .yeastar import YeastarBox, YeastarOptions
from .yeastar.option_table import FIRMWARES, checked

ROOT = Path(__file__).parents[2]
PING = b"Action: Ping\r\n\r\n"
PONG = b"Response: Success\r\nPing: Pong\r\n\r\n"


async def test_power_off_forgets_what_waits() -> None:
    clock = ManualClock()
    async with YeastarBox(clock=clock) as box, login(box) as client:
        port = box.ami_port
        await client.ask('gsm send sms 2 +7999 "on its way" 1')
        await client.ask('gsm send sms 2 +7999 "waits" 2')
        await box.power(state=False)
        with pytest.raises(ConnectionError):
            await RawAmi.connect(port)
        await clock.advance(60.0)
        await box.power(state=True)
        assert box.ami_port == port
        await settle()
        await clock.advance(60.0)
        assert not box.journal.entries(SMS_ON_AIR)
        async with login(box) as again:
            await again.ask('gsm send sms 2 +7999 "new" 3')
            await clock.advance(4.0)
            assert b"\r\nID: 3\r\n" in await again.block()


async def test_reboot_ends_connections_and_comes_back() -> None:
    async with box_and_login() as (box, client):
        await box.reboot(1.0)
        with suppress(ConnectionError):
            assert await client.rest() == b""
        async with login(box):
            pass


async def test_hanging_box_answers_when_it_wakes() -> None:
    async with box_and_login() as (box, client):
        await box.hang(state=True)
        await client.send(PING)
        silent = box.spawn(client.block())
        await asyncio.sleep(0.05)
        assert not silent.done()
        await box.hang(state=False)
        assert await silent == PONG


async def test_dropped_connection() -> None:
    async with box_and_login() as (box, client):
        assert await box.drop("ami") == 1
        with suppress(ConnectionError):
            assert await client.rest() == b""


async def test_option_is_changed_while_a_client_is_on() -> None:
    async with box_and_login() as (box, client):
        await box.set_option("ping-pong", "off")
        await client.send(PING)
        await client.exactly(b"Response: Success\r\n\r\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [("colour", "red"), ("spans", "round"), ("seed", "x"), ("allowed_addresses", "x")],
)
async def test_option_that_does_not_exist(name: str, value: str) -> None:
    async with YeastarBox() as box:
        with pytest.raises(ValueError, match=r"no option|can be|cannot be|not appear"):
            await box.set_option(name, value)


@pytest.mark.parametrize("firmware", sorted(FIRMWARES))
async def test_every_firmware_logs_in_and_tells_a_balance(firmware: str) -> None:
    options = checked(YeastarOptions(), FIRMWARES[firmware])
    async with box_and_login(options) as (_, client):
        answer = await client.ask('gsm send ussd 2 "*100#" 30')
        assert re.match(rb"1:Rec\w+ USSD suc\w+ on span:? 2\n", answer)


async def test_part_for_a_line_that_is_not_there() -> None:
    async with YeastarBox() as box:
        with pytest.raises(CommandError):
            await box.receive_part(7, "+7999", "text", part=1, total=2)
        await box.network(1, state=False)
        with pytest.raises(CommandError):
            await box.receive_part(1, "+7999", "text", part=1, total=2)


async def test_program_serves_both_ports_and_the_control_api() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.simulator", "yeastar", "--json", "--time-scale", "100"),
        *("--lines", "4", "--sims", "3", "--firmware", "tg200-lte"),
        *("--username", "neighbour", "--password", "100%"),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        assert program.stdout is not None
        async with asyncio.timeout(20.0):
            ready = json.loads(await program.stdout.readline())
        await use_program(ready)
    finally:
        program.terminate()
        async with asyncio.timeout(20.0):
            assert await program.wait() == 0


async def use_program(ready: dict[str, dict[str, int]]) -> None:
    """Log in, send, receive over the control API, and ask the HTTP page."""
    client = await RawAmi.connect(ready["ports"]["ami"])
    await client.exactly(BANNER)
    await client.send(b"Action: Login\r\nUsername: neighbour\r\nSecret: 100%\r\n\r\n")
    await client.block()
    assert await client.ask("gsm show spans") == (
        b"GSM span 2: Power on, Up, Active, Standard\n"
        b"GSM span 3: Power on, Up, Active, Standard\n"
        b"GSM span 4: Power on, Up, Active, Standard\n"
        b"GSM span 5: Power on, Undetected SIM Card, Active, Standard\n"
    )
    await run_control(
        str(ready["control"]), "receive", "line=3", "from=+7999", "text=a b"
    )
    event = await client.block()
    assert b"\r\nGsmSpan: 4\r\n" in event
    assert b"\r\nContent: %EF%BB%BFa+b\r\n" in event
    await client.close()
    page = (
        "/cgi/WebCGI?1500102=account=neighbour&password=100%25&port=2&content=*100%23"
    )
    answer = await http_get(ready["ports"]["http"], page)
    assert b"Message: Balance:67.2r,Limit:0r\r\n" in answer


async def run_control(url: str, *words: str) -> None:
    """Run the command line of the control API."""
    control = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.simulator", "control", "--url", url, *words),
        stdout=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
    )
    async with asyncio.timeout(20.0):
        assert await control.wait() == 0


async def test_spacing_is_kept_over_logins() -> None:
    clock = ManualClock()
    options = YeastarOptions(spacing="queue", result_to="sender")
    async with YeastarBox(options, clock=clock) as box:
        for token in ("1", "2"):
            async with login(box) as client:
                await client.ask(f'gsm send sms 2 +7999 "text" {token}')
        await clock.advance(12.9)
        assert [entry["key"] for entry in box.journal.entries(SMS_ON_AIR)] == ["1"]
        await clock.advance(0.2)
        assert [entry["key"] for entry in box.journal.entries(SMS_ON_AIR)] == ["1", "2"]
