"""As much of JSON Schema as our own schemas use; anything else is refused."""

from collections.abc import Iterator
import re
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "null": type(None),
}
_SILENT = {"$schema", "$defs", "title", "description"}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a value, each with the place where it is."""
    for keyword, rule in schema.items():
        if keyword in _SILENT:
            continue
        if keyword == "$ref":
            target = root
            for step in rule.removeprefix("#/").split("/"):
                target = target[step]
            yield from faults(value, target, root)
        else:
            yield from _RULES[keyword](value, rule, schema, root)


def _type(value: Any, rule: Any, *_: Any) -> Iterator[str]:
    kinds = [rule] if isinstance(rule, str) else rule
    fits = any(isinstance(value, _TYPES[kind]) for kind in kinds)
    if not fits or isinstance(value, bool):
        yield f"{value!r} is no {rule}"


def _one_of(value: Any, rule: Any, *_: Any) -> Iterator[str]:
    if not any(value is each or value == each for each in rule):
        yield f"{value!r} is none of {rule}"


def _const(value: Any, rule: Any, *_: Any) -> Iterator[str]:
    if value is not rule:
        yield f"{value!r} is not {rule!r}"


def _pattern(value: Any, rule: str, *_: Any) -> Iterator[str]:
    if isinstance(value, str) and not re.search(rule, value):
        yield f"{value!r} does not look like {rule}"


def _least(value: Any, rule: int, *_: Any) -> Iterator[str]:
    if isinstance(value, (str, list, dict)) and len(value) < rule:
        yield f"{value!r} is shorter than {rule}"


def _most(value: Any, rule: int, *_: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) > rule:
        yield f"{value!r} is longer than {rule}"


def _minimum(value: Any, rule: int, *_: Any) -> Iterator[str]:
    if isinstance(value, int) and value < rule:
        yield f"{value} is below {rule}"


def _maximum(value: Any, rule: int, *_: Any) -> Iterator[str]:
    if isinstance(value, int) and value > rule:
        yield f"{value} is above {rule}"


def _unique(value: Any, *_: Any) -> Iterator[str]:
    if isinstance(value, list) and len(set(value)) < len(value):
        yield f"{value!r} says something twice"


def _required(value: Any, rule: list[str], *_: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{each} is missing" for each in rule if each not in value)


def _items(value: Any, rule: Any, _: Any, root: Any) -> Iterator[str]:
    for place, each in enumerate(value if isinstance(value, list) else ()):
        yield from (f"{place}: {fault}" for fault in faults(each, rule, root))


def _properties(value: Any, rule: Any, _: Any, root: Any) -> Iterator[str]:
    for key in rule.keys() & (value if isinstance(value, dict) else {}):
        yield from (f"{key}: {fault}" for fault in faults(value[key], rule[key], root))


def _names(value: Any, rule: Any, _: Any, root: Any) -> Iterator[str]:
    for key in value if isinstance(value, dict) else ():
        yield from faults(key, rule, root)


def _rest(value: Any, rule: Any, schema: Any, root: Any) -> Iterator[str]:
    known = schema.get("properties", {})
    for key in value if isinstance(value, dict) else ():
        if key in known:
            continue
        if rule is False:
            yield f"{key} is not known"
        else:
            yield from (f"{key}: {fault}" for fault in faults(value[key], rule, root))


_RULES: dict[str, Any] = {
    "type": _type,
    "enum": _one_of,
    "const": _const,
    "pattern": _pattern,
    "minLength": _least,
    "minItems": _least,
    "minProperties": _least,
    "maxLength": _most,
    "minimum": _minimum,
    "maximum": _maximum,
    "uniqueItems": _unique,
    "required": _required,
    "items": _items,
    "properties": _properties,
    "propertyNames": _names,
    "additionalProperties": _rest,
}
