"""What the programs of all boxes share: options, the ready line, and the end by a signal."""

from argparse import ArgumentParser, Namespace
import asyncio
from dataclasses import fields
from decimal import Decimal
import json
from pathlib import Path
import shlex
import signal
from typing import Any

from .box import Box
from .clock import Clock
from .control import ControlServer
from .journal import Journal
from .line import Line
from .listener import require_loopback
from .sim_card import SimCard, default_card


def add_common_arguments(parser: ArgumentParser, lines: int, sims: int) -> None:
    """Add the options that every box has."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="loopback address to listen on"
    )
    parser.add_argument(
        "--control-port", type=int, default=0, help="port of the control API"
    )
    parser.add_argument("--name", default="", help="name of the box in the journal")
    parser.add_argument("--lines", type=int, default=lines, help="number of lines")
    parser.add_argument(
        "--sims", type=int, default=sims, help="how many lines get a default SIM"
    )
    parser.add_argument(
        "--sim",
        action="append",
        default=[],
        metavar="'LINE key=value …'",
        help="a SIM card: number, operator, imsi, iccid, smsc, balance, currency, price_per_sms, "
        "balance_code, balance_template, ussd_delay, credit; ussd:CODE=text for more codes; "
        "sms:CODE=text for what comes as an SMS after the answer, sms_sender, sms_delay; "
        "signal of the line. Quote values with blanks. 'LINE none' leaves it empty",
    )
    parser.add_argument(
        "--seconds-per-sms", type=float, default=3.0, help="a part's time on air"
    )
    parser.add_argument(
        "--time-scale", type=float, default=1.0, help="simulated per real second"
    )
    parser.add_argument(
        "--epoch",
        type=float,
        default=None,
        help="real seconds since 1970 at which simulated and real time are equal [now]",
    )
    parser.add_argument(
        "--journal", type=Path, default=None, help="append JSON lines to this file"
    )
    parser.add_argument(
        "--json", action="store_true", help="print the ready line as JSON"
    )


def build_lines(args: Namespace) -> list[Line]:
    """Return the lines with the SIM cards that the options ask for."""
    lines = [Line(number) for number in range(1, args.lines + 1)]
    for line in lines[: args.sims]:
        line.sim = default_card(line.number)
    for text in args.sim:
        number, *words = shlex.split(text)
        line = lines[int(number) - 1]
        if words == ["none"]:
            line.sim = None
        else:
            line.sim = line.sim or default_card(line.number)
            _apply(line, line.sim, words)
    return lines


def _apply(line: Line, card: SimCard, words: list[str]) -> None:
    """Apply key=value words of one --sim option."""
    kinds: dict[str, Any] = {
        item.name: type(getattr(card, item.name)) for item in fields(card)
    }
    for word in words:
        name, _, value = word.partition("=")
        if name.startswith("ussd:"):
            card.ussd[name.removeprefix("ussd:")] = value
        elif name.startswith("sms:"):
            card.sms[name.removeprefix("sms:")] = value
        elif name == "signal":
            line.signal = int(value)
        elif kinds.get(name) in (str, float, Decimal):
            setattr(card, name, kinds[name](value))
        elif name == "credit":
            card.credit = value in ("1", "on", "yes", "true")
        else:
            raise ValueError(f"a SIM has no {name!r}")


def clock_and_journal(args: Namespace) -> tuple[Clock, Journal]:
    """Return the clock and journal that the options ask for."""
    require_loopback(args.host)
    clock = Clock(args.time_scale, args.epoch)
    return clock, Journal(clock, args.journal)


async def run(box: Box, args: Namespace) -> None:
    """Run a box and its control API until SIGINT or SIGTERM."""
    control = ControlServer(box, args.host, args.control_port)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with box:
        await control.start()
        try:
            _print_ready(box, control, args.json)
            await ended.wait()
        finally:
            await control.stop()


def _print_ready(box: Box, control: ControlServer, as_json: bool) -> None:
    """Tell the real ports."""
    ports = {name: listener.port for name, listener in box.listeners.items()}
    if as_json:
        print(
            json.dumps(
                {
                    "ready": box.name,
                    "ports": ports,
                    **box.ready_words(),
                    "control": control.url,
                    "time_scale": box.clock.scale,
                    "epoch": box.clock.epoch,
                }
            ),
            flush=True,
        )
        return
    told = {**ports, **box.ready_words()}
    shown = ", ".join(f"{name} {value}" for name, value in told.items())
    print(f"{box.name} is ready: {shown}; control {control.url}", flush=True)
