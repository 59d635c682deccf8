"""Methods of a box that people and tests call by name over the control API."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
import inspect
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_MARK = "__simulator_command__"
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


class CommandError(ValueError):
    """A command that does not exist, or arguments that it cannot take."""


@dataclass(frozen=True)
class Command:
    """One command, bound to its box."""

    name: str
    help: str
    call: Callable[..., Awaitable[Any]]
    aliases: Mapping[str, str] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        """Return name, help and parameters as JSON."""
        shown = {target: alias for alias, target in self.aliases.items()}
        parameters = [
            {
                "name": shown.get(name, name),
                "required": parameter.default is parameter.empty,
                "default": None
                if parameter.default is parameter.empty
                else _plain(parameter.default),
            }
            for name, parameter in inspect.signature(self.call).parameters.items()
        ]
        return {"name": self.name, "help": self.help, "parameters": parameters}

    async def run(self, arguments: Mapping[str, Any]) -> Any:
        """Run with JSON or text arguments, each turned into the type the method wants."""
        hints = get_type_hints(self.call)
        known = inspect.signature(self.call).parameters
        values: dict[str, Any] = {}
        for given, value in arguments.items():
            name = given.replace("-", "_")
            name = self.aliases.get(name, name)
            if name not in known:
                raise CommandError(f"{self.name} has no argument {given!r}")
            values[name] = coerce(value, hints.get(name, str), given)
        missing = [
            name
            for name, parameter in known.items()
            if parameter.default is parameter.empty and name not in values
        ]
        if missing:
            raise CommandError(f"{self.name} needs {', '.join(missing)}")
        return await self.call(**values)


def command[MethodT: Callable[..., Any]](
    help_text: str, aliases: Mapping[str, str] | None = None
) -> Callable[[MethodT], MethodT]:
    """Mark an async method as a command; `aliases` maps an outer name to a parameter."""

    def mark(method: MethodT) -> MethodT:
        setattr(method, _MARK, (help_text, dict(aliases or {})))
        return method

    return mark


def commands_of(box: object) -> dict[str, Command]:
    """Return every command of a box by name."""
    found: dict[str, Command] = {}
    for name in sorted(dir(type(box))):
        mark = getattr(getattr(type(box), name), _MARK, None)
        if mark is not None:
            found[name] = Command(name, mark[0], getattr(box, name), mark[1])
    return found


def coerce(value: Any, wanted: Any, name: str) -> Any:
    """Turn a JSON value or a text from the command line into the `wanted` type."""
    if get_origin(wanted) in (Union, UnionType):
        options = [option for option in get_args(wanted) if option is not NoneType]
        if value is None or value == "":
            return None
        return coerce(value, options[0], name)
    try:
        if wanted is bool:
            return _boolean(value)
        if wanted in (int, float, Decimal):
            return wanted(str(value))
    except (ValueError, InvalidOperation) as error:
        raise CommandError(f"{name} cannot be {value!r}") from error
    return str(value) if wanted is str else value


def _boolean(value: Any) -> bool:
    """Return on/off, yes/no, true/false, 1/0 as a bool."""
    text = str(value).lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(value)


def _plain(value: Any) -> Any:
    """Return a default value as JSON can show it."""
    return (
        value if isinstance(value, int | float | str | bool | NoneType) else str(value)
    )
