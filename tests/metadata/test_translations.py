"""The shape of the texts, by the rules that hassfest has for them."""

from pathlib import Path
import re

import pytest

from .files import INTEGRATION, english, leaves, load_json, manifest
from .texts import LANGUAGES, flows, forms, placeholders

SECTIONS = {
    "conditions",
    "config",
    "config_subentries",
    "device",
    "entity",
    "exceptions",
    "issues",
    "options",
    "selector",
    "services",
    "system_health",
    "title",
    "triggers",
}
FLOW_KEYS = {"abort", "create_entry", "error", "flow_title", "progress", "step"}
STEP_KEYS = {
    "data",
    "data_description",
    "description",
    "menu_option_descriptions",
    "menu_options",
    "sections",
    "submit",
    "title",
}
SECTION_KEYS = {"data", "data_description", "description", "name"}
ENTITY_KEYS = {"name", "state", "state_attributes", "unit_of_measurement"}
ADDRESS = re.compile(r"(?:[a-z]://|\bwww\.)[a-z0-9.-]+\.[a-z]{2}", re.IGNORECASE)
PIECES_OF_SENTENCES = ("cms_", "reason_")
"""Why a message went wrong: shown after a colon, in a notification or a card."""
SLUG = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_values_are_plain_texts(path: Path) -> None:
    for where, text in leaves(load_json(path)):
        assert isinstance(text, str), where
        assert text, where
        assert text == text.strip(), where
        assert not re.search(r"<[a-z/][^>]*>", text), f"{where}: HTML"
        assert not ADDRESS.search(text), f"{where}: addresses go into placeholders"
        assert "[%" not in text, f"{where}: references are not resolved"
        assert not re.search(r"'\{\w+\}'", text), f"{where}: quoted placeholder"
        assert all(name.isidentifier() for name in placeholders(text)), where


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_every_language_has_the_same_keys_and_placeholders(path: Path) -> None:
    wanted = {where: placeholders(text) for where, text in leaves(english())}
    found = {where: placeholders(text) for where, text in leaves(load_json(path))}
    assert found == wanted


def test_english_is_there_and_no_strings_json() -> None:
    assert INTEGRATION / "translations" / "en.json" in LANGUAGES
    assert not (INTEGRATION / "strings.json").exists()


def test_sections_are_known() -> None:
    assert english().keys() <= SECTIONS


def test_keys_are_slugs() -> None:
    for where, _ in leaves(english()):
        assert all(SLUG.fullmatch(key) for key in where), where


def test_flows_have_known_parts() -> None:
    for name, flow in flows(english()):
        extra = {"entry_type", "initiate_flow"} if "subentries" in name else set()
        assert flow.keys() <= FLOW_KEYS | extra, name
        assert flow.keys() >= {"step"} | extra, name
        if extra:
            assert flow["initiate_flow"].keys() <= {"user", "reconfigure"}, name
            assert "user" in flow["initiate_flow"], name
        for step_name, step in flow["step"].items():
            assert step.keys() <= STEP_KEYS, f"{name}.{step_name}"
            for section in step.get("sections", {}).values():
                assert section.keys() <= SECTION_KEYS, f"{name}.{step_name}"


def test_every_field_has_a_label_and_a_description() -> None:
    for name, form in forms(english()):
        labels = form.get("data", {}).keys()
        assert labels == form.get("data_description", {}).keys(), name


def test_no_step_is_titled_with_the_integrations_name() -> None:
    for name, form in forms(english()):
        assert form.get("title") != manifest()["name"], name


def test_entities_have_known_parts_and_plain_states() -> None:
    for platform, entities in english()["entity"].items():
        for key, entity in entities.items():
            assert entity.keys() <= ENTITY_KEYS, f"{platform}.{key}"
            for where, text in leaves(entity):
                if where != ("name",):
                    assert not placeholders(text), f"{platform}.{key}: {where}"


def test_issues_are_told_either_as_text_or_as_a_flow() -> None:
    for name, issue in english().get("issues", {}).items():
        parts = issue.keys() - {"title"}
        assert "title" in issue, name
        assert parts in ({"description"}, {"fix_flow"}), name


def test_exceptions_are_messages_that_end_as_sentences() -> None:
    for name, exception in english()["exceptions"].items():
        assert exception.keys() == {"message"}, name
        ends = exception["message"].endswith((".", "?", "}"))
        assert ends or name.startswith(PIECES_OF_SENTENCES), name


def test_reasons_are_pieces_of_sentences() -> None:
    for name, exception in english()["exceptions"].items():
        if name.startswith(PIECES_OF_SENTENCES):
            begin, end = exception["message"][:2], exception["message"][-1]
            assert end not in ".!?", name
            assert begin.islower() or name == "reason_interrupted", name
