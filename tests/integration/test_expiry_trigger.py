"""Automations about SIMs that are about to expire."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.entries import settle
from tests.integration.fakes import FakeBox
from tests.integration.money import go_to, tell
from tests.integration.restarting import restarted
from tests.integration.scene import device_id
from tests.integration.watching import Watched

LOW = "gsm_gateway.balance_low"
DROPPED = "gsm_gateway.balance_dropped"
NEAR = "gsm_gateway.expiry_near"
OWN = {"id", "idx", "alias", "platform", "description"}
VALUE = "sensor.cellar_sim_1_balance"

pytestmark = pytest.mark.freeze_time("2026-05-01 12:00:00+00:00")


async def watch(hass: HomeAssistant, platform: str, **config: Any) -> Watched:
    """Attach a trigger."""
    return await Watched.of(hass, platform=platform, **config)


def told(watched: Watched, *keys: str) -> list[Any]:
    """Return what some of the data was at each start."""
    found = [tuple(start[key] for key in keys) for start in watched.started]
    return [each[0] for each in found] if len(keys) == 1 else found


async def test_expiry_is_told_once_when_so_many_days_are_left(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Seven days are those of the SIM's settings."""
    own, two = await watch(hass, NEAR), await watch(hass, NEAR, options={"days": 2})
    await tell(hass, fake_box, "9,00", until="2026-05-10")
    await go_to(hass, freezer, "2026-05-02 09:05:00")
    await go_to(hass, freezer, "2026-05-03 08:59:00")
    assert own.started == []
    await go_to(hass, freezer, "2026-05-03 09:05:00")
    assert told(own, "days", "valid_until", "balance") == [(7, "2026-05-10", 9.0)]
    for day in range(4, 15):
        await go_to(hass, freezer, f"2026-05-{day:02} 09:05:00")
        await hass.config_entries.async_reload(purse.entry_id)
        await tell(hass, fake_box, "9,00", until="2026-05-10")

    assert told(own, "days") == [7]
    assert told(two, "days") == [2]


@pytest.mark.parametrize(
    ("until", "starts"),
    [("2026-05-04", [3]), ("2026-05-01", [0]), ("2026-04-30", []), ("2026-05-20", [])],
    ids=["near", "today", "past", "far"],
)
async def test_a_new_date_is_looked_at_at_once(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    until: str,
    starts: list[int],
) -> None:
    watched = await watch(hass, NEAR)

    await tell(hass, fake_box, "9,00", until=until)
    await tell(hass, fake_box, "8,00")
    await tell(hass, fake_box, "7,00", until=until)

    assert told(watched, "days") == starts


@pytest.mark.parametrize(
    ("day", "starts"),
    [("2026-05-05 03:00:00", [5]), ("2026-05-12 10:00:00", [-2])],
    ids=["near at the next start, in the night", "past at the next start"],
)
async def test_days_on_which_home_assistant_was_off_are_made_up_for(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    day: str,
    starts: list[int],
) -> None:
    """An automation is at work before the first look of a start."""
    await tell(hass, fake_box, "9,00", until="2026-05-10")
    await hass.async_stop(force=True)
    freezer.move_to(f"{day}+00:00")

    async with restarted(hass, purse, started=False) as again:
        await again.config.async_set_time_zone("UTC")
        watched = await watch(again, NEAR)
        await settle(again)
        assert watched.started == []
        again.set_state(again.state.running)
        again.bus.async_fire("homeassistant_started")
        await settle(again)
        assert told(watched, "days") == starts
        await go_to(again, freezer, "2026-05-13 09:05:00")
        assert told(watched, "days") == starts


async def test_a_disabled_sim_is_not_told_of(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    watched = await watch(hass, NEAR)
    await tell(hass, fake_box, "9,00", until="2026-05-10")
    dr.async_get(hass).async_update_device(
        device_id(hass, purse, "sim1"), disabled_by=dr.DeviceEntryDisabler.USER
    )

    await go_to(hass, freezer, "2026-05-08 09:05:00")

    assert watched.started == []


async def test_the_sensor_of_the_date_stands_for_its_sim(
    hass: HomeAssistant, purse: MockConfigEntry, fake_box: FakeBox
) -> None:
    target = {"entity_id": "sensor.cellar_sim_1_balance_valid_until"}
    watched = await watch(hass, NEAR, target=target)

    await tell(hass, fake_box, "9,00", until="2026-05-04", number=2)
    await tell(hass, fake_box, "9,00", until="2026-05-04")

    assert told(watched, "sim") == ["Cellar SIM 1"]
