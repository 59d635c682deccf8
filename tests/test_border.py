"""What lies below the border runs without Home Assistant."""

from pathlib import Path
import subprocess
import sys

import pytest

INTEGRATION = Path(__file__).parents[1] / "custom_components" / "gsm_gateway"

# Puts the packages under a parent that has nothing in it, and imports all they have.
LOAD = """
import importlib, pkgutil, sys, types

class Border:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"homeassistant", "probatio", "voluptuous"}:
            raise ImportError(f"{name} lies above the border")

sys.meta_path.insert(0, Border())
bare = types.ModuleType("bare")
bare.__path__ = [sys.argv[1]]
sys.modules["bare"] = bare
package = importlib.import_module(f"bare.{sys.argv[2]}")
for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
    importlib.import_module(module.name)
    print(module.name)
"""


@pytest.mark.parametrize("package", ["balance", "gateways", "messaging"])
def test_package_loads_without_home_assistant(package: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(INTEGRATION), package],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    files = {path.stem for path in (INTEGRATION / package).rglob("*.py")}
    loaded = {name.rpartition(".")[2] for name in done.stdout.split()}
    assert files - {"__init__"} <= loaded
