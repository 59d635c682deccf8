"""Automations that start on a received SMS."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.gsm_gateway.announce import announce
from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.entries import settle
from tests.integration.fakes import FakeBox, Sent
from tests.integration.scene import ANNA, BOB, STRANGER, automate, on_the_air
from tests.integration.watching import SMS_RECEIVED, Watched, received, texts, watch


async def test_a_received_sms_starts_an_automation_once(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
) -> None:
    await watch(hass)

    fake_box.receive("hello")
    await settle(hass)

    assert texts(runs) == ["hello"]


async def test_trigger_holds_what_the_bus_event_holds(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    watched = await Watched.of(hass)

    fake_box.receive("hello", channel=2)
    await settle(hass)

    (trigger,) = watched.started
    own = {"id", "idx", "alias", "platform", "description"}
    assert {key: trigger[key] for key in trigger.keys() - own} == events[0].data
    assert trigger["description"] == "SMS received by Cellar SIM 2"
    assert set(events[0].data) == {
        "config_entry_id",
        "device_id",
        "entity_id",
        "gateway",
        "channel",
        "sim",
        "sender",
        "contact",
        "trusted",
        "text",
        "kind",
        "private",
        "received_at",
        "time_guessed",
        "parts",
        "complete",
        "late",
        "redelivered",
        "stored",
        "message_id",
    }


async def test_two_automations_answer_the_right_number(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await automate(
        hass,
        {
            "triggers": {"trigger": SMS_RECEIVED},
            "actions": {
                "action": "gsm_gateway.send_sms",
                "data": {
                    "reply_to": "{{ trigger.message_id }}",
                    "message": "You wrote: {{ trigger.text }}",
                },
            },
        },
        {
            "triggers": {"trigger": "event", "event_type": EVENT_SMS_RECEIVED},
            "actions": {
                "action": "gsm_gateway.send_sms",
                "data": {
                    "to": "{{ trigger.event.data.sender }}",
                    "message": "And: {{ trigger.event.data.text }}",
                    "device_id": "{{ trigger.event.data.device_id }}",
                },
            },
        },
    )

    fake_box.receive("ping", sender=STRANGER, channel=2)

    assert sorted(await on_the_air(fake_box, 2), key=lambda sms: sms.text) == [
        Sent(channel=2, to=STRANGER, text="And: ping"),
        Sent(channel=2, to=STRANGER, text="You wrote: ping"),
    ]


@pytest.mark.parametrize(
    ("sender", "starts"),
    [
        (ANNA, True),
        ([BOB, ANNA], True),
        ("+48 601 234 567", True),
        ("0048601234567", True),
        ("601234567", True),
        (48601234567, True),
        (["Bank", 48601234567], True),
        ([], True),
        ("", True),
        (BOB, False),
        ("1601234567", False),
        ("234567", False),
        (601234568, False),
        ("Bank", False),
    ],
)
async def test_only_messages_of_a_sender(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
    sender: object,
    starts: bool,
) -> None:
    await watch(hass, options={"sender": sender})

    fake_box.receive("hello", sender=ANNA)
    await settle(hass)

    assert texts(runs) == ["hello"] * starts


@pytest.mark.parametrize("sender", [STRANGER, 491511234567, "0049 1511 234567"])
async def test_a_sender_from_abroad(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
    sender: object,
) -> None:
    """YAML reads `+491511234567` without quotes as an integer."""
    await watch(hass, options={"sender": sender})

    fake_box.receive("hello", sender=STRANGER)
    await settle(hass)

    assert texts(runs) == ["hello"]


async def test_a_sender_that_is_a_name(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
) -> None:
    await watch(hass, options={"sender": "MyBank"})

    fake_box.receive("balance", sender="MyBank")
    fake_box.receive("phishing", sender="MyBank2")
    await settle(hass)

    assert texts(runs) == ["balance"]


@pytest.mark.parametrize(
    ("wanted", "starts"),
    [
        ("open", True),
        ("OPEN THE", True),
        ("ŹDŹBŁO", True),
        ("", True),
        ("close", False),
        ("open.*gate", False),
        ("gate (now)?", True),
    ],
)
async def test_only_messages_with_a_text(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
    wanted: str,
    starts: bool,
) -> None:
    await watch(hass, options={"text": wanted})

    fake_box.receive("Please open the Gate (now)? źdźbło")
    await settle(hass)

    assert len(runs) == starts


@pytest.mark.parametrize(
    ("options", "facts", "starts"),
    [
        ({}, {}, True),
        ({}, {"late": True, "age": 300}, True),
        ({}, {"late": True, "age": 601}, False),
        ({"max_age": {"hours": 1}}, {"late": True, "age": 601}, True),
        ({"max_age": "00:00:05"}, {"age": 6}, False),
        ({"include_late": False}, {"late": True, "age": 70}, False),
        ({"include_late": False}, {}, True),
        ({}, {"redelivered": True}, False),
        ({"include_redelivered": True}, {"redelivered": True}, True),
    ],
)
async def test_old_and_repeated_messages(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    runs: list[dict[str, Any]],
    options: dict[str, Any],
    facts: dict[str, Any],
    starts: bool,
) -> None:
    await watch(hass, options=options)
    message = received(hass, "hello")
    age = timedelta(seconds=facts.pop("age", 0))

    announce(
        hass,
        cellar,
        received(hass, "hello", received_at=message.received_at - age, **facts),
    )
    await settle(hass)

    assert texts(runs) == ["hello"] * starts


async def test_the_trace_says_why_a_message_was_too_old(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    watched = await Watched.of(hass, options={"text": "hello"})
    long_ago = hass.data[MESSENGER].clock.now() - timedelta(hours=1)

    announce(hass, cellar, received(hass, "hello", received_at=long_ago))
    announce(hass, cellar, received(hass, "hello", redelivered=True))
    announce(hass, cellar, received(hass, "another text", redelivered=True))
    watched.remove()
    announce(hass, cellar, received(hass, "hello"))
    await settle(hass)

    assert watched.reasons == ["too_old", "redelivered"]
    assert watched.started == []


@pytest.mark.parametrize(
    "config",
    [
        {"options": {"regex": "x"}},
        {"options": {"max_age": 0}},
        {"options": {"max_age": "long"}},
        {"options": {"include_late": "perhaps"}},
        {"options": {"sender": {"number": ANNA}}},
        {"target": {"device": "x"}},
    ],
)
async def test_a_wrong_trigger_is_refused(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    config: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await automate(
        hass, {"triggers": {"trigger": SMS_RECEIVED, **config}, "actions": []}
    )

    assert hass.states.is_state("automation.automation_0", "unavailable")
    assert "failed to setup triggers" in caplog.text


async def test_the_automation_editor_knows_the_trigger(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await async_setup_component(hass, "websocket_api", {})
    client = await hass_ws_client(hass)

    await client.send_json_auto_id({"type": "trigger_platforms/subscribe"})
    assert (await client.receive_json())["success"]
    described = (await client.receive_json())["event"][SMS_RECEIVED]

    assert described["target"]["entity"] == [
        {"integration": "gsm_gateway", "domain": ["event"]}
    ]
    assert set(described["fields"]) == {
        "sender",
        "text",
        "max_age",
        "include_late",
        "include_redelivered",
        "include_untrusted",
    }
