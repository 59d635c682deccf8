"""Set-up, unload, removal, and settings that change while the link is up."""

import asyncio

from homeassistant.config_entries import (
    ConfigEntryDisabler,
    ConfigEntryState,
)
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway import async_remove_config_entry_device
from custom_components.gsm_gateway.devices import async_device
from custom_components.gsm_gateway.messaging.messages import SendPolicy
from custom_components.gsm_gateway.messenger import MESSENGER

from .entries import (
    BALANCE,
    add,
    change,
    contact,
    goip_entry,
    kept_balances,
    line,
    set_up,
    settle,
    shown,
    sim,
)
from .fakes import FakeBox
from .scene import device_id, wired


def line_ids(hass: HomeAssistant) -> set[str]:
    """Return the SIMs that messages may use."""
    return {sim.line_id for sim in hass.data[MESSENGER].router}


async def test_a_silent_box_fails_nothing(
    hass: HomeAssistant, fake_box: FakeBox
) -> None:
    fake_box.on = False
    entry = goip_entry(
        sim(1, **BALANCE), contact("Anna", "+48601234567"), host="cellar"
    )
    with wired(cellar=fake_box):
        async with asyncio.timeout(1):
            await set_up(hass, entry)

    assert entry.state is ConfigEntryState.LOADED
    assert shown(hass, "binary_sensor.cellar_connected").state == "off"
    assert shown(hass, "notify.anna").state != STATE_UNAVAILABLE
    assert hass.services.has_service("notify", "cellar")


async def test_unload_takes_leave_and_a_reload_comes_back(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    assert fake_box.listener is not None

    assert await hass.config_entries.async_unload(cellar.entry_id)
    assert fake_box.listener is None
    assert fake_box.goodbyes == 1
    assert line_ids(hass) == {"sim1", "sim2"}, "messages queue while it is unloaded"

    assert await hass.config_entries.async_setup(cellar.entry_id)
    await settle(hass)
    assert fake_box.links == 2
    assert shown(hass, "binary_sensor.cellar_connected").state == "on"


async def test_removal_leaves_nothing(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    await hass.config_entries.async_remove(cellar.entry_id)
    await settle(hass)

    assert line_ids(hass) == set()
    assert await kept_balances(hass, cellar) == {}
    assert not hass.services.has_service("notify", "cellar")
    assert hass.states.async_all() == []


async def test_a_disabled_box_sends_nothing(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    disabler = ConfigEntryDisabler.USER
    await hass.config_entries.async_set_disabled_by(cellar.entry_id, disabler)

    assert line_ids(hass) == set()


async def test_a_new_contact_does_not_drop_the_link(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await add(hass, cellar, contact("Bob", "+48602345678"))

    assert hass.states.get("notify.bob") is not None
    assert fake_box.links == 1


async def test_a_renamed_contact_does_not_drop_the_link(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    anna = cellar.subentries["anna"]
    hass.config_entries.async_update_subentry(cellar, anna, title="Anna Nowak")
    await settle(hass)

    assert shown(hass, "notify.anna").name == "Anna Nowak"
    assert fake_box.links == 1


async def test_a_removed_sim_does_not_drop_the_link(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    hass.config_entries.async_remove_subentry(cellar, "sim2")
    await settle(hass)

    assert line_ids(hass) == {"sim1"}
    assert hass.states.get("event.cellar_sim_2_incoming_sms") is None
    assert fake_box.links == 1


async def test_a_sim_that_came_back_does_not_drop_the_link(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    hass.config_entries.async_remove_subentry(cellar, "sim2")
    await settle(hass)
    await add(hass, cellar, sim(2))

    assert line_ids(hass) == {"sim1", "sim2"}
    assert line(hass, "sim2").connected
    assert hass.states.get("event.cellar_sim_2_incoming_sms") is not None
    assert shown(hass, "sensor.cellar_sim_2_signal").state == "-73"
    assert fake_box.links == 1


async def test_a_new_sim_does_not_drop_a_link_that_serves_it(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await add(hass, cellar, sim(3))

    assert line(hass, "sim3").connected
    assert fake_box.links == 1


async def test_a_new_sim_makes_a_new_link_where_the_old_one_leaves_it_out(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.reachable = frozenset({1, 2})
    await add(hass, cellar, sim(3))

    assert line(hass, "sim3").connected
    assert fake_box.links == 2


async def test_sending_settings_apply_at_once(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await change(hass, cellar, "sim1", use_for_sending="never")

    assert line(hass, "sim1").policy is SendPolicy.NEVER
    assert fake_box.links == 1


async def test_options_do_not_drop_the_link(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    hass.config_entries.async_update_entry(cellar, options={"notify_name": "sms"})
    await settle(hass)

    assert fake_box.links == 1


@pytest.mark.parametrize(
    "change", [{"password": "new"}, {"http_port": 8080}, {"username": "other"}]
)
async def test_another_login_or_address_makes_a_new_link(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    change: dict[str, object],
) -> None:
    hass.config_entries.async_update_entry(cellar, data={**cellar.data, **change})
    await settle(hass)

    assert fake_box.goodbyes == 1
    assert fake_box.links == 2


async def test_module_numbers_are_no_reason_for_a_new_link(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    data = {**cellar.data, "module_imeis": ["490154203237518"]}
    hass.config_entries.async_update_entry(cellar, data=data)
    await settle(hass)

    assert fake_box.links == 1


async def test_a_disabled_sim_does_not_send(
    hass: HomeAssistant, cellar: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    device = device_id(hass, cellar, "sim1")

    device_registry.async_update_device(device, disabled_by=dr.DeviceEntryDisabler.USER)
    await settle(hass)
    assert not line(hass, "sim1").enabled

    device_registry.async_update_device(device, disabled_by=None)
    await settle(hass)
    assert line(hass, "sim1").enabled


async def test_only_dead_devices_can_be_deleted(
    hass: HomeAssistant, cellar: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    may_remove = async_remove_config_entry_device
    dead = device_registry.async_get_or_create(
        config_entry_id=cellar.entry_id, identifiers={("gsm_gateway", "gone")}
    )
    for living in (None, "sim1", "anna"):
        device = async_device(hass, cellar, living)
        assert device is not None
        assert not await may_remove(hass, cellar, device)
    assert await may_remove(hass, cellar, dead)


async def test_a_balance_code_that_is_taken_away_takes_its_entities(
    hass: HomeAssistant, cellar: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    assert hass.states.get("sensor.cellar_sim_1_balance") is not None
    first = cellar.subentries["sim1"]
    data = {key: value for key, value in first.data.items() if key not in BALANCE}
    hass.config_entries.async_update_subentry(cellar, first, data=data)
    await settle(hass)

    for entity in (
        "sensor.cellar_sim_1_balance",
        "sensor.cellar_sim_1_last_balance_check",
        "button.cellar_sim_1_refresh_balance",
    ):
        assert entity_registry.async_get(entity) is None
        assert hass.states.get(entity) is None

    await change(hass, cellar, "sim1", **BALANCE)
    assert hass.states.get("sensor.cellar_sim_1_balance") is not None


async def test_a_box_that_never_was_loaded_can_be_removed(
    hass: HomeAssistant,
) -> None:
    entry = goip_entry(sim(1), host="cellar")
    entry.add_to_hass(hass)

    await hass.config_entries.async_remove(entry.entry_id)
    assert hass.config_entries.async_entries("gsm_gateway") == []
