"""The Yeastar TG as a program: `python -m tests.simulator yeastar`."""

from argparse import ArgumentParser, Namespace

from ..core.program import add_common_arguments, build_lines, clock_and_journal
from .box import DEFAULT_PORTS, Address, YeastarBox
from .option_table import add_option_arguments, options_from


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of the program."""
    add_common_arguments(parser, lines=DEFAULT_PORTS, sims=DEFAULT_PORTS)
    parser.add_argument(
        "--http-port", type=int, default=0, help="HTTP port; 0: any free one"
    )
    parser.add_argument(
        "--ami-port", type=int, default=0, help="AMI port; 0: any free one"
    )
    add_option_arguments(parser)


def build(args: Namespace) -> YeastarBox:
    """Return the box that the options ask for; raise ValueError for a bad option."""
    clock, journal = clock_and_journal(args)
    return YeastarBox(
        options_from(args),
        build_lines(args),
        clock,
        journal,
        args.name,
        args.seconds_per_sms,
        Address(args.host, args.http_port, args.ami_port),
    )
