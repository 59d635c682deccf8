"""A notify entity for each contact."""

from datetime import timedelta
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.const import SUBENTRY_CONTACT
from custom_components.gsm_gateway.messaging.messages import Priority
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.entries import contact, set_up, settle
from tests.integration.fakes import FakeBox, Sent
from tests.integration.scene import (
    ANNA,
    BOB,
    attic_entry,
    device_id,
    on_the_air,
    wired,
)

ANNAS_PHONE = "notify.anna"
BOBS_PHONE = "notify.bob"


async def notify(
    hass: HomeAssistant, message: str, entity_id: str = ANNAS_PHONE, **data: Any
) -> None:
    """Send a message to a notify entity."""
    await hass.services.async_call(
        "notify",
        "send_message",
        {"entity_id": entity_id, "message": message, **data},
        blocking=True,
    )


async def add_bob(
    hass: HomeAssistant, entry: MockConfigEntry, **settings: Any
) -> ConfigSubentry:
    """Add a contact to a loaded entry, as the flow does."""
    bob = contact("Bob", BOB, **settings)
    subentry = ConfigSubentry(
        data=MappingProxyType(dict(bob["data"])),
        subentry_type=SUBENTRY_CONTACT,
        title=bob["title"],
        unique_id=bob["unique_id"],
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    await settle(hass)
    return subentry


async def test_sends_to_the_contact_and_notes_the_time(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    before = hass.states.get(ANNAS_PHONE)
    assert before is not None
    assert before.state == "unknown"

    await notify(hass, "hello")

    (sent,) = await on_the_air(fake_box)
    assert (sent.to, sent.text) == (ANNA, "hello")
    after = hass.states.get(ANNAS_PHONE)
    assert after is not None
    assert after.state != "unknown"


async def test_is_the_main_entity_of_a_service_device(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    entity = entity_registry.async_get(ANNAS_PHONE)
    assert entity is not None
    assert entity.unique_id == f"{cellar.entry_id}_anna_notify"
    assert entity.config_subentry_id == "anna"
    assert entity.original_name is None
    device = device_registry.async_get(entity.device_id or "")
    assert isinstance(device, dr.DeviceEntry)
    assert device.name == "Anna"
    assert device.entry_type is dr.DeviceEntryType.SERVICE


async def test_a_title_becomes_the_first_line(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await notify(hass, "The cellar is wet", title="Alarm")

    (sent,) = await on_the_air(fake_box)
    assert sent.text == "Alarm\nThe cellar is wet"


async def test_stays_available_while_the_box_is_away_and_sends_once_when_it_is_back(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    await settle(hass)

    state = hass.states.get(ANNAS_PHONE)
    assert state is not None
    assert state.state == "unknown"
    await notify(hass, "power is gone")
    assert fake_box.sent == []
    fake_box.switch(on=True)
    await on_the_air(fake_box)
    await settle(hass)

    assert [sent.text for sent in fake_box.sent] == ["power is gone"]


@pytest.mark.parametrize(
    ("settings", "priority", "waits"),
    [
        ({}, Priority.NORMAL, timedelta(hours=24)),
        ({"priority": "alarm"}, Priority.ALARM, timedelta(hours=1)),
        ({"expire_after": 15}, Priority.NORMAL, timedelta(minutes=15)),
        (
            {"priority": "alarm", "expire_after": 180},
            Priority.ALARM,
            timedelta(hours=3),
        ),
    ],
)
async def test_priority_and_expiry_come_from_the_contact(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    settings: dict[str, Any],
    priority: Priority,
    waits: timedelta,
) -> None:
    await add_bob(hass, cellar, **settings)
    outbox = hass.data[MESSENGER].outbox

    with patch.object(outbox, "submit", wraps=outbox.submit) as submit:
        await notify(hass, "hello", BOBS_PHONE)

    ((request,),) = submit.call_args.args
    assert (request.priority, request.expire_after) == (priority, waits)


@pytest.mark.parametrize(
    ("settings", "off", "sent_by"),
    [
        pytest.param({"sims": ["sim2", "sim1"]}, [], "sim2", id="first choice"),
        pytest.param(
            {"sims": ["sim2", "sim1"], "fallback": "none"},
            ["sim2"],
            "sim1",
            id="second",
        ),
        pytest.param(
            {"sims": ["sim2"], "fallback": "box"}, ["sim2"], "sim1", id="same box"
        ),
        pytest.param(
            {"sims": ["sim2"], "fallback": "any"},
            ["sim1", "sim2"],
            "attic1",
            id="any box",
        ),
        pytest.param({"sims": ["attic1"]}, [], "attic1", id="another box"),
        pytest.param(
            {"sims": [], "fallback": "none"}, ["sim1", "sim2"], "attic1", id="no choice"
        ),
        pytest.param(
            {"sims": [], "fallback": "box"}, ["sim1"], "sim2", id="any of this box"
        ),
    ],
)
async def test_the_contact_chooses_the_sims(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    settings: dict[str, Any],
    off: list[str],
    sent_by: str,
) -> None:
    attic_box = FakeBox()
    with wired(attic=attic_box):
        await set_up(hass, attic_entry())
    await add_bob(hass, cellar, **settings)
    for sim in off:
        cellar.runtime_data.lines[sim].registered = False

    await notify(hass, "hello", BOBS_PHONE)

    box, channel = {
        "sim1": (fake_box, 1),
        "sim2": (fake_box, 2),
        "attic1": (attic_box, 1),
    }[sent_by]
    assert await on_the_air(box) == [Sent(channel=channel, to=BOB, text="hello")]
    assert len(fake_box.sent) + len(attic_box.sent) == 1


async def test_waits_for_the_only_sim_that_was_chosen(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await add_bob(hass, cellar, sims=["sim2"], fallback="none")
    cellar.runtime_data.lines["sim2"].registered = False

    await notify(hass, "hello", BOBS_PHONE)
    await settle(hass)
    assert fake_box.sent == []
    cellar.runtime_data.lines["sim2"].registered = True
    hass.data[MESSENGER].outbox.wake()

    assert await on_the_air(fake_box) == [Sent(channel=2, to=BOB, text="hello")]


async def test_refuses_what_no_sim_may_send(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    await add_bob(hass, cellar, sims=["removed long ago"], fallback="none")

    with pytest.raises(ServiceValidationError, match="No SIM may send this message"):
        await notify(hass, "hello", BOBS_PHONE)


async def test_a_contact_comes_changes_and_goes_without_dropping_the_link(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    bob = await add_bob(hass, cellar)
    await notify(hass, "one", BOBS_PHONE)
    await on_the_air(fake_box, 1)

    hass.config_entries.async_update_subentry(
        cellar, bob, data={**bob.data, "number": ANNA, "sims": ["sim2"]}
    )
    await settle(hass)
    await notify(hass, "two", BOBS_PHONE)
    sent = await on_the_air(fake_box, 2)

    hass.config_entries.async_remove_subentry(cellar, bob.subentry_id)
    await settle(hass)

    assert [(sms.to, sms.text) for sms in sent] == [(BOB, "one"), (ANNA, "two")]
    assert sent[1].channel == 2
    assert hass.states.get(BOBS_PHONE) is None
    assert hass.states.get(ANNAS_PHONE) is not None
    assert (fake_box.links, fake_box.goodbyes) == (1, 0)


async def test_the_service_device_goes_with_the_contact(
    hass: HomeAssistant, cellar: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    anna = device_id(hass, cellar, "anna")

    hass.config_entries.async_remove_subentry(cellar, "anna")
    await settle(hass)

    assert device_registry.async_get(anna) is None
