"""Adding SIMs and contacts, and changing their settings."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.devices import identifier
from custom_components.gsm_gateway.runtime import GsmGatewayConfigEntry
from tests.integration.boxes import (
    FOLDED_SIM,
    USUAL_SIM,
    box_entry,
    goip_data,
    sims,
    yeastar_data,
)
from tests.integration.dialog import Dialog
from tests.integration.entries import contact, goip_entry, sim
from tests.polling import until
from tests.simulator.core.sim_card import default_card
from tests.simulator.goip.box import GoipBox
from tests.simulator.yeastar.box import YeastarBox

CHOSEN = {"balance_interval": 12, "use_for_sending": "when_named"}
SETTINGS = {**CHOSEN, **FOLDED_SIM}
"""The answers to the form about a SIM."""
SET = {**CHOSEN, **USUAL_SIM, "country": None}
"""What becomes of them."""
CONTACT = {"name": "Bob", "number": "+48602345678"}
USUAL = {"sims": [], "fallback": "any", "priority": "normal"}


@pytest.fixture
async def loaded(hass: HomeAssistant, known_goip: MockConfigEntry) -> MockConfigEntry:
    """The GoIP, set up; what it has in its ports was seen."""
    assert await hass.config_entries.async_setup(known_goip.entry_id)
    await until(lambda: known_goip.runtime_data.status.looked)
    await hass.async_block_till_done()
    return known_goip


async def _connected(entry: GsmGatewayConfigEntry) -> None:
    """Wait until the link to the box is up."""
    runtime, is_up = entry.runtime_data, asyncio.Event()

    def look() -> None:
        is_up.set() if runtime.connection.connected else is_up.clear()

    remove = runtime.status.async_add_listener(look)
    look()
    async with asyncio.timeout(10):
        await is_up.wait()
    remove()


async def test_a_port_is_added(
    hass: HomeAssistant, goip_box: GoipBox, loaded: MockConfigEntry
) -> None:
    goip_box.lines[4].sim = default_card(4)
    dialog = await Dialog.subentry(hass, loaded, "sim")
    options = dialog.fields[0]["selector"]["select"]["options"]
    assert options == [
        {"value": "3", "label": "3"},
        {"value": "4", "label": "4 (Tele2)"},
    ]
    await dialog.fill(channel="4")
    shown = {"sim": "SIM 4", "note": ""}
    assert dialog.result["description_placeholders"] == shown
    await dialog.fill(balance_code="*105#", currency="RUB", **SETTINGS)
    assert dialog.result["step_id"] == "try_code"
    await dialog.choose("save")
    await hass.async_block_till_done()

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert sims(loaded)["sim_4"] == {
        "channel": 4,
        "operator": "Tele2",
        "imsi": "250200000000004",
        "iccid": "8970100000000000004",
        "balance_code": "*105#",
        "currency": "RUB",
        **SET,
    }


async def test_a_mistake_about_a_new_ports_balance_is_told_and_can_be_mended(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    dialog = await Dialog.subentry(hass, loaded, "sim")
    await dialog.fill(channel="3")
    await dialog.fill(balance_code="call 100", currency="RUB", **SETTINGS)
    assert dialog.result["errors"] == {"balance_code": "invalid_code"}
    await dialog.fill(balance_code="*100#", **SETTINGS)
    assert dialog.result["errors"] == {"currency": "currency_missing"}

    await dialog.fill(**SETTINGS)
    await hass.async_block_till_done()
    assert "balance_code" not in sims(loaded)["sim_3"]


async def test_all_ports_are_added_already(
    hass: HomeAssistant, yeastar_box: YeastarBox, known_yeastar: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_setup(known_yeastar.entry_id)
    await _connected(known_yeastar)
    dialog = await Dialog.subentry(hass, known_yeastar, "sim")

    assert dialog.result["reason"] == "no_free_port"


async def test_a_port_is_named_by_its_number_where_the_box_tells_of_none(
    hass: HomeAssistant, yeastar_box: YeastarBox
) -> None:
    without_ami = yeastar_data(yeastar_box) | {"use_ami": False}
    entry = box_entry(yeastar_box, without_ami, subentries_data=[sim(1)])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    dialog = await Dialog.subentry(hass, entry, "sim")
    await dialog.fill(channel=2)
    await dialog.fill(**SETTINGS)
    await hass.async_block_till_done()
    assert sims(entry)["sim_2"]["channel"] == 2

    dialog = await Dialog.subentry(hass, entry, "sim")
    await dialog.fill(channel=1)
    assert dialog.result["reason"] == "already_configured"


async def test_no_port_is_added_while_the_box_is_away(
    hass: HomeAssistant, goip_box: GoipBox, loaded: MockConfigEntry
) -> None:
    await goip_box.stop()
    dialog = await Dialog.subentry(hass, loaded, "sim")

    assert dialog.result["reason"] == "cannot_connect"


async def test_no_port_is_added_while_the_entry_is_not_loaded(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    dialog = await Dialog.subentry(hass, known_goip, "sim")

    assert dialog.result["reason"] == "entry_not_loaded"


async def test_a_sim_has_other_settings(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    before = sims(known_goip)["sim_1"]
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    shown = {"sim": "SIM 1", "note": ""}
    assert dialog.result["description_placeholders"] == shown
    assert dialog.suggested("balance_code") == "*100#"
    assert dialog.suggested("currency") == "RUB"
    assert dialog.suggested("balance_interval") == 24
    assert dialog.suggested("use_for_sending") == "always"

    await dialog.fill(balance_code="?", currency="EUR", **SETTINGS)
    assert dialog.result["errors"] == {"balance_code": "invalid_code"}
    await dialog.fill(balance_code="*102#", currency="EUR", **SETTINGS)
    assert dialog.result["reason"] == "reconfigure_successful"
    changed = {"balance_code": "*102#", "currency": "EUR", **SET}
    assert sims(known_goip)["sim_1"] == before | changed


async def test_a_sim_has_no_balance_any_more(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    before = sims(known_goip)["sim_1"]
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    await dialog.fill(currency="RUB", **SETTINGS)

    del before["balance_code"]
    assert sims(known_goip)["sim_1"] == before | {"currency": None, **SET}


@pytest.mark.parametrize("hours", [0, 745])
async def test_an_interval_out_of_reason_is_refused(
    hass: HomeAssistant, known_goip: MockConfigEntry, hours: int
) -> None:
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    with pytest.raises(InvalidData):
        await dialog.fill(**SETTINGS | {"balance_interval": hours})


async def test_a_contact_is_added(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    dialog = await Dialog.subentry(hass, known_goip, "contact")
    await dialog.fill(name=" Bob ", number="+48 602 345-678", **USUAL)

    (bob,) = known_goip.get_subentries_of_type("contact")
    assert (bob.title, bob.unique_id) == ("Bob", "contact_+48602345678")
    assert dict(bob.data) == {"number": "+48602345678", **USUAL}


async def test_a_contact_may_use_the_sims_of_all_boxes_in_the_users_order(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    other = goip_entry(sim(7), host="192.0.2.1")
    other.add_to_hass(hass)
    devices = dr.async_get(hass)
    device = devices.async_get_or_create(
        config_entry_id=known_goip.entry_id,
        config_subentry_id="sim2",
        identifiers={identifier(known_goip, "sim2")},
        name="GoIP SIM 2",
    )
    devices.async_update_device(device.id, name_by_user="Reserve")
    dialog = await Dialog.subentry(hass, known_goip, "contact")
    (choice,) = [field for field in dialog.fields if field["name"] == "sims"]
    assert choice["selector"]["select"]["options"] == [
        {"value": "sim1", "label": "GoIP SIM 1"},
        {"value": "sim2", "label": "Reserve"},
        {"value": "sim7", "label": "Cellar SIM 7"},
    ]
    chosen = {
        "sims": ["sim7", "sim1"],
        "fallback": "box",
        "priority": "alarm",
        "expire_after": 30,
    }
    await dialog.fill(**CONTACT, **chosen)

    (bob,) = known_goip.get_subentries_of_type("contact")
    assert dict(bob.data) == {"number": "+48602345678", **chosen}


@pytest.fixture
def with_contacts(hass: HomeAssistant, goip_box: GoipBox) -> MockConfigEntry:
    """The GoIP with two contacts, one with a SIM that was removed meanwhile."""
    entry = box_entry(
        goip_box,
        goip_data(goip_box),
        subentries_data=[
            sim(1),
            contact("Anna", "+48601234567", sims=["gone", "sim1"], expire_after=5),
            contact("Bob", "+48602345678"),
        ],
    )
    entry.add_to_hass(hass)
    return entry


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"number": "call me"}, {"number": "invalid_number"}),
        ({"number": ""}, {"number": "invalid_number"}),
        ({"number": "+48 601 234 567"}, {"number": "number_taken"}),
        ({"name": " "}, {"name": "name_missing"}),
    ],
)
async def test_a_mistake_about_a_contact_is_told_and_can_be_mended(
    hass: HomeAssistant,
    with_contacts: MockConfigEntry,
    wrong: dict[str, Any],
    errors: dict[str, str],
) -> None:
    right = {"name": "Carol", "number": "+48603456789", **USUAL}
    dialog = await Dialog.subentry(hass, with_contacts, "contact")
    await dialog.fill(**right | wrong)
    assert dialog.result["errors"] == errors

    await dialog.fill(**right)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_contact_is_changed(
    hass: HomeAssistant, with_contacts: MockConfigEntry
) -> None:
    dialog = await Dialog.subentry(hass, with_contacts, "contact", "anna")
    assert dialog.suggested("name") == "Anna"
    assert dialog.suggested("number") == "+48601234567"
    assert dialog.suggested("sims") == ["sim1"]
    assert dialog.suggested("expire_after") == 5

    changed = {"name": "Ann", "sims": [], "fallback": "none", "priority": "alarm"}
    await dialog.fill(**changed, number="+48602345678")
    assert dialog.result["errors"] == {"number": "number_taken"}
    await dialog.fill(**changed, number="+48609999999")

    assert dialog.result["reason"] == "reconfigure_successful"
    anna = with_contacts.subentries["anna"]
    assert (anna.title, anna.unique_id) == ("Ann", "contact_+48609999999")
    assert dict(anna.data) == {
        "number": "+48609999999",
        "sims": [],
        "fallback": "none",
        "priority": "alarm",
    }
