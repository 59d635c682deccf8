"""icons.json: known places, and only icons that exist."""

import json
from pathlib import Path

import hass_frontend

from .files import english, icons, leaves

SECTIONS = {"conditions", "entity", "services", "triggers"}
ENTITY_KEYS = {"default", "range", "state", "state_attributes"}
WORD = {"conditions": "condition", "services": "service", "triggers": "trigger"}


def _drawn_icons() -> set[str]:
    path = Path(hass_frontend.where()) / "static" / "mdi" / "iconList.json"
    return {icon["name"] for icon in json.loads(path.read_text(encoding="utf-8"))}


def test_every_icon_exists() -> None:
    drawn = _drawn_icons()
    for where, icon in leaves(icons()):
        family, _, name = icon.partition(":")
        assert family == "mdi", where
        assert name in drawn, where


def test_sections_are_known() -> None:
    assert icons().keys() <= SECTIONS
    for section, word in WORD.items():
        for name, content in icons().get(section, {}).items():
            assert content.keys() <= {word, "sections"}, f"{section}.{name}"
            assert word in content, f"{section}.{name}"


def test_entities_that_have_an_icon_have_a_name() -> None:
    texts = english()["entity"]
    for platform, entities in icons()["entity"].items():
        assert entities.keys() <= texts[platform].keys(), platform
        for key, entity in entities.items():
            assert entity.keys() <= ENTITY_KEYS, f"{platform}.{key}"


def test_states_that_have_an_icon_have_a_text() -> None:
    texts = english()["entity"]
    for platform, entities in icons()["entity"].items():
        if platform in ("binary_sensor", "switch"):
            continue  # their states are on and off
        for key, entity in entities.items():
            states = texts[platform][key].get("state", {}).keys()
            assert entity.get("state", {}).keys() <= states, f"{platform}.{key}"
