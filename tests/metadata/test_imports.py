"""What may be imported where."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from .files import nodes

BELOW_THE_BORDER = {"balance", "gateways", "messaging"}


def _absolute(node: ast.Import | ast.ImportFrom) -> set[str]:
    """Return the modules that a statement imports by their full names."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    return {node.module or ""} if node.level == 0 else set()


def _statements() -> Iterator[tuple[Path, ast.Import | ast.ImportFrom]]:
    yield from nodes(ast.Import)
    yield from nodes(ast.ImportFrom)


def _tops(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def test_the_integration_imports_itself_relatively() -> None:
    for path, node in _statements():
        assert not _tops(_absolute(node)) & {"custom_components", "tests"}, path


@pytest.mark.parametrize("forbidden", ["homeassistant", "probatio", "voluptuous"])
def test_nothing_of_home_assistant_below_the_border(forbidden: str) -> None:
    for path, node in _statements():
        if path.parts[0] in BELOW_THE_BORDER:
            assert forbidden not in _tops(_absolute(node)), path


def test_nothing_below_the_border_reaches_above_it() -> None:
    for path, node in nodes(ast.ImportFrom):
        if path.parts[0] not in BELOW_THE_BORDER or not node.level:
            continue
        package = path.parts[:-1]
        target = (
            *package[: len(package) - node.level + 1],
            *(node.module or "").split("."),
        )
        tops = {target[0]} if target[0] else {alias.name for alias in node.names}
        assert tops <= BELOW_THE_BORDER, path


def test_messaging_and_balance_do_not_know_the_drivers() -> None:
    for path, node in nodes(ast.ImportFrom):
        if path.parts[0] in {"balance", "messaging"}:
            assert not {"goip", "yeastar"} & set((node.module or "").split(".")), path


def test_voluptuous_comes_under_its_own_name() -> None:
    for path, node in _statements():
        assert "probatio" not in _tops(_absolute(node)), path


def test_other_components_are_imported_from_their_root() -> None:
    for path, node in nodes(ast.ImportFrom):
        for name in _absolute(node):
            if name.startswith("homeassistant.components."):
                assert name.count(".") == 2, f"{path}: {name}"


def test_devices_are_linked_by_id() -> None:
    for path, call in nodes(ast.Call):
        words = {word.arg for word in call.keywords}
        assert "via_device" not in words, path


def test_annotations_need_no_future() -> None:
    for path, node in nodes(ast.ImportFrom):
        assert node.module != "__future__", path
