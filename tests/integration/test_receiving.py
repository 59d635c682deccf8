"""An SMS that arrives: event entity, bus event, trigger."""

from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.components import automation
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import CoreState, Event, HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_mock_service,
)

from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from custom_components.gsm_gateway.gateways.model import (
    Coding,
    Concatenation,
    SmsPart,
    Transport,
)
from custom_components.gsm_gateway.messaging.history import Origin
from custom_components.gsm_gateway.messenger import MESSENGER

from .entries import add, contact, goip_entry, set_up, settle, shown, sim
from .fakes import FakeBox
from .scene import ANNA, STRANGER, attic_entry, device_id, wired

INCOMING = "event.cellar_sim_1_incoming_sms"


@pytest.fixture
def events(hass: HomeAssistant) -> list[Event]:
    """What the bus told of received messages."""
    captured: list[Event] = async_capture_events(hass, EVENT_SMS_RECEIVED)
    return captured


async def automate(hass: HomeAssistant, **trigger: Any) -> list[ServiceCall]:
    """Set up an automation and return the calls that it makes."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "ran")
    config = {
        "alias": "On SMS",
        "mode": "queued",
        "max": 100,
        "triggers": [trigger],
        "actions": [{"action": "test.ran"}],
    }
    assert await async_setup_component(
        hass, automation.DOMAIN, {automation.DOMAIN: [config]}
    )
    await settle(hass)
    return calls


async def test_the_bus_event_has_exactly_the_promised_data(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    events: list[Event],
) -> None:
    fake_box.receive("Zażółć", sender=ANNA)
    await settle(hass)

    (event,) = events
    received_at = datetime.fromisoformat(event.data["received_at"])
    assert received_at.tzinfo is not None
    assert event.data == {
        "config_entry_id": cellar.entry_id,
        "device_id": device_id(hass, cellar, "sim1"),
        "entity_id": INCOMING,
        "gateway": "Cellar",
        "channel": 1,
        "sim": "Cellar SIM 1",
        "sender": ANNA,
        "contact": "Anna",
        "trusted": True,
        "text": "Zażółć",
        "kind": "text",
        "private": False,
        "received_at": event.data["received_at"],
        "time_guessed": False,
        "parts": 1,
        "complete": True,
        "late": False,
        "redelivered": False,
        "stored": True,
        "message_id": event.data["message_id"],
    }


async def test_the_event_entity_of_the_sim_shows_it(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.receive("hello", channel=1, sender=STRANGER)
    await settle(hass)

    state = shown(hass, INCOMING)
    assert state.state != "unknown"
    assert state.attributes["event_type"] == "received"
    assert state.attributes["sender"] == STRANGER
    assert state.attributes["contact"] is None
    assert state.attributes["text"] == "hello"
    other = shown(hass, "event.cellar_sim_2_incoming_sms")
    assert other.state == "unknown"


async def test_messages_that_come_together_are_all_shown(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    events: list[Event],
) -> None:
    states = async_capture_events(hass, EVENT_STATE_CHANGED)
    texts = [f"number {number}" for number in range(5)]
    for text in texts:
        fake_box.receive(text)
    await settle(hass)

    assert [event.data["text"] for event in events] == texts
    shown = [e.data["new_state"] for e in states if e.data["entity_id"] == INCOMING]
    assert [state.attributes["text"] for state in shown] == texts
    assert len({state.state for state in shown}) == 5


async def test_the_contact_of_another_box_is_known(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    events: list[Event],
) -> None:
    with wired(cellar=fake_box, attic=FakeBox()):
        attic = attic_entry()
        await set_up(hass, attic)
        await add(hass, attic, contact("Ewa", "603 456 789"))
        fake_box.receive("hi", sender="+48603456789")
        await settle(hass)

    assert events[0].data["contact"] == "Ewa"


async def test_a_port_without_a_sim_here_belongs_to_the_box(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    events: list[Event],
) -> None:
    fake_box.receive("hello", channel=4)
    await settle(hass)

    assert events[0].data["device_id"] == device_id(hass, cellar)
    assert events[0].data["entity_id"] is None
    assert events[0].data["sim"] is None
    assert events[0].data["channel"] == 4


async def test_a_disabled_sim_belongs_to_the_box(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    events: list[Event],
    device_registry: dr.DeviceRegistry,
) -> None:
    device_registry.async_update_device(
        device_id(hass, cellar, "sim1"), disabled_by=dr.DeviceEntryDisabler.USER
    )
    await settle(hass)
    fake_box.receive("hello", channel=1)
    await settle(hass)

    assert events[0].data["device_id"] == device_id(hass, cellar)
    assert events[0].data["entity_id"] is None
    assert events[0].data["sim"] is None


async def test_the_sim_is_called_as_the_user_calls_it(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    events: list[Event],
    device_registry: dr.DeviceRegistry,
) -> None:
    device_registry.async_update_device(
        device_id(hass, cellar, "sim1"), name_by_user="Cottage"
    )
    fake_box.receive("hello")
    await settle(hass)

    assert events[0].data["sim"] == "Cottage"


def hand_over_part(
    box: FakeBox, index: int, text: str, acknowledged: list[int]
) -> None:
    """Hand over one of two parts."""
    box.hand_over(
        SmsPart(
            channel=1,
            sender=ANNA,
            payload=text.encode(),
            coding=Coding.UTF8,
            transport=Transport.AMI,
            concatenation=Concatenation(reference="7", index=index, total=2),
            acknowledge=partial(acknowledged.append, index),
        )
    )


async def test_half_a_message_outlives_a_reload(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    events: list[Event],
) -> None:
    acknowledged: list[int] = []
    hand_over_part(fake_box, 1, "hello ", acknowledged)
    assert await hass.config_entries.async_reload(cellar.entry_id)
    await settle(hass)
    hand_over_part(fake_box, 2, "world", acknowledged)
    await settle(hass)

    assert acknowledged == [1, 2]
    assert [e.data["text"] for e in events] == ["hello world"]


async def test_parts_are_joined_and_acknowledged(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    events: list[Event],
) -> None:
    acknowledged: list[int] = []
    for index, text in ((2, "world"), (1, "hello ")):
        hand_over_part(fake_box, index, text, acknowledged)
    await settle(hass)

    assert acknowledged == [2, 1]
    assert [(e.data["text"], e.data["parts"]) for e in events] == [("hello world", 2)]


async def test_nothing_is_announced_before_home_assistant_has_started(
    hass: HomeAssistant, fake_box: FakeBox, events: list[Event]
) -> None:
    hass.set_state(CoreState.not_running)
    calls = await automate(hass, trigger="event", event_type=EVENT_SMS_RECEIVED)
    with wired(cellar=fake_box):
        await set_up(hass, goip_entry(sim(1), host="cellar"))
        fake_box.receive("early")
        await settle(hass)
        assert events == []

        await hass.async_start()
        await settle(hass)

    assert [event.data["text"] for event in events] == ["early"]
    assert len(calls) == 1
    assert shown(hass, INCOMING).attributes["text"] == "early"


async def test_nothing_is_announced_once_home_assistant_stops(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    events: list[Event],
) -> None:
    refused: list[bool] = []
    part = SmsPart(
        channel=1,
        sender=ANNA,
        payload=b"late",
        coding=Coding.UTF8,
        transport=Transport.SMPP,
        refuse=lambda: refused.append(True),
    )
    listener = fake_box.listener
    assert listener is not None
    await hass.async_stop(force=True)
    listener.on_part(part)

    assert refused == [True]
    assert events == []


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "event", "event_type": EVENT_SMS_RECEIVED},
        {"trigger": "gsm_gateway.sms_received"},
        {"trigger": "state", "entity_id": INCOMING, "not_from": ["unavailable"]},
    ],
    ids=["bus event", "own trigger", "event entity"],
)
async def test_an_sms_in_the_instant_of_recovery_starts_the_automation(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    trigger: dict[str, Any],
) -> None:
    calls = await automate(hass, **trigger)
    fake_box.switch(on=False)
    await settle(hass)

    fake_box.switch(on=True)
    fake_box.receive("the power is back")
    await settle(hass)

    assert len(calls) == 1


async def test_where_a_message_came_from_is_remembered(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    events: list[Event],
) -> None:
    fake_box.receive("from a sim", channel=2, sender=STRANGER)
    fake_box.receive("from elsewhere", channel=4, sender=ANNA)
    await settle(hass)

    origin = hass.data[MESSENGER].async_origin
    assert [await origin(event.data["message_id"]) for event in events] == [
        Origin(box_id=cellar.entry_id, sender=STRANGER, channel=2),
        Origin(box_id=cellar.entry_id, sender=ANNA, channel=4),
    ]
    assert await origin("another") is None
