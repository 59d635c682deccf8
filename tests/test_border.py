"""The halves below the border stand without Home Assistant."""

import ast
from pathlib import Path
import subprocess
import sys
from typing import override

import pytest

COMPONENT = Path(__file__).parents[1] / "custom_components" / "gsm_gateway"
BELOW = ("gateways", "messaging", "balance")
LOADER = """
import importlib, importlib.abc, pathlib, sys, types

class Block(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("homeassistant", "custom_components", "tests"):
            raise ImportError(f"{name} is beyond the border")

sys.meta_path.insert(0, Block())
root = pathlib.Path(sys.argv[1])
bare = types.ModuleType("bare")
bare.__path__ = [str(root)]
sys.modules["bare"] = bare
for half in sys.argv[2:]:
    for file in sorted((root / half).rglob("*.py")):
        inside = file.relative_to(root).with_suffix("").parts
        if inside[-1] == "__init__":
            inside = inside[:-1]
        importlib.import_module(".".join(("bare", *inside)))
        print("/".join(inside))
"""


def modules() -> list[Path]:
    """Return every module below the border."""
    return [file for half in BELOW for file in sorted((COMPONENT / half).rglob("*.py"))]


def load(root: Path) -> subprocess.CompletedProcess[str]:
    """Import every module below a bare parent package in an interpreter of its own."""
    halves = [half for half in BELOW if (root / half).is_dir()]
    return subprocess.run(
        [sys.executable, "-I", "-c", LOADER, str(root), *halves],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_every_module_loads_without_home_assistant() -> None:
    result = load(COMPONENT)
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == len(modules()) > 10


@pytest.mark.parametrize(
    "line",
    [
        "import homeassistant.core",
        "from custom_components.gsm_gateway import const",
    ],
)
def test_a_step_over_the_border_is_seen(tmp_path: Path, line: str) -> None:
    half = tmp_path / "messaging"
    half.mkdir()
    (half / "__init__.py").write_text(line)
    assert load(tmp_path).returncode != 0


class Imports(ast.NodeVisitor):
    """Collects what a module imports absolutely."""

    def __init__(self) -> None:
        """Start with none."""
        self.names: set[str] = set()

    @override
    def visit_Import(self, node: ast.Import) -> None:
        self.names |= {alias.name.partition(".")[0] for alias in node.names}

    @override
    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0 and node.module:
            self.names.add(node.module.partition(".")[0])


@pytest.mark.parametrize(
    "file", modules(), ids=lambda file: str(file.relative_to(COMPONENT))
)
def test_only_relative_imports_of_our_own(file: Path) -> None:
    imports = Imports()
    imports.visit(ast.parse(file.read_text()))
    assert not imports.names & {"homeassistant", "custom_components", "tests"}
