"""Devices and entities: which there are, what they are called, what they show."""

from datetime import timedelta
import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.gsm_gateway.devices import async_device
from custom_components.gsm_gateway.gateways.model import (
    ChannelStatus,
    GatewayStatus,
    UnexpectedReply,
)

from .entries import add, contact, goip_entry, line, set_up, settle, shown, sim
from .fakes import FakeBox
from .scene import ANNA, wired


async def poll(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let the next reading of the status come."""
    freezer.tick(timedelta(minutes=1))
    async_fire_time_changed(hass)
    await settle(hass)


def device(
    hass: HomeAssistant, entry: MockConfigEntry, subentry_id: str | None = None
) -> dr.DeviceEntry:
    """Return a device that is there."""
    found = async_device(hass, entry, subentry_id)
    assert found is not None
    return found


async def test_every_entity_is_there_with_its_name_and_identity(
    hass: HomeAssistant, cellar: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    entries = er.async_entries_for_config_entry(entity_registry, cellar.entry_id)
    own = f"{cellar.entry_id}_"
    assert {
        (
            entry.entity_id,
            entry.unique_id.removeprefix(own),
            shown(hass, entry.entity_id).name,
        )
        for entry in entries
    } == {
        ("binary_sensor.cellar_connected", "connected", "Cellar Connected"),
        (
            "binary_sensor.cellar_sim_1_registration",
            "sim1_registration",
            "Cellar SIM 1 Registration",
        ),
        (
            "binary_sensor.cellar_sim_2_registration",
            "sim2_registration",
            "Cellar SIM 2 Registration",
        ),
        (
            "button.cellar_sim_1_refresh_balance",
            "sim1_refresh_balance",
            "Cellar SIM 1 Refresh balance",
        ),
        (
            "event.cellar_sim_1_incoming_sms",
            "sim1_incoming_sms",
            "Cellar SIM 1 Incoming SMS",
        ),
        (
            "event.cellar_sim_2_incoming_sms",
            "sim2_incoming_sms",
            "Cellar SIM 2 Incoming SMS",
        ),
        ("notify.anna", "anna_notify", "Anna"),
        ("sensor.cellar_last_message", "last_message", "Cellar Last message"),
        ("sensor.cellar_sim_1_balance", "sim1_balance", "Cellar SIM 1 Balance"),
        (
            "sensor.cellar_sim_1_balance_valid_until",
            "sim1_balance_valid_until",
            "Cellar SIM 1 Balance valid until",
        ),
        (
            "sensor.cellar_sim_1_cost_per_day",
            "sim1_cost_per_day",
            "Cellar SIM 1 Cost per day",
        ),
        ("sensor.cellar_sim_1_days_left", "sim1_days_left", "Cellar SIM 1 Days left"),
        ("sensor.cellar_sim_1_sms_left", "sim1_sms_left", "Cellar SIM 1 SMS left"),
        (
            "sensor.cellar_sim_1_last_top_up",
            "sim1_last_top_up",
            "Cellar SIM 1 Last top-up",
        ),
        (
            "sensor.cellar_sim_1_last_balance_check",
            "sim1_last_balance_check",
            "Cellar SIM 1 Last balance check",
        ),
        ("sensor.cellar_sim_1_operator", "sim1_operator", "Cellar SIM 1 Operator"),
        ("sensor.cellar_sim_1_signal", "sim1_signal", "Cellar SIM 1 Signal"),
        ("sensor.cellar_sim_2_operator", "sim2_operator", "Cellar SIM 2 Operator"),
        ("sensor.cellar_sim_2_signal", "sim2_signal", "Cellar SIM 2 Signal"),
        *(
            (
                f"sensor.cellar_sim_{number}_{key}",
                f"sim{number}_{key}",
                f"Cellar SIM {number} {name}",
            )
            for number in (1, 2)
            for key, name in (
                ("sent_today", "Sent today"),
                ("sent_this_month", "Sent this month"),
                ("waiting", "Waiting"),
            )
        ),
    }


async def test_entities_belong_to_their_subentries(
    hass: HomeAssistant, cellar: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    entries = er.async_entries_for_config_entry(entity_registry, cellar.entry_id)
    owners = {entry.entity_id: entry.config_subentry_id for entry in entries}

    assert owners["binary_sensor.cellar_connected"] is None
    assert owners["sensor.cellar_sim_2_signal"] == "sim2"
    assert owners["notify.anna"] == "anna"


async def test_the_box_is_a_device(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    box = device(hass, cellar)

    assert box.name == "Cellar"
    assert box.model == "GoIP-4"
    assert box.sw_version == "GS-4.01"
    assert box.serial_number == "GOIP0001"
    assert box.connections == {(dr.CONNECTION_NETWORK_MAC, "00:12:34:0a:0b:0c")}
    assert box.configuration_url == "http://cellar"
    assert box.config_subentry_id is None


async def test_a_sim_is_a_device_behind_the_box(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    first = device(hass, cellar, "sim1")

    assert first.name == "Cellar SIM 1"
    assert first.serial_number == "8948030000000000001"
    assert first.via_device_id == device(hass, cellar).id
    assert first.config_subentry_id == "sim1"


async def test_a_contact_is_a_service(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    anna = device(hass, cellar, "anna")

    assert anna.name == "Anna"
    assert anna.entry_type is dr.DeviceEntryType.SERVICE
    assert anna.via_device_id is None


async def test_a_silent_box_has_its_devices_too(
    hass: HomeAssistant, fake_box: FakeBox
) -> None:
    fake_box.on = False
    entry = goip_entry(
        sim(1), contact("Anna", ANNA), host="cellar", tls=True, http_port=8443
    )
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        box = device(hass, entry)
        assert box.model is None
        assert box.configuration_url == "https://cellar:8443"
        assert device(hass, entry, "sim1").via_device_id == box.id

        fake_box.switch(on=True)
        await settle(hass)
    assert device(hass, entry).model == "GoIP-4"


async def test_a_renamed_box_renames_its_sims(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(cellar, title="Garage")
    await settle(hass)

    assert device(hass, cellar).name == "Garage"
    assert device(hass, cellar, "sim1").name == "Garage SIM 1"


async def test_live_values_follow_the_box(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
) -> None:
    assert shown(hass, "sensor.cellar_sim_1_signal").state == "-73"
    assert shown(hass, "sensor.cellar_sim_1_operator").state == "Orange"
    assert shown(hass, "binary_sensor.cellar_sim_1_registration").state == "on"

    fake_box.change(1, signal_csq=5, operator="Play", registered=False)
    await poll(hass, freezer)

    assert shown(hass, "sensor.cellar_sim_1_signal").state == "-103"
    assert shown(hass, "sensor.cellar_sim_1_operator").state == "Play"
    assert shown(hass, "binary_sensor.cellar_sim_1_registration").state == "off"
    assert line(hass, "sim1").registered is False


async def test_what_the_box_does_not_tell_now_is_unavailable(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
) -> None:
    fake_box.change(1, signal_csq=None)
    await poll(hass, freezer)

    assert shown(hass, "sensor.cellar_sim_1_signal").state == STATE_UNAVAILABLE
    assert shown(hass, "sensor.cellar_sim_2_signal").state == "-73"


async def test_what_a_box_never_tells_has_no_entity(
    hass: HomeAssistant, fake_box: FakeBox, freezer: FrozenDateTimeFactory
) -> None:
    fake_box.status = GatewayStatus(
        channels=(ChannelStatus(channel=1, registered=True),)
    )
    with wired(cellar=fake_box):
        await set_up(hass, goip_entry(sim(1), host="cellar"))
        assert hass.states.get("sensor.cellar_sim_1_signal") is None
        assert shown(hass, "binary_sensor.cellar_sim_1_registration").state == "on"

        fake_box.change(1, signal_csq=20)
        await poll(hass, freezer)
        assert shown(hass, "sensor.cellar_sim_1_signal").state == "-73"


async def test_what_was_told_once_is_there_after_a_restart_with_the_box_off(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.on = False
    await hass.config_entries.async_reload(cellar.entry_id)
    await settle(hass)

    for entity in ("sensor.cellar_sim_1_signal", "sensor.cellar_sim_1_operator"):
        state = shown(hass, entity)
        assert state.state == STATE_UNAVAILABLE
        assert not state.attributes.get("restored"), "the entity itself is there"


async def test_a_status_page_that_is_not_understood_is_told_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def garbage() -> GatewayStatus:
        raise UnexpectedReply("no status page", b"<html>")

    monkeypatch.setattr(fake_box, "read_status", garbage)
    for _ in range(3):
        await poll(hass, freezer)

    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert "Cellar answered something that is not understood" in errors[0].getMessage()
    assert shown(hass, "binary_sensor.cellar_connected").state == "on"
    assert line(hass, "sim1").connected


async def test_diagnostic_entities_are_marked_so(
    hass: HomeAssistant, cellar: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    entries = er.async_entries_for_config_entry(entity_registry, cellar.entry_id)
    plain = {entry.original_name for entry in entries if entry.entity_category is None}

    assert plain == {
        "Balance",
        "Balance valid until",
        "Cost per day",
        "Days left",
        "Incoming SMS",
        "Last message",
        "Last top-up",
        "Refresh balance",
        "SMS left",
        None,
    }


async def test_texts_and_numbers_are_not_recorded(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.receive("a one-time code")
    await settle(hass)

    state = shown(hass, "event.cellar_sim_1_incoming_sms")
    assert state.state_info is not None
    assert {"text", "sender", "contact"} <= state.state_info["unrecorded_attributes"]


async def test_no_entity_is_added_to_a_box_that_is_being_unloaded(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    """Nobody would take it away again."""
    cellar.mock_state(hass, ConfigEntryState.UNLOAD_IN_PROGRESS)
    await add(hass, cellar, sim(3))
    cellar.runtime_data.async_apply_settings()
    await settle(hass)
    assert hass.states.get("sensor.cellar_sim_3_waiting") is None

    cellar.mock_state(hass, ConfigEntryState.LOADED)
    cellar.runtime_data.async_apply_settings()
    await settle(hass)
    assert shown(hass, "sensor.cellar_sim_3_waiting").state == "0"
