"""Options by name: on the command line, over the control API, and as whole firmwares."""

from argparse import ArgumentParser, BooleanOptionalAction, Namespace, _ArgumentGroup
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from ..core.commands import CommandError, coerce
from .options import YeastarOptions

FIRMWARES: dict[str, dict[str, Any]] = {
    "tg200": {},
    "tg400": {"ussd_spelling": "recive"},
    "vendor-2013": {
        "span_field": "GsmPort",
        "ussd_coding": "72",
        "plain_ascii": "never",
    },
    "tg200-lte": {"spans": "lte", "index_base": "zero-single", "blank": "plus"},
}


def checked(options: YeastarOptions, changes: Mapping[str, Any]) -> YeastarOptions:
    """Return options with some values replaced; raise CommandError for a bad name or value."""
    values: dict[str, Any] = {}
    for given, value in changes.items():
        name = given.replace("-", "_")
        if name not in _KINDS:
            raise CommandError(f"there is no option {given!r}")
        values[name] = _value(name, value)
    return replace(options, **values)


def add_option_arguments(parser: ArgumentParser) -> None:
    """Add every option of the box to a command line."""
    parser.add_argument(
        "--firmware",
        choices=sorted(FIRMWARES),
        default="tg200",
        help="a set of options as one capture shows them; single options go before it",
    )
    for family in YeastarOptions.__bases__:
        group = parser.add_argument_group(str(family.__doc__).rstrip("."))
        for item in fields(family):
            _add_option(group, item.name)


def _add_option(group: _ArgumentGroup, name: str) -> None:
    """Add one option to a group of a command line."""
    kind, text = _KINDS[name]
    flag = "--" + name.replace("_", "-")
    shown = f"{text} [{getattr(_DEFAULTS, name)}]".replace("%", "%%")
    if kind is bool:
        group.add_argument(flag, action=BooleanOptionalAction, help=shown)
    elif get_origin(kind) is Literal:
        group.add_argument(flag, choices=get_args(kind), help=shown)
    else:
        group.add_argument(flag, type=kind, metavar=kind.__name__.upper(), help=shown)


def options_from(args: Namespace) -> YeastarOptions:
    """Return the options of a command line: a firmware, and what was said besides."""
    given = {
        name: getattr(args, name) for name in _KINDS if getattr(args, name) is not None
    }
    return checked(_DEFAULTS, FIRMWARES[args.firmware] | given)


def _value(name: str, value: Any) -> Any:
    """Return a value as its option wants it."""
    kind, _ = _KINDS[name]
    if get_origin(kind) is not Literal:
        return coerce(value, kind, name)
    if value not in get_args(kind):
        raise CommandError(f"{name} can be {', '.join(get_args(kind))}")
    return value


def _kinds() -> dict[str, tuple[Any, str]]:
    """Return the type and help text of each option."""
    hints = get_type_hints(YeastarOptions, include_extras=True)
    return {
        item.name: (get_args(hints[item.name])[0], get_args(hints[item.name])[1])
        for item in fields(YeastarOptions)
    }


_DEFAULTS = YeastarOptions()
_KINDS = _kinds()
