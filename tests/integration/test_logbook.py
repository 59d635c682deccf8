"""What the logbook says of received SMS and of calls."""

from datetime import timedelta
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.gsm_gateway.const import EVENT_CALL_RECEIVED, EVENT_SMS_RECEIVED
from tests.integration.entries import contact, goip_entry, set_up, settle, sim
from tests.integration.fakes import FakeBox
from tests.integration.scene import ANNA, STRANGER, wired

CALLS = "event.cellar_sim_1_incoming_call"


@pytest.fixture
async def logbook(
    recorder_mock: Recorder, hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> list[dict[str, Any]]:
    """The lines of this integration, after a message to each of three ports and calls.

    And after events that a user fired to try an automation.
    """
    assert await async_setup_component(hass, "logbook", {})
    box = FakeBox()
    with wired(cellar=box):
        await set_up(
            hass, goip_entry(sim(1), sim(2), contact("Anna", ANNA), host="cellar")
        )
    start = dt_util.utcnow() - timedelta(minutes=1)

    box.receive("the code is 4711", sender=ANNA, channel=1)
    box.receive("the code is 4712", sender=STRANGER, channel=2)
    box.receive("the code is 4713", sender=STRANGER, channel=4)
    await settle(hass)
    hass.bus.async_fire(EVENT_SMS_RECEIVED)
    await settle(hass)
    for call in (
        {"sim": "Cellar SIM 1", "entity_id": CALLS, "contact": "Anna", "caller": ANNA},
        {"sim": "Cellar SIM 1", "caller": STRANGER, "rejected": True},
        {"gateway": "Cellar", "caller": ""},
    ):
        hass.bus.async_fire(EVENT_CALL_RECEIVED, call)
    await settle(hass)
    await async_wait_recording_done(hass)
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {"type": "logbook/get_events", "start_time": start.isoformat()}
    )
    lines = (await client.receive_json())["result"]
    return [line for line in lines if line.get("domain") == "gsm_gateway"]


async def test_tells_who_wrote_to_and_rang_which_sim(
    logbook: list[dict[str, Any]],
) -> None:
    told = [(line["name"], line["message"], line.get("entity_id")) for line in logbook]

    assert told == [
        (
            "Cellar SIM 1",
            "received an SMS from Anna",
            "event.cellar_sim_1_incoming_sms",
        ),
        (
            "Cellar SIM 2",
            "received an SMS from +491511234567",
            "event.cellar_sim_2_incoming_sms",
        ),
        ("Cellar", "received an SMS from +491511234567", None),
        ("gsm_gateway", "received an SMS from None", None),
        ("Cellar SIM 1", "got a call from Anna", CALLS),
        ("Cellar SIM 1", "rejected a call from +491511234567", None),
        ("Cellar", "got a call from a hidden number", None),
    ]


async def test_tells_no_text(logbook: list[dict[str, Any]]) -> None:
    assert len(logbook) == 7
    assert "the code" not in str(logbook)
