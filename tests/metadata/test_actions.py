"""Actions, triggers and conditions: what the editor shows, against what is registered."""

from collections.abc import Iterator
import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import validate_selector
from homeassistant.setup import async_setup_component
import pytest

from .files import INTEGRATION, Json, english, icons, load_yaml, module

KINDS = ["services", "triggers", "conditions"]
FIELD_KEYS = {
    "services": {"advanced", "default", "example", "filter", "required", "selector"},
    "triggers": {"context", "default", "example", "required", "selector"},
    "conditions": {"context", "default", "example", "required", "selector"},
}


def _described(kind: str) -> Json:
    return load_yaml(f"{kind}.yaml")


def _fields(item: Json | None) -> Iterator[tuple[str, Json]]:
    """Yield the fields of an action, trigger or condition, those in sections too."""
    for name, field in (item or {}).get("fields", {}).items():
        if "fields" in field:
            yield from field["fields"].items()
        else:
            yield name, field


@pytest.mark.parametrize("kind", KINDS)
def test_each_has_name_description_and_icon(kind: str) -> None:
    described = _described(kind).keys()
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in described)
    texts = english().get(kind, {})
    assert texts.keys() == described
    assert icons().get(kind, {}).keys() == described
    for name, text in texts.items():
        assert text.keys() >= {"name", "description"}, name


@pytest.mark.parametrize("kind", KINDS)
def test_each_field_has_name_and_description(kind: str) -> None:
    for name, item in _described(kind).items():
        text = english()[kind][name]
        fields = dict(_fields(item))
        assert fields.keys() == text.get("fields", {}).keys(), name
        for field, words in text.get("fields", {}).items():
            assert words.keys() >= {"name", "description"}, f"{name}.{field}"
        sections = {
            key
            for key, field in (item or {}).get("fields", {}).items()
            if "fields" in field
        }
        assert sections == text.get("sections", {}).keys(), name


@pytest.mark.parametrize("kind", KINDS)
def test_each_field_has_a_selector_that_home_assistant_knows(kind: str) -> None:
    for name, item in _described(kind).items():
        if item and "target" in item:
            validate_selector({"target": item["target"]})
        for field, content in _fields(item):
            assert content.keys() <= FIELD_KEYS[kind], f"{name}.{field}"
            validate_selector(content["selector"])


@pytest.mark.parametrize("kind", KINDS)
def test_each_choice_has_a_text(kind: str) -> None:
    texts = english().get("selector", {})
    for name, item in _described(kind).items():
        for field, content in _fields(item):
            select = content["selector"].get("select") or {}
            if "translation_key" in select:
                options = {str(option) for option in select["options"]}
                told = texts[select["translation_key"]]["options"].keys()
                assert told == options, f"{name}.{field}"


async def test_registered_actions_are_the_described_ones(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "gsm_gateway", {})
    registered = hass.services.async_services().get("gsm_gateway", {})
    assert registered.keys() == _described("services").keys()


@pytest.mark.parametrize("kind", ["triggers", "conditions"])
async def test_offered_ones_are_the_described_ones(
    hass: HomeAssistant, kind: str
) -> None:
    described = _described(kind).keys()
    name = kind.removesuffix("s")
    assert (INTEGRATION / f"{name}.py").exists() == bool(described)
    if described:
        offered = await getattr(module(name), f"async_get_{kind}")(hass)
        assert offered.keys() == described
