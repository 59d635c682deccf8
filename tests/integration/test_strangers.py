"""Messages of strangers and private ones, as automations and people see them."""

from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.announce import announce
from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from tests.integration.entries import change, settle, shown
from tests.integration.scene import ANNA, BOB, STRANGER
from tests.integration.watching import Watched, received, texts, watch

EVENT = "event.cellar_sim_1_incoming_sms"


async def choose(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    """Change options of a box as a flow does."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, **options})
    await settle(hass)


async def hear(
    hass: HomeAssistant, entry: MockConfigEntry, text: str = "hello", **facts: Any
) -> dict[str, Any]:
    """Announce a message and return the bus event."""
    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    announce(hass, entry, received(hass, text, **facts))
    await settle(hass)
    return dict(events[-1].data)


async def test_everybody_is_trusted_and_nobody_private_at_first(
    hass: HomeAssistant, cellar: MockConfigEntry, runs: list[dict[str, Any]]
) -> None:
    await watch(hass)
    data = await hear(hass, cellar, sender=STRANGER)

    assert (data["trusted"], data["private"], data["text"]) == (True, False, "hello")
    assert shown(hass, EVENT).attributes["event_type"] == "received"
    assert texts(runs) == ["hello"]


async def test_a_stranger_is_shown_but_starts_only_what_asks_for_strangers(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    await choose(hass, cellar, trusted_senders=["601 234 567"])
    usual = await Watched.of(hass)
    naming = await Watched.of(hass, options={"sender": STRANGER})
    asking = await Watched.of(hass, options={"include_untrusted": True})

    data = await hear(hass, cellar, "open", sender=STRANGER)
    assert (data["trusted"], data["text"]) == (False, "open")
    assert shown(hass, EVENT).attributes["event_type"] == "received_untrusted"
    assert shown(hass, EVENT).attributes["text"] == "open"
    assert (usual.started, naming.started) == ([], [])
    assert (usual.reasons, naming.reasons) == (["untrusted"], ["untrusted"])
    assert [trigger["trusted"] for trigger in asking.started] == [False]

    assert (await hear(hass, cellar, sender=ANNA))["trusted"] is True
    assert shown(hass, EVENT).attributes["event_type"] == "received"
    assert [trigger["sender"] for trigger in usual.started] == [ANNA]


async def test_a_sims_own_list_counts_instead_of_the_boxs(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    await choose(hass, cellar, trusted_senders=[ANNA])
    await change(hass, cellar, "sim2", trusted_senders=["Panel"])

    async def is_trusted(sender: str, channel: int) -> bool:
        data = await hear(hass, cellar, sender=sender, channel=channel)
        return bool(data["trusted"])

    assert [await is_trusted(ANNA, 1), await is_trusted("PANEL", 1)] == [True, False]
    assert [await is_trusted(ANNA, 2), await is_trusted("PANEL", 2)] == [False, True]
    # Port 4 has no SIM here
    assert [await is_trusted(ANNA, 4), await is_trusted("PANEL", 4)] == [True, False]


async def test_a_private_text_is_seen_only_where_its_sender_is_named(
    hass: HomeAssistant, cellar: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    await choose(hass, cellar, private_senders=["MyBank"])
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    usual = await Watched.of(hass)
    naming = await Watched.of(hass, options={"sender": [BOB, "mybank"]})
    other = await Watched.of(hass, options={"sender": BOB})

    data = await hear(hass, cellar, "code 123456", message_id="one", sender="MyBank")
    assert (data["private"], data["text"], data["sender"]) == (True, "", "MyBank")
    assert shown(hass, EVENT).attributes["text"] == ""
    assert shown(hass, EVENT).attributes["private"] is True
    assert [trigger["text"] for trigger in usual.started] == [""]
    assert [trigger["text"] for trigger in naming.started] == ["code 123456"]
    assert [trigger["private"] for trigger in naming.started] == [True]
    assert other.started == []
    assert not [event for event in changes if "123456" in str(event.as_dict())]

    assert (await hear(hass, cellar, "hello", sender="MyBank2"))["text"] == "hello"


@pytest.mark.parametrize(
    ("options", "starts"),
    [
        ({"text": "code"}, []),
        ({"text": "code", "sender": "MyBank"}, ["code 123456"]),
        ({"text": "other", "sender": "MyBank"}, []),
        ({"text": "code", "sender": ANNA}, []),
        ({"text": ""}, [""]),
    ],
)
async def test_a_private_text_is_searched_only_where_its_sender_is_named(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    runs: list[dict[str, Any]],
    options: dict[str, Any],
    starts: list[str],
) -> None:
    await choose(hass, cellar, private_senders=["MyBank"])
    await watch(hass, options=options)

    await hear(hass, cellar, "code 123456", sender="MyBank")

    assert texts(runs) == starts


@pytest.mark.parametrize("stored", [True, False])
async def test_what_is_not_on_disk_is_told(
    hass: HomeAssistant, cellar: MockConfigEntry, stored: bool
) -> None:
    assert (await hear(hass, cellar, stored=stored))["stored"] is stored
