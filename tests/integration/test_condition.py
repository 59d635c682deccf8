"""The condition for SIMs that are in a network."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    condition as condition_helper,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)

from tests.integration.entries import settle
from tests.integration.fakes import FakeBox
from tests.integration.scene import automate, device_id

REGISTRATIONS = [f"binary_sensor.cellar_sim_{number}_registration" for number in (1, 2)]


async def passes(hass: HomeAssistant, target: dict[str, Any], **options: Any) -> bool:
    """Tell whether the condition is met now."""
    assert await async_setup_component(hass, "homeassistant", {})
    config = {
        "condition": "gsm_gateway.sim_registered",
        "target": target,
        "options": options,
    }
    valid = await condition_helper.async_validate_condition_config(hass, config)
    checker = await condition_helper.async_from_config(hass, valid)
    result = checker.async_check()
    checker.async_unload()
    return bool(result)


async def register(hass: HomeAssistant, box: FakeBox, **registered: bool) -> None:
    """Let SIMs be in a network, or not."""
    for name, state in registered.items():
        box.change(int(name.removeprefix("sim")), registered=state)
    for entry in hass.config_entries.async_loaded_entries("gsm_gateway"):
        await entry.runtime_data.status.async_refresh()
    await settle(hass)


@pytest.mark.parametrize(
    ("sim1", "sim2", "any_passes", "all_pass"),
    [
        (True, True, True, True),
        (True, False, True, False),
        (False, False, False, False),
    ],
)
async def test_any_and_all(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    sim1: bool,
    sim2: bool,
    any_passes: bool,
    all_pass: bool,
) -> None:
    await register(hass, fake_box, sim1=sim1, sim2=sim2)
    target = {"entity_id": REGISTRATIONS}

    assert await passes(hass, target) is any_passes
    assert await passes(hass, target, behavior="all") is all_pass


async def test_a_device_stands_for_its_sim(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await register(hass, fake_box, sim1=False)

    for sim, expected in (("sim1", False), ("sim2", True)):
        target = {"device_id": device_id(hass, cellar, sim)}
        assert await passes(hass, target, behavior="all") is expected


async def test_of_an_area_only_sims_count(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    area_registry: ar.AreaRegistry,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    area = area_registry.async_create("Cellar")
    device_registry.async_update_device(
        device_id(hass, cellar, "sim1"), area_id=area.id
    )
    door = entity_registry.async_get_or_create(
        "binary_sensor", "other", "door", suggested_object_id="door"
    )
    connected = entity_registry.async_get("binary_sensor.cellar_connected")
    assert connected is not None
    for entity in (door, connected):
        entity_registry.async_update_entity(entity.entity_id, area_id=area.id)
    hass.states.async_set(door.entity_id, "on")
    await register(hass, fake_box, sim1=False)

    assert not await passes(hass, {"area_id": area.id})
    await register(hass, fake_box, sim1=True)
    hass.states.async_set(door.entity_id, "off")
    assert await passes(hass, {"area_id": area.id}, behavior="all")


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_a_sim_of_which_nothing_is_known_is_not_registered(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox, behavior: str
) -> None:
    fake_box.switch(on=False)
    await settle(hass)

    assert not await passes(hass, {"entity_id": REGISTRATIONS}, behavior=behavior)


async def test_all_means_also_those_of_which_nothing_is_known(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.change(2, registered=None)
    await register(hass, fake_box, sim1=True)
    target = {"entity_id": REGISTRATIONS}

    assert await passes(hass, target, behavior="any")
    assert not await passes(hass, target, behavior="all")


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_what_is_no_sim_is_not_registered(
    hass: HomeAssistant, cellar: MockConfigEntry, behavior: str
) -> None:
    target = {"entity_id": "binary_sensor.gone"}

    assert not await passes(hass, target, behavior=behavior)


async def test_for_at_least(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await register(hass, fake_box, sim1=False)
    await register(hass, fake_box, sim1=True)
    target = {"entity_id": REGISTRATIONS[0]}

    assert not await passes(hass, target, **{"for": {"minutes": 5}})
    freezer.tick(timedelta(minutes=6))
    assert await passes(hass, target, **{"for": {"minutes": 5}})


async def test_an_automation_is_held_back(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
) -> None:
    await automate(
        hass,
        {
            "triggers": {"trigger": "event", "event_type": "alarm"},
            "conditions": {
                "condition": "gsm_gateway.sim_registered",
                "target": {"device_id": device_id(hass, cellar, "sim1")},
            },
            "actions": {"action": "test.note", "data": {"text": "sent"}},
        },
    )
    await register(hass, fake_box, sim1=False)
    hass.bus.async_fire("alarm")
    await settle(hass)
    assert runs == []

    await register(hass, fake_box, sim1=True)
    hass.bus.async_fire("alarm")
    await settle(hass)
    assert runs == [{"text": "sent"}]
