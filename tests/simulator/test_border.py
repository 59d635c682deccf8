"""The simulator shares no code with the rest, and nothing in the product knows it."""

import ast
from collections.abc import Iterator
from pathlib import Path
import sys

import pytest

TESTS = Path(__file__).parent.parent
SIMULATOR = TESTS / "simulator"
PRODUCT = TESTS.parent / "custom_components"
PROGRAMS = sorted(
    path
    for path in SIMULATOR.rglob("*.py")
    if path.name != "__init__.py" and not path.name.startswith("test_")
)


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Return (level, first name) of every import in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, (node.module or "").partition(".")[0]


@pytest.mark.parametrize(
    "path", PROGRAMS, ids=lambda path: str(path.relative_to(SIMULATOR))
)
def test_simulator_needs_the_standard_library_only(path: Path) -> None:
    depth = len(path.relative_to(SIMULATOR).parts)
    for level, name in imported(path):
        assert level <= depth, f"{path.name} reaches out of the simulator"
        assert level or name in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_product_does_not_import_tests() -> None:
    files = sorted(PRODUCT.rglob("*.py"))
    assert files
    for path in files:
        for level, name in imported(path):
            assert level or name != "tests", path
