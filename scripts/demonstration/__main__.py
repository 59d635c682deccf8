"""Runs the demonstration; `--check` goes through the main job once and ends."""

from argparse import ArgumentParser
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
import shutil
import signal
import sys
from tempfile import TemporaryDirectory

from .boxes import Box, Boxes
from .check import check
from .dashboard import make_dashboard
from .furnish import (
    SimEntities,
    add_contact,
    add_smpp_goip,
    add_tg,
    add_udp_goip,
    aim_automations,
    find_subentry,
    reject_calls,
    tell_line_states,
    wait_for_sims,
    warn_below,
)
from .home import Home, HomeError
from .inventory import (
    LOW,
    LOW_BELOW,
    SIMS,
    STRANGER_ADDRESS,
    STRANGER_PASSWORD,
    THRIFTY,
    WEB_PASSWORD,
)
from .life import live
from .past import DAYS, Account, draw_past, write_past
from .ports import free_port, free_udp_port
from .seen import CheckFailed

DEFAULT_PORT = 8123
USUAL_UDP_PORT = 44444


def say(text: str) -> None:
    """Tell the person in front of the terminal."""
    print(f"» {text}", flush=True)


async def run(folder: Path, port: int, *, only_check: bool) -> None:
    """Start everything, and stop it again at the end."""
    async with AsyncExitStack() as stack:
        udp_port = free_udp_port(0 if only_check else USUAL_UDP_PORT)
        say(f"Starting simulated boxes, with {SIMS} SIM cards to be added")
        boxes = await stack.enter_async_context(Boxes.started())
        say("Starting Home Assistant")
        home = await stack.enter_async_context(Home(folder, port))
        say("Adding a GoIP by UDP, a GoIP by SMPP, and a Yeastar TG")
        sims = await _furnish(home, boxes, udp_port)
        if boxes.stranger is None:
            say(f"This machine has no address {STRANGER_ADDRESS}: no box is discovered")
        else:
            say(f"A further GoIP begins to call, from {STRANGER_ADDRESS}")
            await boxes.stranger.call(home.session, udp_port)
        if only_check:
            await check(home, boxes, sims)
            return
        hint = _hint(boxes.stranger) if boxes.stranger else ""
        path = await make_dashboard(home, sims, hint)
        print(f"\n    {home.url}{path}\n", flush=True)
        _tell_commands(boxes)
        say("Ctrl-C stops everything")
        await live(home, boxes, sims)


async def _furnish(home: Home, boxes: Boxes, udp_port: int) -> list[SimEntities]:
    """Add the boxes and what belongs to them; return their SIMs."""
    await add_udp_goip(home, boxes.udp, udp_port)
    await add_smpp_goip(home, boxes.smpp)
    await add_tg(home, boxes.tg)
    await add_contact(home)
    sims = await wait_for_sims(home, SIMS)
    await aim_automations(home, sims)
    own = {sim.line: sim for sim in sims if sim.call}
    await reject_calls(home, own[THRIFTY])
    await warn_below(home, own[LOW], LOW_BELOW)
    unread = next(sim for sim in sims if sim.box == "GoIP-1")
    await _give_past(home, own[THRIFTY], unread)
    sims = await wait_for_sims(home, SIMS)
    await tell_line_states(home, boxes.udp)
    return sims


async def _give_past(home: Home, thrifty: SimEntities, unread: SimEntities) -> None:
    """Make up the past of two SIMs, while Home Assistant does not run."""
    say(
        f"Making up {DAYS} days for {thrifty.device}, and starting Home Assistant again"
    )
    accounts = (
        Account(*await find_subentry(home, thrifty), "EUR"),
        Account(*await find_subentry(home, unread), "RUB"),
    )
    await home.stop()
    write_past(home.folder, *accounts)
    await home.run_again()
    await draw_past(home, thrifty, "EUR")


def _hint(stranger: Box) -> str:
    """Return what to type about the box that is discovered."""
    return (
        "### A further box calls\n"
        f"Home Assistant has discovered a GoIP at {STRANGER_ADDRESS}. "
        "Open [Devices & services](/config/integrations) and choose *Add*:\n\n"
        f"* Address: `{STRANGER_ADDRESS}:{stranger.ports['http']}`\n"
        "* User: `admin`\n"
        f"* Password: `{WEB_PASSWORD}`\n"
        f"* Password of the lines: `{STRANGER_PASSWORD}`\n"
    )


def _tell_commands(boxes: Boxes) -> None:
    """Say how to make things happen."""
    command = f"python -m tests.simulator control --url {boxes.udp.control}"
    print(
        f"  The boxes take commands too, for example:\n"
        f'    {command} receive line=2 from=+491701112233 text="ping"\n'
        f"    {command} call line=1 from=+491701234567\n",
        flush=True,
    )
    if boxes.stranger is not None:
        address = f"{STRANGER_ADDRESS}:{boxes.stranger.ports['http']}"
        print(
            f"  The box that is discovered: {address}, user admin, password "
            f"{WEB_PASSWORD}, password of the lines {STRANGER_PASSWORD}\n",
            flush=True,
        )


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
