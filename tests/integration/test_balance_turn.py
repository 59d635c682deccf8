"""A question that waits for its SIM's turn is asked only if it still may be."""

from collections.abc import Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .asking import ONE_QUESTION, later
from .entries import change, settle
from .fakes import FakeBox
from .scene import device_id

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")

type Happens = Callable[[HomeAssistant, MockConfigEntry], Awaitable[None]]

CARD = {"imsi": "260020000000009", "iccid": None, "operator": "T-Mobile"}


async def removed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Remove the SIM."""
    hass.config_entries.async_remove_subentry(entry, "sim1")


async def another_code(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set another code."""
    await change(hass, entry, "sim1", balance_code="*101#")


async def no_code(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set no code."""
    await change(hass, entry, "sim1", balance_code=None)


async def another_card(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Find another card in the port."""
    other = {**CARD, "since": "2026-05-02T11:00:00+00:00"}
    await change(hass, entry, "sim1", other_card=other)


async def disabled(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Disable the SIM's device."""
    device = device_id(hass, entry, "sim1")
    by_user = dr.DeviceEntryDisabler.USER
    dr.async_get(hass).async_update_device(device, disabled_by=by_user)


async def roams(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Let the SIM be in a foreign network."""
    entry.runtime_data.lines["sim1"].roaming = True


@pytest.mark.parametrize(
    "happens", [removed, another_code, no_code, another_card, disabled, roams]
)
async def test_what_is_not_wished_any_more_is_not_dialled(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    happens: Happens,
) -> None:
    line, holder = asked.runtime_data.lines["sim1"], object()
    line.claim(holder)
    await later(hass, freezer, hours=25)
    assert poor_box.dialled == ONE_QUESTION, "it waits for its turn"

    await happens(hass, asked)
    await settle(hass)
    line.release(holder)
    await settle(hass)

    assert poor_box.dialled == ONE_QUESTION
