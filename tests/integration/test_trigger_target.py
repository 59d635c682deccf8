"""Where the trigger for received SMS listens, whatever becomes of the boxes."""

from typing import Any

from homeassistant.components import automation
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.announce import announce
from tests.integration.entries import set_up, settle
from tests.integration.fakes import FakeBox
from tests.integration.scene import attic_entry, device_id, wired
from tests.integration.watching import received, texts, watch


@pytest.mark.parametrize(
    ("target", "starts"),
    [
        ("sim1", ["one"]),
        ("sim2", ["two"]),
        (None, ["one", "two", "four"]),
        ("anna", []),
    ],
)
async def test_a_device_as_the_target(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
    target: str | None,
    starts: list[str],
) -> None:
    """The box itself stands for all its ports; port 4 has no SIM here."""
    await watch(hass, target={"device_id": device_id(hass, cellar, target)})

    for channel, text in ((1, "one"), (2, "two"), (4, "four")):
        fake_box.receive(text, channel=channel)
    await settle(hass)

    assert texts(runs) == starts


async def test_an_entity_as_the_target(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
) -> None:
    await watch(hass, target={"entity_id": "event.cellar_sim_2_incoming_sms"})

    fake_box.receive("one", channel=1)
    fake_box.receive("two", channel=2)
    await settle(hass)

    assert texts(runs) == ["two"]


async def test_an_area_as_the_target_follows_the_device(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
    area_registry: ar.AreaRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    area = area_registry.async_create("Workshop")
    await watch(hass, target={"area_id": area.id})
    sim1, sim2 = (device_id(hass, cellar, sim) for sim in ("sim1", "sim2"))

    device_registry.async_update_device(sim1, area_id=area.id)
    fake_box.receive("first", channel=1)
    await settle(hass)
    device_registry.async_update_device(sim1, area_id=None)
    device_registry.async_update_device(sim2, area_id=area.id)
    fake_box.receive("second", channel=1)
    fake_box.receive("third", channel=2)
    await settle(hass)

    assert texts(runs) == ["first", "third"]


async def test_a_renamed_entity_stays_within_its_device(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
    entity_registry: er.EntityRegistry,
) -> None:
    await watch(hass, target={"device_id": device_id(hass, cellar, "sim1")})

    entity_registry.async_update_entity(
        "event.cellar_sim_1_incoming_sms", new_entity_id="event.letterbox"
    )
    await settle(hass)
    fake_box.receive("hello", channel=1)
    await settle(hass)

    assert texts(runs) == ["hello"]


async def test_goes_on_after_a_reload(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
) -> None:
    await watch(hass)

    await hass.config_entries.async_reload(cellar.entry_id)
    await settle(hass)
    fake_box.receive("hello")
    await settle(hass)

    assert texts(runs) == ["hello"]


async def test_hears_a_box_that_is_added_later(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
) -> None:
    await watch(hass)
    attic_box = FakeBox()

    with wired(attic=attic_box):
        await set_up(hass, attic_entry())
    attic_box.receive("from the attic")
    fake_box.receive("from the cellar")
    await settle(hass)

    assert texts(runs) == ["from the attic", "from the cellar"]


async def test_can_be_used_before_any_box_is_added(
    hass: HomeAssistant, fake_box: FakeBox, runs: list[dict[str, Any]]
) -> None:
    await watch(hass)

    with wired(attic=fake_box):
        await set_up(hass, attic_entry())
    fake_box.receive("hello")
    await settle(hass)

    assert texts(runs) == ["hello"]


async def test_hears_an_entry_once_however_often_it_changes(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
) -> None:
    await watch(hass)

    await hass.config_entries.async_set_disabled_by(
        cellar.entry_id, ConfigEntryDisabler.USER
    )
    await hass.config_entries.async_set_disabled_by(cellar.entry_id, None)
    await settle(hass)
    fake_box.receive("hello")
    await settle(hass)

    assert texts(runs) == ["hello"]


async def test_a_removed_entry_and_a_removed_automation_leave_nothing_behind(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
) -> None:
    await watch(hass)

    await hass.config_entries.async_remove(cellar.entry_id)
    announce(hass, cellar, received(hass, "after removal"))
    await settle(hass)
    await hass.services.async_call(
        automation.DOMAIN,
        "turn_off",
        {"entity_id": "automation.automation_0"},
        blocking=True,
    )
    announce(hass, cellar, received(hass, "after that"))
    await settle(hass)

    assert runs == []
