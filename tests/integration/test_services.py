"""The action that sends."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.gsm_gateway.const import DOMAIN
from custom_components.gsm_gateway.messaging.messages import Priority, State
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.entries import goip_entry, set_up, settle, sim
from tests.integration.fakes import FakeBox, Sent
from tests.integration.scene import (
    BOB,
    STRANGER,
    act,
    attic_entry,
    device_id,
    on_the_air,
    receive,
    wired,
)


async def test_sends_a_text_and_answers_with_an_id(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    response = await act(hass, "send_sms", to=BOB, message="hello")

    (message,) = response["messages"]
    message_id = message.pop("message_id")
    assert message == {
        "to": BOB,
        "device_id": None,
        "parts": 1,
        "state": "queued",
        "reason": None,
        "dropped": 0,
    }
    (sent,) = await on_the_air(fake_box)
    assert (sent.to, sent.text) == (BOB, "hello")
    outgoing = await hass.data[MESSENGER].outbox.wait(message_id, State.SENT, 10)
    assert outgoing.state is State.SENT


async def test_needs_no_response(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    data = {"to": BOB, "message": "hello"}

    assert await hass.services.async_call(DOMAIN, "send_sms", data, True) is None

    assert [sent.to for sent in await on_the_air(fake_box)] == [BOB]


@pytest.mark.parametrize("channel", [1, 2])
async def test_a_named_sim_sends(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox, channel: int
) -> None:
    named = device_id(hass, cellar, f"sim{channel}")

    response = await act(hass, "send_sms", to=BOB, message="hello", device_id=named)

    assert await on_the_air(fake_box) == [Sent(channel=channel, to=BOB, text="hello")]
    assert response["messages"][0]["device_id"] == named


async def test_a_named_box_lets_its_sims_send_and_no_other(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    attic, attic_box = attic_entry(), FakeBox()
    with wired(attic=attic_box):
        await set_up(hass, attic)

    for entry in (attic, cellar):
        device = device_id(hass, entry)
        await act(hass, "send_sms", to=BOB, message=entry.title, device_id=device)

    assert [sent.text for sent in await on_the_air(attic_box)] == ["Attic"]
    assert fake_box.sent == []


async def test_without_a_device_any_box_sends(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    attic, attic_box = attic_entry(), FakeBox()
    with wired(attic=attic_box):
        await set_up(hass, attic)

    await act(hass, "send_sms", to=BOB, message="hello")

    assert [sent.to for sent in await on_the_air(attic_box)] == [BOB]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Give either phone numbers or the message to reply to"),
        ({"to": BOB, "reply_to": "x"}, "not both"),
        ({"to": []}, "no phone number to send to"),
        ({"to": " , "}, "no phone number to send to"),
        ({"to": None}, "no phone number to send to"),
        ({"to": [BOB, None, 1.5]}, "1.5 is not a phone number"),
        ({"to": True}, "True is not a phone number"),
        ({"reply_to": "nobody knows"}, "no message nobody knows"),
        ({"to": BOB, "message": " \n"}, "The message is empty"),
        ({"to": BOB, "device_id": "gone"}, "device gone is neither"),
    ],
)
async def test_what_the_caller_can_mend_is_said(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    data: dict[str, Any],
    words: str,
) -> None:
    with pytest.raises(ServiceValidationError, match=words):
        await act(hass, "send_sms", **{"message": "hello", **data})

    assert fake_box.sent == []


@pytest.mark.parametrize(
    "data",
    [
        {"priority": "highest"},
        {"expire_after": "soon"},
        {"expire_after": 0},
        {"expire_after": {"days": 8}},
        {"message": None},
        {"message": {}},
        {"title": "no field of this action"},
    ],
)
async def test_fields_are_checked(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    data: dict[str, Any],
) -> None:
    with pytest.raises(vol.Invalid):
        await act(hass, "send_sms", **{"to": BOB, "message": "hello", **data})

    assert fake_box.sent == []


async def test_a_contact_is_no_way_to_send(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    anna = device_id(hass, cellar, "anna")

    with pytest.raises(ServiceValidationError, match="Anna is not a SIM"):
        await act(hass, "send_sms", to=BOB, message="hello", device_id=anna)


async def test_a_device_of_another_integration_is_refused(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
) -> None:
    other = MockConfigEntry(domain="lamps")
    other.add_to_hass(hass)
    lamp = device_registry.async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("lamps", "1")}, name="Lamp"
    )

    with pytest.raises(ServiceValidationError, match="is neither a SIM nor a gateway"):
        await act(hass, "send_sms", to=BOB, message="hello", device_id=lamp.id)


@pytest.mark.parametrize(
    ("data", "priority", "waits"),
    [
        ({}, Priority.NORMAL, timedelta(hours=24)),
        ({"priority": "normal"}, Priority.NORMAL, timedelta(hours=24)),
        ({"priority": "alarm"}, Priority.ALARM, timedelta(hours=1)),
        ({"expire_after": "00:05:00"}, Priority.NORMAL, timedelta(minutes=5)),
        ({"expire_after": {"days": 2}}, Priority.NORMAL, timedelta(days=2)),
        (
            {"priority": "alarm", "expire_after": 90},
            Priority.ALARM,
            timedelta(seconds=90),
        ),
    ],
)
async def test_priority_and_how_long_a_message_waits(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    data: dict[str, Any],
    priority: Priority,
    waits: timedelta,
) -> None:
    response = await act(hass, "send_sms", to=BOB, message="hello", **data)

    message = hass.data[MESSENGER].outbox.get(response["messages"][0]["message_id"])
    assert message is not None
    assert message.priority is priority
    assert message.expires_at - message.created_at == waits


@pytest.mark.parametrize("channel", [1, 2])
async def test_a_reply_leaves_by_the_sim_that_received(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox, channel: int
) -> None:
    event = await receive(hass, fake_box, sender=STRANGER, channel=channel)

    response = await act(hass, "send_sms", reply_to=event["message_id"], message="pong")

    assert await on_the_air(fake_box) == [
        Sent(channel=channel, to=STRANGER, text="pong")
    ]
    assert response["messages"][0]["device_id"] == event["device_id"]


async def test_a_reply_by_another_sim_when_one_is_named(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    event = await receive(hass, fake_box, channel=1)
    second = device_id(hass, cellar, "sim2")

    await act(
        hass,
        "send_sms",
        reply_to=event["message_id"],
        message="pong",
        device_id=second,
    )

    assert [sent.channel for sent in await on_the_air(fake_box)] == [2]


async def test_a_reply_to_a_port_without_a_sim_here_leaves_by_the_same_box(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    event = await receive(hass, fake_box, channel=4, sender=STRANGER)

    await act(hass, "send_sms", reply_to=event["message_id"], message="pong")

    assert [sent.to for sent in await on_the_air(fake_box)] == [STRANGER]


async def test_a_name_cannot_be_answered(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    event = await receive(hass, fake_box, sender="MyBank")

    with pytest.raises(HomeAssistantError, match="MyBank is a name"):
        await act(hass, "send_sms", reply_to=event["message_id"], message="pong")


async def test_queues_while_the_box_is_away_and_sends_once(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    await settle(hass)

    await act(hass, "send_sms", to=BOB, message="hello")
    assert fake_box.sent == []
    fake_box.switch(on=True)
    await settle(hass)

    assert [sent.to for sent in await on_the_air(fake_box)] == [BOB]


async def test_queues_while_the_entry_is_not_loaded(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await hass.config_entries.async_unload(cellar.entry_id)
    second = device_id(hass, cellar, "sim2")

    await act(hass, "send_sms", to=BOB, message="hello", device_id=second)
    assert fake_box.sent == []
    await hass.config_entries.async_setup(cellar.entry_id)
    await settle(hass)

    assert await on_the_air(fake_box) == [Sent(channel=2, to=BOB, text="hello")]


async def test_refuses_when_no_sim_may_send(
    hass: HomeAssistant, fake_box: FakeBox
) -> None:
    entry = goip_entry(sim(1, use_for_sending="never"), host="cellar")
    with wired(cellar=fake_box):
        await set_up(hass, entry)

    with pytest.raises(ServiceValidationError, match="No SIM may send this message"):
        await act(hass, "send_sms", to=BOB, message="hello")


async def test_actions_are_there_without_any_box(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})

    assert set(hass.services.async_services_for_domain(DOMAIN)) == {
        "cancel_sms",
        "get_messages",
        "refresh_balance",
        "send_sms",
        "send_ussd",
    }
    with pytest.raises(ServiceValidationError, match="No SIM may send this message"):
        await act(hass, "send_sms", to=BOB, message="hello")
