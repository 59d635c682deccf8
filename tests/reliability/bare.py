"""The halves below the border under a bare parent package, with Home Assistant blocked."""

from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
import sys
from types import ModuleType
from typing import override

COMPONENT = Path(__file__).parents[2] / "custom_components" / "gsm_gateway"


class _Block(MetaPathFinder):
    """Refuses to import Home Assistant."""

    @override
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] == "homeassistant":
            raise ImportError(f"{fullname} is beyond the border")
        return None


def stand_alone() -> None:
    """Make `custom_components.gsm_gateway` a package of its halves and nothing else."""
    sys.meta_path.insert(0, _Block())
    for name, folder in (
        ("custom_components", COMPONENT.parent),
        ("custom_components.gsm_gateway", COMPONENT),
    ):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
