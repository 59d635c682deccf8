"""Runs the demonstration; `--check` goes through the main job once and ends."""

from argparse import ArgumentParser
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
import shutil
import signal
import socket
import sys
from tempfile import TemporaryDirectory

from .boxes import Box
from .check import CheckFailed, check
from .furnish import (
    GOIP_ARGUMENTS,
    TG_ARGUMENTS,
    add_contact,
    add_goip,
    add_tg,
    aim_automation,
    find_sims,
    make_dashboard,
)
from .home import Home, HomeError
from .life import live

DEFAULT_PORT = 8123
SIMS = (4, 2)


def say(text: str) -> None:
    """Tell the person in front of the terminal."""
    print(f"» {text}", flush=True)


async def run(folder: Path, port: int, *, only_check: bool) -> None:
    """Start everything, and stop it again at the end."""
    async with AsyncExitStack() as stack:
        say("Starting two simulated boxes with six SIM cards")
        boxes = []
        for arguments in (GOIP_ARGUMENTS, TG_ARGUMENTS):
            box = await Box.start(arguments)
            stack.push_async_callback(box.stop)
            boxes.append(box)
        say("Starting Home Assistant")
        home = await stack.enter_async_context(Home(folder, port))
        say("Adding both boxes")
        await add_goip(home, boxes[0])
        await add_tg(home, boxes[1])
        await add_contact(home)
        sims = await find_sims(home)
        await aim_automation(home, sims)
        if only_check:
            await check(home, boxes, sims)
            return
        path = await make_dashboard(home, sims)
        print(f"\n    {home.url}{path}\n", flush=True)
        print(
            f"  The boxes take commands too, for example:\n"
            f"    python -m tests.simulator control --url {boxes[0].control}"
            f' receive line=2 from=+491701112233 text="ping"\n',
            flush=True,
        )
        say("Ctrl-C stops everything")
        await live(home, list(zip(boxes, SIMS, strict=True)), sims)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


async def main() -> int:
    """Run until it is over or somebody stops it; return the exit code."""
    parser = ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="check the main job, then end"
    )
    parser.add_argument("--port", type=int, help="of Home Assistant (8123)")
    args = parser.parse_args()
    port = args.port or (free_port() if args.check else DEFAULT_PORT)
    with TemporaryDirectory(prefix="gsm-gateway-demo-") as folder:
        task = asyncio.create_task(run(Path(folder), port, only_check=args.check))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            say("Stopped")
        except (CheckFailed, HomeError, OSError, RuntimeError) as error:
            print(f"✗ {error}", file=sys.stderr)
            keep_log(Path(folder) / "home-assistant.log")
            return 1
    if args.check:
        say("The main job works")
    return 0


def keep_log(log: Path) -> None:
    """Keep Home Assistant's log of a run that failed."""
    if log.exists():
        kept = Path("home-assistant-demo.log")
        shutil.copy(log, kept)
        print(f"  Home Assistant's log: {kept.resolve()}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
