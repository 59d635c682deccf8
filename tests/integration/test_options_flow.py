"""The name of the classic notify action."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.boxes import box_entry, goip_data
from tests.integration.dialog import Dialog
from tests.simulator.goip.box import GoipBox


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
    await dialog.fill(notify_name="sms_alarm")

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert dict(known_goip.options) == {"notify_name": "sms_alarm"}


async def test_the_action_keeps_its_name(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    hass.services.async_register("notify", "goip", lambda call: None)
    dialog = await Dialog.options(hass, known_goip)
    await dialog.fill(notify_name="goip")

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert dict(known_goip.options) == {"notify_name": "goip"}


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
    await dialog.fill(notify_name=name)
    assert dialog.result["errors"] == {"notify_name": error}
    assert dialog.suggested("notify_name") == name

    await dialog.fill(notify_name="sms_alarm")
    assert dict(known_goip.options) == {"notify_name": "sms_alarm"}
