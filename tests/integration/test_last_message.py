"""Who wrote to a box last."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.announce import announce
from tests.integration.entries import change, settle, shown
from tests.integration.fakes import FakeBox
from tests.integration.scene import ANNA, STRANGER, device_id
from tests.integration.watching import received

SENSOR = "sensor.cellar_last_message"


def last(hass: HomeAssistant) -> State:
    """Return the sensor's state."""
    return shown(hass, SENSOR)


async def choose(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    """Change options of a box as a flow does."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, **options})
    await settle(hass)


async def hear(hass: HomeAssistant, entry: MockConfigEntry, **facts: Any) -> None:
    """Announce a message."""
    announce(hass, entry, received(hass, facts.pop("text", "hello"), **facts))
    await settle(hass)


async def test_nobody_has_written_yet(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    assert last(hass).state == "unknown"
    assert last(hass).attributes["received_at"] is None
    assert last(hass).attributes["sim"] is None
    assert "messages" not in last(hass).attributes


async def test_it_shows_the_contact_else_the_number_or_the_name(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    states = []
    for sender in ("601234567", STRANGER, "MyBank", "", "x" * 300):
        await hear(hass, cellar, sender=sender, message_id=sender)
        states.append(last(hass).state)

    assert states == ["Anna", STRANGER, "MyBank", "unknown", "x" * 255]


async def test_it_shows_when_and_where_but_no_text(
    hass: HomeAssistant, cellar: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    message = received(hass, "secret", channel=2)
    announce(hass, cellar, message)
    await settle(hass)

    assert last(hass).attributes["received_at"] == message.received_at.isoformat()
    assert last(hass).attributes["sim"] == "Cellar SIM 2"
    assert "secret" not in str(last(hass).as_dict())

    device_registry.async_update_device(
        device_id(hass, cellar, "sim2"), name_by_user="Alarm SIM"
    )
    await hear(hass, cellar, channel=4, message_id="no SIM here")
    assert last(hass).attributes["sim"] is None
    await hear(hass, cellar, channel=2, message_id="renamed")
    assert last(hass).attributes["sim"] == "Alarm SIM"


async def test_the_last_ten_texts_are_shown_on_request_but_not_recorded(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    await choose(hass, cellar, show_texts=True)
    for number in range(12):
        await hear(hass, cellar, text=f"text {number}")
    await hear(hass, cellar, text="y" * 5000, sender=STRANGER, channel=2)

    messages = last(hass).attributes["messages"]
    assert [message["text"] for message in messages[1:]] == [
        f"text {number}" for number in range(11, 2, -1)
    ]
    assert messages[0]["text"] == "y" * 1600
    assert {key: messages[0][key] for key in ("sender", "contact", "sim")} == {
        "sender": STRANGER,
        "contact": None,
        "sim": "Cellar SIM 2",
    }
    assert messages[1]["contact"] == "Anna"
    unrecorded = last(hass).state_info
    assert unrecorded is not None
    assert "messages" in unrecorded["unrecorded_attributes"]

    await choose(hass, cellar, show_texts=False)
    assert "messages" not in last(hass).attributes


async def test_a_private_text_is_never_shown_whenever_it_became_private(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    await choose(hass, cellar, show_texts=True, private_senders=["MyBank"])
    await hear(hass, cellar, text="code 1", message_id="one", sender="MyBank")
    await hear(hass, cellar, text="code 2", message_id="two", sender=ANNA)
    assert [m["text"] for m in last(hass).attributes["messages"]] == ["code 2", ""]
    assert [m["private"] for m in last(hass).attributes["messages"]] == [False, True]

    await choose(hass, cellar, private_senders=["MyBank", "601 234 567"])
    assert [m["text"] for m in last(hass).attributes["messages"]] == ["", ""]
    assert last(hass).state == "Anna"


async def test_a_message_that_is_completed_late_is_one_message(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    await choose(hass, cellar, show_texts=True)
    await hear(hass, cellar, text="first half", message_id="one", complete=False)
    await hear(hass, cellar, text="both halves", message_id="one", redelivered=True)

    assert [m["text"] for m in last(hass).attributes["messages"]] == ["both halves"]


async def test_an_old_message_that_comes_late_is_not_the_last(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    await hear(hass, cellar, sender=STRANGER, message_id="new")
    now = received(hass, "now").received_at
    await hear(
        hass, cellar, message_id="old", late=True, received_at=now - timedelta(hours=1)
    )

    assert last(hass).state == STRANGER


async def test_it_stays_while_the_box_is_away_and_over_a_restart_of_the_entry(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await choose(hass, cellar, show_texts=True, private_senders=["MyBank"])
    fake_box.receive("kept", sender=STRANGER)
    await settle(hass)
    fake_box.receive("code 123456", sender="MyBank", channel=2)
    await settle(hass)
    before = last(hass)
    fake_box.switch(on=False)
    await settle(hass)
    assert (last(hass).state, last(hass).attributes) == ("MyBank", before.attributes)

    await hass.config_entries.async_reload(cellar.entry_id)
    await settle(hass)

    assert last(hass).state == "MyBank"
    assert [m["text"] for m in last(hass).attributes["messages"]] == ["", "kept"]
    assert last(hass).attributes["sim"] == "Cellar SIM 2"


async def test_a_contact_that_is_named_later_is_shown(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    await hear(hass, cellar, sender=STRANGER)
    await change(hass, cellar, "anna", number=STRANGER)

    assert last(hass).state == "Anna"
