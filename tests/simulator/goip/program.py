"""The GoIP program's options."""

from argparse import ArgumentParser, Namespace
from dataclasses import fields

from ..core.program import add_common_arguments, build_lines, clock_and_journal
from .box import GoipBox
from .options import FIRMWARES, GoipOptions, choices, firmware, set_option

COMMON = ("host", "seconds_per_sms")


def add_arguments(parser: ArgumentParser) -> None:
    """Add every option of a GoIP."""
    add_common_arguments(parser, lines=4, sims=2)
    parser.add_argument(
        "--firmware",
        choices=sorted(FIRMWARES),
        default="new",
        help="a set of the single options below, which may be set on top",
    )
    for item in fields(GoipOptions):
        if item.name in COMMON:
            continue
        allowed = choices(item.name)
        parser.add_argument(
            f"--{item.name.replace('_', '-')}",
            dest=item.name,
            default=None,
            metavar="on|off" if allowed == (True, False) else "|".join(allowed) or "…",
            help=str(item.metadata["help"]).replace("%", "%%"),
        )


def build(args: Namespace) -> GoipBox:
    """Return the box that the options ask for; raise ValueError for impossible ones."""
    options = firmware(
        args.firmware, host=args.host, seconds_per_sms=args.seconds_per_sms
    )
    for item in fields(GoipOptions):
        if item.name not in COMMON and (value := getattr(args, item.name)) is not None:
            set_option(options, item.name, value)
    clock, journal = clock_and_journal(args)
    return GoipBox(options, build_lines(args), clock, journal, args.name)
