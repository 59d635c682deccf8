"""The half without Home Assistant as a process: `python -m tests.reliability.child`.

Orders come as JSON lines on standard input; what happens goes out on the
descriptor `--report`, at the moment it happens.
"""

from argparse import ArgumentParser, Namespace
import asyncio
import json
import logging
import os
from pathlib import Path
import sys
from typing import Any

from .bare import stand_alone
from .report import Reporter
from .timing import Timing


def main() -> None:
    """Read the command line and run."""
    parser = ArgumentParser()
    parser.add_argument("--timing", type=Timing.parse, required=True)
    parser.add_argument("--report", type=int, required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--boxes", type=json.loads, required=True)
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--sabotage", default="")
    args = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    stand_alone()
    asyncio.run(run(args))


async def run(args: Namespace) -> None:
    """Be the household until told to stop, or killed."""
    import aiohttp

    from custom_components.gsm_gateway.gateways.clock import Clock

    from . import sabotage
    from .aims import Aim
    from .household import Household, addresses_of
    from .orders import Orders
    from .patching import patch
    from .scaled_http import scale_http

    timing: Timing = args.timing
    reporter = Reporter(args.report, timing)
    scale_http(timing)
    aim = Aim(reporter)
    if args.sabotage:
        sabotage.apply(args.sabotage, args.store)
    clock: Clock = timing.set_clock(Clock(timing.scale))
    home = Household(args.store, clock, reporter)
    patch(home, "announce", aim.around("received", home.announce))
    async with aiohttp.ClientSession() as session:
        orders = Orders(home, aim, reporter)
        await home.start(session, addresses_of(args.boxes, args.lines))
        reporter.tell("ready", pid=os.getpid())
        watching = asyncio.create_task(watch(reporter, timing))
        await orders.run()
        watching.cancel()
        await home.stop()
    reporter.tell("stopped")


async def watch(reporter: Reporter, timing: Timing) -> None:
    """Tell when the machine left this process alone for long."""
    loop: Any = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(0.05)
        late = loop.time() - before - 0.05
        if late > 0.15:
            reporter.tell("stall", seconds=late * timing.scale)


if __name__ == "__main__":
    main()
