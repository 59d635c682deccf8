"""What HACS asks of a repository, as far as it is in the tree."""

from importlib import metadata
import struct

from homeassistant.const import __version__ as running_version
from packaging.requirements import Requirement
from packaging.version import Version
import pytest

from .files import INTEGRATION, ROOT, load_json, requirement_lines

KNOWN_KEYS = {
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "name",
    "persistent_directory",
    "render_readme",
    "zip_release",
}


def _floor() -> Version:
    return Version(load_json(ROOT / "hacs.json")["homeassistant"])


def _pinned_by_test_tools() -> Version:
    tools = metadata.requires("pytest-homeassistant-custom-component") or []
    (line,) = [line for line in tools if Requirement(line).name == "homeassistant"]
    return Version(line.partition("==")[2])


def test_hacs_json_has_known_keys_only() -> None:
    content = load_json(ROOT / "hacs.json")
    assert content["name"] == "GSM Gateway"
    assert content.keys() <= KNOWN_KEYS


def test_oldest_supported_release_is_the_one_tested() -> None:
    tested = _pinned_by_test_tools()
    assert _floor().release[:2] == tested.release[:2]
    assert _floor() <= tested


def test_this_run_is_on_a_release_we_name() -> None:
    (newest,) = [
        Requirement(line).specifier
        for line in requirement_lines("newest.txt")
        if line.startswith("homeassistant==")
    ]
    assert (
        Version(running_version) == _pinned_by_test_tools() or running_version in newest
    )
    assert f"homeassistant{newest}" in requirement_lines("newest-overrides.txt")


def test_there_is_one_integration_with_readme_and_licence() -> None:
    folders = [
        path.name
        for path in (ROOT / "custom_components").iterdir()
        if path.is_dir() and path.name != "__pycache__"
    ]
    assert folders == ["gsm_gateway"]
    assert "HACS" in (ROOT / "README.md").read_text(encoding="utf-8")
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("MIT License\n\nCopyright (c) ")


@pytest.mark.parametrize(("name", "pixels"), [("icon.png", 256), ("icon@2x.png", 512)])
def test_icon_is_a_transparent_square(name: str, pixels: int) -> None:
    content = (INTEGRATION / "brand" / name).read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, _depth, colour = struct.unpack(">IIBB", content[16:26])
    assert (width, height) == (pixels, pixels)
    assert colour in (4, 6), "no alpha channel"


def test_brand_folder_has_names_that_home_assistant_reads() -> None:
    plain = {"icon.png", "icon@2x.png", "logo.png", "logo@2x.png"}
    names = {path.name for path in (INTEGRATION / "brand").iterdir()}
    assert names <= plain | {f"dark_{name}" for name in plain}
