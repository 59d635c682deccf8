"""Simulated GSM gateways: `python -m tests.simulator goip|yeastar|control --help`."""

from argparse import REMAINDER, ArgumentParser, Namespace
import asyncio
from importlib import import_module
import json
import sys
from urllib.parse import urlencode

from .core.commands import CommandError
from .core.control import call, describe_commands, parse_arguments
from .core.program import run

BOXES = {"goip": "GoIP (DBL, Hybertone)", "yeastar": "Yeastar NeoGate TG"}


def main() -> int:
    """Run one program; return its exit code."""
    parser = ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    programs = parser.add_subparsers(dest="program", required=True)
    for name, title in BOXES.items():
        if len(sys.argv) > 1 and sys.argv[1] == name:
            box = import_module(f".{name}.program", __package__)
            box.add_arguments(programs.add_parser(name, help=title))
        else:
            programs.add_parser(name, help=title)
    control = programs.add_parser("control", help="talk to a running box")
    control.add_argument("--url", required=True, help="address that the box printed")
    control.add_argument(
        "name", nargs="?", help="state, journal or a command; none: list them"
    )
    control.add_argument(
        "arguments", nargs=REMAINDER, help="--name value or name=value"
    )
    args = parser.parse_args()
    if args.program == "control":
        return run_control(args)
    module = import_module(f".{args.program}.program", __package__)
    try:
        box = module.build(args)
    except ValueError as error:
        parser.error(str(error))
    asyncio.run(run(box, args))
    return 0


def run_control(args: Namespace) -> int:
    """Send one command and print the answer."""
    try:
        given = parse_arguments(args.arguments)
        if args.name is None:
            status, answer = call(args.url, "GET", "/commands")
            print(describe_commands(answer))
        elif args.name in ("state", "journal"):
            status, answer = call(args.url, "GET", f"/{args.name}?{urlencode(given)}")
            print(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            status, answer = call(args.url, "POST", f"/command/{args.name}", given)
            print(json.dumps(answer, ensure_ascii=False))
    except (CommandError, OSError) as error:
        print(f"{args.url}: {error}", file=sys.stderr)
        return 2
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
