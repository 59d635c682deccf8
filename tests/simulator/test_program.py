"""The simulator as a program, met by curl and by its own control command."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import sys
from typing import Any

import pytest

from .core.control import ControlServer, call
from .raw_goip import goip
from .raw_udp import RawServer

ROOT = Path(__file__).parent.parent.parent
PROGRAM = (sys.executable, "-m", "tests.simulator")


async def run(*words: str) -> tuple[int, str, str]:
    """Run a command to its end and return code, output and errors."""
    process = await asyncio.create_subprocess_exec(
        *words, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    async with asyncio.timeout(30):
        out, error = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), error.decode()


@asynccontextmanager
async def program(*words: str) -> AsyncIterator[tuple[Process, dict[str, Any]]]:
    """Start a box and give what it printed when it was ready."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, *words, "--json", cwd=ROOT, stdout=PIPE
    )
    assert process.stdout
    try:
        async with asyncio.timeout(30):
            ready = json.loads(await process.stdout.readline())
        yield process, ready
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(10):
            await process.wait()


async def control(ready: dict[str, Any], *words: str) -> Any:
    """Run the control command and return its answer."""
    code, out, error = await run(*PROGRAM, "control", "--url", ready["control"], *words)
    assert code == 0, out + error
    return json.loads(out)


async def test_curl_sends_and_the_control_command_receives(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    async with program(
        "goip",
        *("--firmware", "seed", "--time-scale", "50", "--journal", str(journal)),
        *("--sim", "1 balance=10 number=+7123 price_per_sms=1.5 ussd:*1#='a b'"),
    ) as (process, ready):
        pages = f"http://127.0.0.1:{ready['ports']['http']}/default/en_US/"
        code, out, _ = await run(
            *("curl", "-sS", "--get", pages + "send.html", "-d", "u=admin"),
            *("-d", "p=admin", "-d", "l=1", "-d", "n=89991234567"),
            *("--data-urlencode", "m=тест"),
        )
        assert code == 0
        assert out.startswith("Sending, L1 Send SMS to 89991234567; ID:")
        answer = await control(
            ready, "receive", "--line", "1", "--from", "+7999", "--text", "Привет"
        )
        assert answer == {"result": 1}
        code, out, _ = await run(
            *("curl", "-sS", "-u", "admin:admin", pages + "tools.html?type=sms_inbox")
        )
        assert ",+7999,Привет" in out
        state = await control(ready, "state")
        assert state["lines"][0]["number"] == "+7123"
        log = await control(ready, "journal", "kind=sms_incoming")
        assert [entry["text"] for entry in log] == ["Привет"]
        process.terminate()
        assert await process.wait() == 0
    kinds = [json.loads(line)["kind"] for line in journal.read_text().splitlines()]
    assert kinds[0] == "box"
    assert "sms_incoming" in kinds


async def test_lines_call_an_sms_server() -> None:
    async with (
        RawServer() as server,
        program(
            *("goip", "--udp-server", server.address, "--udp-id", "home-"),
            *("--lines", "1", "--time-scale", "60"),
        ) as (_, ready),
    ):
        assert ready["udp_server"] == server.address
        data, _ = await server.keepalive()
        assert data.startswith(b"req:1;id:home-1;pass:goip;num:+79990000001;")
        data, _ = await server.keepalive()
        assert data.startswith(b"req:2;")


async def test_commands_are_listed_and_mistakes_explained() -> None:
    async with program("goip", "--lines", "1", "--sims", "1") as (_, ready):
        url = ("control", "--url", ready["control"])
        code, out, _ = await run(*PROGRAM, *url)
        assert code == 0
        assert "receive line=… from=…" in out
        code, out, _ = await run(*PROGRAM, *url, "receive", "line=2", "from=1")
        assert code == 1
        assert json.loads(out) == {"error": "goip has no line 2"}


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("receive", {"line": "x", "from": "1"}, "line cannot be 'x'"),
        ("receive", {"line": 1}, "receive needs sender"),
        ("receive", {"line": 1, "from": "1", "b": 2}, "receive has no argument 'b'"),
        ("receive", [], "the arguments must be a JSON object"),
        ("nonsense", {}, "no command 'nonsense'; see /commands"),
        ("option", {"name": "slots", "value": "x"}, "invalid literal"),
        ("option", {"name": "bracket", "value": "x"}, "bracket can be ok, http"),
        ("option", {"name": "x", "value": "x"}, "no option 'x'"),
        ("network", {"line": 1, "state": "maybe"}, "state cannot be 'maybe'"),
        ("network", {"line": 3, "state": "on"}, "goip has no line 3"),
    ],
)
async def test_mistaken_commands(name: str, arguments: Any, message: str) -> None:
    async with goip(lines=1, sims=1) as box:
        control_server = ControlServer(box)
        await control_server.start()
        status, answer = await asyncio.to_thread(
            call, control_server.url, "POST", f"/command/{name}", arguments
        )
        await control_server.stop()
    assert status == 400
    assert message in answer["error"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--host", "0.0.0.0"), "not a loopback address"),  # noqa: S104
        (("--udp-server", "10.0.0.1:5"), "not a loopback address"),
        (("--udp-loss", "1.1"), "a fraction is between 0 and 1"),
        (("--udp-tries", "0"), "it happens once at least"),
        (("--bracket", "x"), "bracket can be ok, http, body, slot"),
        (("--sim", "1 colour=red"), "a SIM has no 'colour'"),
        (("--time-scale", "0"), "the time scale must be above 0"),
    ],
)
async def test_impossible_options(words: tuple[str, ...], message: str) -> None:
    code, _, error = await run(*PROGRAM, "goip", *words)
    assert code == 2
    assert message in error


@pytest.mark.parametrize("box", ["goip", "yeastar"])
async def test_help(box: str) -> None:
    code, out, _ = await run(*PROGRAM, box, "--help")
    assert code == 0
    assert "--time-scale" in out


async def test_the_control_address_is_the_one_that_it_listens_on() -> None:
    async with program("goip", "--host", "127.0.0.2") as (_, ready):
        assert ready["control"].startswith("http://127.0.0.2:")
        assert (await control(ready, "state"))["name"] == "goip"
