"""manifest.json, as hassfest and the loader of Home Assistant want it."""

import ast
from importlib import metadata
from pathlib import Path
import re
import tomllib

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from packaging.requirements import Requirement
import pytest

from .files import INTEGRATION, ROOT, load_json, manifest, nodes, requirement_lines

# What hassfest of 2026.10 takes; later releases know more.
KNOWN_KEYS = {
    "after_dependencies",
    "bluetooth",
    "codeowners",
    "config_flow",
    "dependencies",
    "dhcp",
    "disabled",
    "documentation",
    "domain",
    "homekit",
    "import_executor",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "loggers",
    "mqtt",
    "name",
    "quality_scale",
    "requirements",
    "single_config_entry",
    "ssdp",
    "usb",
    "version",
    "zeroconf",
}
KEYS_FOR_HACS = {
    "codeowners",
    "documentation",
    "domain",
    "issue_tracker",
    "name",
    "version",
}
# Components that may be imported without being listed as dependencies.
ALWAYS_THERE = {
    *Platform,
    "automation",
    "homeassistant",
    "logbook",
    "persistent_notification",
    "system_health",
    "system_log",
    "webhook",
    "websocket_api",
}


def _named(requirements: list[str]) -> set[str]:
    return {Requirement(line).name.lower() for line in requirements}


@pytest.mark.parametrize(
    "path", sorted(INTEGRATION.rglob("*.json")), ids=lambda path: path.name
)
def test_every_json_file_parses(path: Path) -> None:
    load_json(path)


def test_keys_are_known_and_in_order() -> None:
    keys = list(manifest())
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    assert set(keys) <= KNOWN_KEYS
    assert set(keys) >= KEYS_FOR_HACS


def test_values_that_have_a_fixed_form() -> None:
    content = manifest()
    assert content["domain"] == INTEGRATION.name
    assert content["iot_class"] == "local_push"
    assert content["integration_type"] == "hub"
    assert content["config_flow"] is True
    assert (INTEGRATION / "config_flow.py").exists()
    assert content["codeowners"]
    assert all(re.fullmatch(r"@[\w/-]+", owner) for owner in content["codeowners"])
    for key in ("documentation", "issue_tracker"):
        assert content[key].startswith("https://")
        assert "home-assistant.io" not in content[key]


def test_version_is_semantic_and_the_projects() -> None:
    version = manifest()["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9a-z.]+)?", version)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == version


def test_requirements_are_exact_and_the_tested_ones() -> None:
    requirements = manifest()["requirements"]
    assert requirements == sorted(requirements)
    assert all(re.fullmatch(r"[a-z0-9_-]+==[\w.]+", line) for line in requirements)
    assert requirements == requirement_lines("integration.txt")
    for line in requirements:
        wanted = Requirement(line)
        assert metadata.version(wanted.name) in wanted.specifier


def test_nothing_is_required_that_home_assistant_ships() -> None:
    shipped = _named(metadata.requires("homeassistant") or [])
    assert "aiohttp" in shipped
    assert not _named(manifest()["requirements"]) & (shipped | {"voluptuous"})


def test_loggers_are_packages_of_the_requirements() -> None:
    packages = metadata.packages_distributions()
    required = _named(manifest()["requirements"])
    for logger in manifest()["loggers"]:
        assert {name.lower() for name in packages[logger]} <= required


def test_imported_components_are_dependencies() -> None:
    content = manifest()
    allowed = {
        *ALWAYS_THERE,
        *content.get("dependencies", []),
        *content.get("after_dependencies", []),
        *(["dhcp"] if "dhcp" in content else []),
    }
    imported: dict[str, str] = {}
    for path, node in nodes(ast.ImportFrom):
        package, _, component = (node.module or "").partition(
            "homeassistant.components."
        )
        if node.module == "homeassistant.components":
            imported |= {alias.name: str(path) for alias in node.names}
        elif component and not package:
            imported[component.partition(".")[0]] = str(path)
    own_platforms = {path.stem for path in INTEGRATION.glob("*.py")}
    missing = imported.keys() - allowed - own_platforms
    assert not {name: imported[name] for name in missing}


def test_domains_that_are_depended_upon_are_used() -> None:
    content = manifest()
    dependencies = content.get("dependencies", [])
    after = content.get("after_dependencies", [])
    assert dependencies == sorted(dependencies)
    assert after == sorted(after)
    assert not set(dependencies) & set(after)


async def test_home_assistant_loads_the_integration(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, "gsm_gateway")
    assert integration.file_path == INTEGRATION
    assert integration.config_flow
    assert integration.version == manifest()["version"]
    assert await integration.resolve_dependencies() is not None
