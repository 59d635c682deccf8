"""The classic action `notify.<name>` of a box."""

from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.service import async_get_cached_service_description
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.gsm_gateway.messaging.messages import Priority
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.entries import contact, goip_entry, set_up, settle, sim
from tests.integration.fakes import FakeBox, Sent
from tests.integration.scene import (
    ANNA,
    BOB,
    attic_entry,
    device_id,
    on_the_air,
    wired,
)


async def notify(hass: HomeAssistant, name: str = "cellar", **data: Any) -> Any:
    """Call a classic action and return its response."""
    return await hass.services.async_call(
        "notify",
        name,
        {"message": "hello", **data},
        blocking=True,
        return_response=True,
    )


async def test_sends_to_any_number(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    response = await notify(hass, target=[BOB, 48601234567])

    assert [message["to"] for message in response["messages"]] == [BOB, ANNA]
    assert {sent.to for sent in await on_the_air(fake_box, 2)} == {BOB, ANNA}


async def test_answers_nothing_when_not_asked(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    data = {"message": "hello", "target": BOB}

    assert await hass.services.async_call("notify", "cellar", data, True) is None
    assert [sent.to for sent in await on_the_air(fake_box)] == [BOB]


async def test_a_title_becomes_the_first_line(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await notify(hass, target=BOB, title="Alarm")

    assert [sent.text for sent in await on_the_air(fake_box)] == ["Alarm\nhello"]


async def test_sends_by_this_box_only(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    attic_box = FakeBox()
    with wired(attic=attic_box):
        await set_up(hass, attic_entry())
    fake_box.switch(on=False)

    await notify(hass, "cellar", target=BOB, message="by the cellar")
    await notify(hass, "attic", target=BOB, message="by the attic")

    assert [sent.text for sent in await on_the_air(attic_box)] == ["by the attic"]
    fake_box.switch(on=True)
    assert [sent.text for sent in await on_the_air(fake_box)] == ["by the cellar"]
    assert len(attic_box.sent) == 1


async def test_data_names_sim_priority_and_expiry(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    second = device_id(hass, cellar, "sim2")

    response = await notify(
        hass,
        target=BOB,
        data={"device_id": second, "priority": "alarm", "expire_after": "00:20:00"},
    )

    assert await on_the_air(fake_box) == [Sent(channel=2, to=BOB, text="hello")]
    (answer,) = response["messages"]
    assert answer["device_id"] == second
    message = hass.data[MESSENGER].outbox.get(answer["message_id"])
    assert message is not None
    assert message.priority is Priority.ALARM
    assert message.expires_at - message.created_at == timedelta(minutes=20)


async def test_strange_data_is_told_but_stops_no_alarm(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await notify(hass, target=BOB, data={"ttl": 0, "prority": "alarm"})

    assert len(await on_the_air(fake_box)) == 1
    assert "Ignoring unknown data: prority, ttl" in caplog.text


async def test_needs_a_target(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    with pytest.raises(ServiceValidationError, match="no phone number to send to"):
        await notify(hass)

    assert fake_box.sent == []


@pytest.mark.parametrize(
    "data",
    [
        {"data": {"priority": "high"}},
        {"data": {"expire_after": "soon"}},
        {"data": "alarm"},
        {"to": BOB},
        {"message": None},
    ],
)
async def test_fields_are_checked(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    data: dict[str, Any],
) -> None:
    with pytest.raises(vol.Invalid):
        await notify(hass, **{"target": BOB, **data})

    assert fake_box.sent == []


async def test_queues_while_the_entry_is_unloaded(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await hass.config_entries.async_unload(cellar.entry_id)

    await notify(hass, target=BOB)
    assert fake_box.sent == []
    await hass.config_entries.async_setup(cellar.entry_id)

    assert [sent.to for sent in await on_the_air(fake_box)] == [BOB]


async def test_is_there_once_after_reloads(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(2):
        await hass.config_entries.async_reload(cellar.entry_id)
    await settle(hass)

    await notify(hass, target=BOB)

    assert [sent.to for sent in await on_the_air(fake_box)] == [BOB]
    assert "exists already" not in caplog.text


async def test_is_there_when_the_set_up_fails(
    hass: HomeAssistant, fake_box: FakeBox
) -> None:
    entry = goip_entry(sim(1), host="cellar")
    entry.add_to_hass(hass)

    with wired():
        assert not await hass.config_entries.async_setup(entry.entry_id)

    assert hass.services.has_service("notify", "cellar")


@pytest.mark.parametrize("loaded", [True, False])
async def test_goes_when_the_entry_is_removed(
    hass: HomeAssistant, cellar: MockConfigEntry, loaded: bool
) -> None:
    if not loaded:
        await hass.config_entries.async_unload(cellar.entry_id)

    await hass.config_entries.async_remove(cellar.entry_id)

    assert not hass.services.has_service("notify", "cellar")


async def test_goes_when_the_entry_is_disabled_and_comes_back(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    set_disabled = hass.config_entries.async_set_disabled_by

    await set_disabled(cellar.entry_id, ConfigEntryDisabler.USER)
    assert not hass.services.has_service("notify", "cellar")
    await set_disabled(cellar.entry_id, None)
    await settle(hass)

    await notify(hass, target=BOB)
    assert [sent.to for sent in await on_the_air(fake_box)] == [BOB]


async def test_takes_its_new_name_at_once(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    hass.config_entries.async_update_entry(cellar, options={"notify_name": "sms"})
    await settle(hass)

    assert not hass.services.has_service("notify", "cellar")
    await notify(hass, "sms", target=BOB)
    assert len(await on_the_air(fake_box)) == 1
    assert fake_box.links == 1


async def test_a_new_title_keeps_the_name(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(cellar, title="Basement")
    await settle(hass)

    assert hass.services.has_service("notify", "cellar")


async def test_leaves_the_action_of_somebody_else_alone(
    hass: HomeAssistant, fake_box: FakeBox, caplog: pytest.LogCaptureFixture
) -> None:
    called: list[ServiceCall] = []
    hass.services.async_register("notify", "cellar", called.append)
    entry = goip_entry(sim(1), contact("Anna", ANNA), host="cellar")

    with wired(cellar=fake_box):
        await set_up(hass, entry)
    await hass.services.async_call("notify", "cellar", {"message": "x"}, blocking=True)
    await hass.config_entries.async_remove(entry.entry_id)

    assert len(called) == 1
    assert fake_box.sent == []
    assert "notify.cellar exists already" in caplog.text
    assert hass.services.has_service("notify", "cellar")


async def test_reads_well_in_the_editor(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    described = async_get_cached_service_description(hass, "notify", "cellar")

    assert described is not None
    assert described["name"] == "Send an SMS with Cellar"
    assert list(described["fields"]) == ["message", "target", "title", "data"]
    for field in described["fields"].values():
        assert field["name"]
        assert field["description"]
        assert field["selector"]


async def test_a_group_reaches_numbers(hass: HomeAssistant, fake_box: FakeBox) -> None:
    """As an `alert:` does, which knows no target of its own."""
    group = {
        "platform": "group",
        "name": "family",
        "services": [{"action": "cellar", "data": {"target": [ANNA, BOB]}}],
    }
    assert await async_setup_component(hass, "notify", {"notify": [group]})
    with wired(cellar=fake_box):
        await set_up(hass, goip_entry(sim(1), host="cellar"))

    await hass.services.async_call(
        "notify", "family", {"title": "Alarm", "message": "wet"}, blocking=True
    )

    sent = await on_the_air(fake_box, 2)
    assert {(sms.to, sms.text) for sms in sent} == {
        (ANNA, "Alarm\nwet"),
        (BOB, "Alarm\nwet"),
    }
