"""Four simulated boxes in one process of their own: `python -m tests.reliability.boxes`.

`alpha`: a GoIP with SMPP. `bravo`: a GoIP of which only the web pages are used.
`delta`: a GoIP whose lines call an SMS server by UDP, on a way that loses some.
`tango`: a Yeastar TG with AMI.
"""

from argparse import ArgumentParser
import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from decimal import Decimal
import json
from pathlib import Path
import signal

from tests.simulator.core.box import Box
from tests.simulator.core.clock import Clock
from tests.simulator.core.control import ControlServer
from tests.simulator.core.journal import FAULT, Journal
from tests.simulator.core.line import Line
from tests.simulator.core.sim_card import default_card
from tests.simulator.goip.box import GoipBox
from tests.simulator.goip.options import firmware
from tests.simulator.yeastar.box import YeastarBox
from tests.simulator.yeastar.options import YeastarOptions

from .timing import Timing

LINES = 10
MONEY = Decimal(1_000_000)
LOOK_SECONDS = 0.05
LOSS = 0.05
"""Fraction of the datagrams that are lost; as many are doubled, and overtaken."""
LATE_SECONDS = 0.15
"""Real time by which the boxes' process may be late before that is a fault of theirs."""


def lines() -> list[Line]:
    """Return lines whose cards can pay for every run."""
    made = [Line(number, default_card(number)) for number in range(1, LINES + 1)]
    for line in made:
        if line.sim is not None:
            line.sim.balance = MONEY
    return made


def make_boxes(timing: Timing, folder: Path, seed: int, sms_server: int) -> list[Box]:
    """Return the boxes, each with its journal in a file of its own."""

    def parts(name: str) -> tuple[Clock, Journal]:
        clock: Clock = timing.set_clock(Clock(timing.scale))
        return clock, Journal(clock, folder / f"{name}.journal")

    clock, journal = parts("alpha")
    pushing = firmware(
        "new",
        smpp_unacked="repeat",
        smpp_unbound="keep",
        inbox_survives=True,
        utc_offset=0.0,
    )
    alpha = GoipBox(pushing, lines(), clock, journal, "alpha")
    clock, journal = parts("bravo")
    silent = firmware(
        "seed", smpp=False, inbox_slots=20, inbox_survives=True, utc_offset=0.0
    )
    bravo = GoipBox(silent, lines(), clock, journal, "bravo")
    clock, journal = parts("delta")
    calling = firmware(
        "new",
        smpp=False,
        inbox_survives=True,
        utc_offset=0.0,
        udp_server=f"127.0.0.1:{sms_server}",
        udp_id="delta-",
        udp_seed=seed,
        udp_loss=LOSS,
        udp_double=LOSS,
        udp_reorder=LOSS,
    )
    delta = GoipBox(calling, lines(), clock, journal, "delta")
    clock, journal = parts("tango")
    options = replace(YeastarOptions(), seed=seed)
    tango = YeastarBox(
        options, lines=lines(), clock=clock, journal=journal, name="tango"
    )
    return [alpha, bravo, delta, tango]


async def watch(boxes: list[Box]) -> None:
    """Journal as a fault of the boxes that the machine left this process alone."""
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(LOOK_SECONDS)
        late = loop.time() - before - LOOK_SECONDS
        if late >= LATE_SECONDS:
            for box in boxes:
                box.log(FAULT, fault="stall", seconds=late * box.clock.scale)


async def run(timing: Timing, folder: Path, seed: int, sms_server: int) -> None:
    """Serve until a signal, after telling the ports as one line of JSON."""
    boxes = make_boxes(timing, folder, seed, sms_server)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with AsyncExitStack() as stack:
        controls = [ControlServer(box) for box in boxes]
        for box, control in zip(boxes, controls, strict=True):
            await stack.enter_async_context(box)
            await control.start()
            stack.push_async_callback(control.stop)
        ready = {
            box.name: {
                "control": control.url,
                **{name: each.port for name, each in box.listeners.items()},
            }
            for box, control in zip(boxes, controls, strict=True)
        }
        print(json.dumps(ready), flush=True)
        watching = asyncio.create_task(watch(boxes))
        await ended.wait()
        watching.cancel()


def main() -> None:
    """Read the command line and run."""
    parser = ArgumentParser()
    parser.add_argument("--timing", type=Timing.parse, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sms-server", type=int, required=True)
    args = parser.parse_args()
    asyncio.run(run(args.timing, args.folder, args.seed, args.sms_server))


if __name__ == "__main__":
    main()
