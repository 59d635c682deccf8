"""The options of a box."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.boxes import box_entry, goip_data
from tests.integration.dialog import Dialog
from tests.simulator.goip.box import GoipBox

FOLDED: dict[str, dict[str, Any]] = {"trust": {}, "privacy": {}, "keeping": {}}
"""The sections as they are left by who opens none."""
USUAL = {
    "trusted_senders": [],
    "private_senders": [],
    "show_texts": False,
    "keep_days": 90,
}
"""The options that come of them."""


@pytest.fixture(autouse=True)
def taken(hass: HomeAssistant, goip_box: GoipBox) -> None:
    """An action of somebody else, and the name of a second box that is not set up."""
    hass.services.async_register("notify", "mobile_app", lambda call: None)
    second = box_entry(
        goip_box, goip_data(goip_box), unique_id="2", options={"notify_name": "second"}
    )
    second.add_to_hass(hass)


async def test_the_action_gets_another_name(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    dialog = await Dialog.options(hass, known_goip)
    assert dialog.suggested("notify_name") == "goip"
    await dialog.fill(notify_name="sms_alarm", **FOLDED)

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert dict(known_goip.options) == {"notify_name": "sms_alarm", **USUAL}


async def test_the_action_keeps_its_name(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    hass.services.async_register("notify", "goip", lambda call: None)
    dialog = await Dialog.options(hass, known_goip)
    await dialog.fill(notify_name="goip", **FOLDED)

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert dict(known_goip.options) == {"notify_name": "goip", **USUAL}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("SMS Alarm", "invalid_name"),
        ("", "invalid_name"),
        ("mobile_app", "name_taken"),
        ("second", "name_taken"),
    ],
)
async def test_a_name_that_cannot_be_is_told_and_can_be_mended(
    hass: HomeAssistant, known_goip: MockConfigEntry, name: str, error: str
) -> None:
    dialog = await Dialog.options(hass, known_goip)
    await dialog.fill(notify_name=name, **FOLDED)
    assert dialog.result["errors"] == {"notify_name": error}
    assert dialog.suggested("notify_name") == name

    await dialog.fill(notify_name="sms_alarm", **FOLDED)
    assert dict(known_goip.options) == {"notify_name": "sms_alarm", **USUAL}


async def test_everything_else_is_folded_and_shows_what_is_chosen(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    dialog = await Dialog.options(hass, known_goip)
    assert dialog.folded() == {"trust": True, "privacy": True, "keeping": True}
    assert dialog.suggested("trust", "trusted_senders") == []
    assert dialog.suggested("privacy", "private_senders") == []
    assert dialog.suggested("privacy", "show_texts") is False
    assert dialog.suggested("keeping", "keep_days") == 90
    await dialog.fill(
        notify_name="goip",
        trust={"trusted_senders": [" +48 601 234 567 ", "Panel", "", "panel"]},
        privacy={"private_senders": ["MyBank"], "show_texts": True},
        keeping={"keep_days": 30},
    )
    chosen = {
        "trusted_senders": ["+48 601 234 567", "Panel"],
        "private_senders": ["MyBank"],
        "show_texts": True,
        "keep_days": 30,
    }
    assert dict(known_goip.options) == {"notify_name": "goip", **chosen}

    dialog = await Dialog.options(hass, known_goip)
    shown = {
        dialog.suggested("trust", "trusted_senders")[1],
        dialog.suggested("privacy", "private_senders")[0],
        dialog.suggested("privacy", "show_texts"),
        dialog.suggested("keeping", "keep_days"),
    }
    assert shown == {"Panel", "MyBank", True, 30}
    await dialog.fill(notify_name="goip", **FOLDED)
    assert dict(known_goip.options) == {"notify_name": "goip", **USUAL}


@pytest.mark.parametrize(
    ("section", "field"), [("trust", "trusted_senders"), ("privacy", "private_senders")]
)
async def test_a_sender_that_cannot_be_is_told_and_nothing_is_lost(
    hass: HomeAssistant, known_goip: MockConfigEntry, section: str, field: str
) -> None:
    filled = FOLDED | {
        "keeping": {"keep_days": 7},
        section: {field: ["+48601234567", "+4860123456x"]},
    }
    dialog = await Dialog.options(hass, known_goip)
    await dialog.fill(notify_name="other", **filled)
    assert dialog.result["errors"] == {section: "invalid_sender"}
    assert dialog.result["description_placeholders"] == {"sender": "+4860123456x"}
    assert dialog.folded()[section] is False
    assert dialog.suggested("notify_name") == "other"
    assert dialog.suggested(section, field) == ["+48601234567", "+4860123456x"]
    assert dialog.suggested("keeping", "keep_days") == 7

    await dialog.fill(notify_name="other", **filled | {section: {field: ["Panel"]}})
    options = {"notify_name": "other", "keep_days": 7, field: ["Panel"]}
    assert dict(known_goip.options) == USUAL | options


@pytest.mark.parametrize("days", [0, 3651])
async def test_a_time_out_of_reason_is_refused(
    hass: HomeAssistant, known_goip: MockConfigEntry, days: int
) -> None:
    dialog = await Dialog.options(hass, known_goip)
    with pytest.raises(InvalidData):
        await dialog.fill(
            notify_name="goip", **FOLDED | {"keeping": {"keep_days": days}}
        )
