"""The repair about a SIM that is about to lapse."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.entries import change, settle
from tests.integration.fakes import FakeBox
from tests.integration.money import go_to, tell
from tests.integration.restarting import killed
from tests.integration.scene import device_id

pytestmark = pytest.mark.freeze_time("2026-05-01 12:00:00+00:00")


def told(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return the repair about the first SIM, if it is shown."""
    issue_id = f"sim_lapsing_{entry.entry_id}_sim1"
    issue = ir.async_get(hass).async_get_issue("gsm_gateway", issue_id)
    return issue if issue and issue.active else None


async def test_is_shown_from_the_days_of_the_settings_on_until_a_later_date(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await tell(hass, fake_box, "9,00", until="2026-05-10")
    await go_to(hass, freezer, "2026-05-02 23:59:00")
    assert told(hass, purse) is None

    await go_to(hass, freezer, "2026-05-03 00:05:00")
    issue = told(hass, purse)
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.WARNING
    assert not issue.is_fixable
    assert issue.translation_key == "sim_lapsing"
    assert issue.translation_placeholders == {
        "sim": "Cellar SIM 1",
        "date": "2026-05-10",
    }

    await go_to(hass, freezer, "2026-05-10 23:59:00")
    assert told(hass, purse) == issue
    await go_to(hass, freezer, "2026-05-11 00:05:00")
    issue = told(hass, purse)
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.ERROR
    assert issue.translation_key == "sim_lapsed"

    await tell(hass, fake_box, "19,00", until="2026-06-10")
    assert told(hass, purse) is None


async def test_follows_the_days_of_the_settings(
    hass: HomeAssistant, purse: MockConfigEntry, fake_box: FakeBox
) -> None:
    await tell(hass, fake_box, "9,00", until="2026-05-10")

    await change(hass, purse, "sim1", expiry_days=30)
    assert told(hass, purse) is not None
    await change(hass, purse, "sim1", expiry_days=8)
    assert told(hass, purse) is None


@pytest.mark.parametrize(
    "end", ["other card", "removed", "disabled", "unloaded", "no code"]
)
async def test_goes_away_with_its_sim(
    hass: HomeAssistant, purse: MockConfigEntry, fake_box: FakeBox, end: str
) -> None:
    await tell(hass, fake_box, "9,00", until="2026-05-04")
    assert told(hass, purse) is not None

    match end:
        case "other card":
            other = {"imsi": "250019999999999", "since": "2026-05-01T12:00:00+00:00"}
            await change(hass, purse, "sim1", other_card=other)
        case "removed":
            hass.config_entries.async_remove_subentry(purse, "sim1")
        case "disabled":
            disabled = dr.DeviceEntryDisabler.USER
            device = device_id(hass, purse, "sim1")
            dr.async_get(hass).async_update_device(device, disabled_by=disabled)
        case "unloaded":
            await hass.config_entries.async_unload(purse.entry_id)
        case _:
            await change(hass, purse, "sim1", balance_code=None)
    await settle(hass)

    assert told(hass, purse) is None


async def test_is_there_again_after_a_restart(
    hass: HomeAssistant, purse: MockConfigEntry, fake_box: FakeBox
) -> None:
    await tell(hass, fake_box, "9,00", until="2026-05-04")

    async with killed(hass, purse) as again:
        assert told(again, purse) is not None
