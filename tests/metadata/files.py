"""The files of the integration, read once, as the metadata tests look at them."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
import importlib
import json
from pathlib import Path
import re
from types import ModuleType
from typing import Any

from annotatedyaml import load_yaml_dict
from homeassistant import const

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / "gsm_gateway"

type Json = dict[str, Any]


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> Json:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"keys given twice: {sorted(keys)}")
    return result


def load_json(path: Path) -> Any:
    """Return a JSON file's content; ValueError where a key stands twice."""
    return json.loads(
        path.read_text(encoding="utf-8"), object_pairs_hook=_refuse_duplicates
    )


def manifest() -> Json:
    """Return manifest.json."""
    content: Json = load_json(INTEGRATION / "manifest.json")
    return content


def english() -> Json:
    """Return the texts that every other language is compared with."""
    content: Json = load_json(INTEGRATION / "translations" / "en.json")
    return content


def icons() -> Json:
    """Return icons.json."""
    content: Json = load_json(INTEGRATION / "icons.json")
    return content


def load_yaml(name: str) -> Json:
    """Return a YAML file of the integration; empty where there is none."""
    path = INTEGRATION / name
    return load_yaml_dict(path) if path.exists() else {}


def module(name: str) -> ModuleType:
    """Import a module of the integration by its name."""
    return importlib.import_module(f"custom_components.gsm_gateway.{name}")


def requirement_lines(name: str) -> list[str]:
    """Return a requirement file's lines without comments."""
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@cache
def sources() -> Mapping[Path, ast.Module]:
    """Return every Python file of the integration, by its path inside of it."""
    return {
        path.relative_to(INTEGRATION): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(INTEGRATION.rglob("*.py"))
    }


def nodes[T: ast.AST](*kinds: type[T]) -> Iterator[tuple[Path, T]]:
    """Yield every syntax node of some kinds, with the file it stands in."""
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, kinds):
                yield path, node


@cache
def _literals() -> frozenset[str]:
    """Return every string constant, and Home Assistant's names for settings in use."""
    own = {node.value for _, node in nodes(ast.Constant) if isinstance(node.value, str)}
    borrowed = {
        getattr(const, alias.name)
        for _, node in nodes(ast.ImportFrom)
        if node.module == "homeassistant.const"
        for alias in node.names
        if alias.name.startswith("CONF_")
    }
    return frozenset(own | borrowed)


@cache
def _composed() -> tuple[re.Pattern[str], ...]:
    """Return a pattern for each f-string that could be a key: `seems_{brand}`."""
    found = []
    for _, node in nodes(ast.JoinedStr):
        parts = [
            re.escape(part.value)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
            else r"\w+"
            for part in node.values
        ]
        if re.search(r"[a-z]{3}", "".join(parts)):
            found.append(re.compile("".join(parts)))
    return tuple(found)


def unnamed(keys: Iterable[str]) -> set[str]:
    """Return those of the keys that no string in the code spells."""
    return {
        key
        for key in keys
        if key not in _literals()
        and not any(pattern.fullmatch(key) for pattern in _composed())
    }


def leaves(tree: Json, *above: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each value of nested dicts with the keys that lead to it."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, *above, key)
        else:
            yield (*above, key), value


def selects(tree: Json) -> Iterator[Json]:
    """Yield what every select selector in nested dicts says of itself."""
    for key, value in tree.items():
        if key == "select" and isinstance(value, dict):
            yield value
        elif isinstance(value, dict):
            yield from selects(value)
