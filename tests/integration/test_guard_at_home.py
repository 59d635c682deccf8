"""What stops a runaway automation, as its owner meets it."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
)

from custom_components.gsm_gateway.const import DOMAIN
from tests.integration.entries import change, goip_entry, set_up, settle, sim
from tests.integration.fakes import FakeBox
from tests.integration.scene import ANNA, BOB, act, automate, wired

RUSSIAN = "Внимание! " * 10
"""Two SMS."""


async def test_the_thirty_first_part_of_an_hour_is_refused(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await change(hass, cellar, "sim2", use_for_sending="never")
    for number in range(30):
        await act(hass, "send_sms", to=BOB, message=f"news {number}")

    with pytest.raises(ServiceValidationError, match="limited to 30 SMS parts an hour"):
        await act(hass, "send_sms", to=BOB, message="one more")
    await act(hass, "send_sms", to=BOB, message="fire", priority="alarm")

    assert len(fake_box.sent) == 31


async def test_a_limit_in_the_settings_works_at_once(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await change(hass, cellar, "sim2", use_for_sending="never")
    await change(hass, cellar, "sim1", parts_per_hour=2)
    for number in range(2):
        await act(hass, "send_sms", to=BOB, message=f"news {number}")

    with pytest.raises(ServiceValidationError, match="limited to 2 SMS parts an hour"):
        await act(hass, "send_sms", to=BOB, message="one more")
    await change(hass, cellar, "sim1", parts_per_hour=3)
    await act(hass, "send_sms", to=BOB, message="one more")

    assert len(fake_box.sent) == 3
    assert fake_box.links == 1


async def repeat(hass: HomeAssistant, times: int) -> None:
    """Let an automation send the same text, once for each event."""
    await automate(
        hass,
        {
            "alias": "Freezer",
            "triggers": {"trigger": "event", "event_type": "warm"},
            "actions": {
                "action": "gsm_gateway.send_sms",
                "data": {"to": ANNA, "message": "the freezer is open"},
            },
        },
    )
    for _ in range(times):
        hass.bus.async_fire("warm")
        await settle(hass)


async def test_the_sixth_same_text_is_stopped_and_can_be_resumed(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    caplog: pytest.LogCaptureFixture,
    hass_client: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    await repeat(hass, 7)

    assert len(fake_box.sent) == 5
    assert f"Not sent to {ANNA} (Freezer): the same text" in caplog.text
    ((_, issue_id),) = (key for key in ir.async_get(hass).issues if key[0] == DOMAIN)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_key == "stopped_same_text_by"
    assert issue.translation_placeholders == {"number": ANNA, "cause": "Freezer"}

    await fix(hass_client, issue_id)
    hass.bus.async_fire("warm")
    await settle(hass)

    assert len(fake_box.sent) == 6
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None


async def fix(hass_client: ClientSessionGenerator, issue_id: str) -> None:
    """Go through the dialog of a repair, as the page does."""
    client = await hass_client()
    path = "/api/repairs/issues/fix"
    answer = await client.post(path, json={"handler": DOMAIN, "issue_id": issue_id})
    step = await answer.json()
    assert step["type"] == "form", step
    answer = await client.post(f"{path}/{step['flow_id']}", json={})
    assert (await answer.json())["type"] == "create_entry"


async def test_two_automata_stop_at_the_eleventh(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await automate(
        hass,
        {
            "triggers": {"trigger": "gsm_gateway.sms_received"},
            "actions": {
                "action": "gsm_gateway.send_sms",
                "data": {
                    "reply_to": "{{ trigger.message_id }}",
                    "message": "You wrote: {{ trigger.text }}",
                    "priority": "alarm",
                },
            },
        },
    )
    for number in range(15):
        fake_box.receive(f"I am out of the office ({number})", sender=ANNA)
        await settle(hass)

    assert len(fake_box.sent) == 10
    ((_, issue_id),) = (key for key in ir.async_get(hass).issues if key[0] == DOMAIN)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_key == "stopped_loop_by"


async def test_an_alert_that_repeats_every_minute_gets_through(
    hass: HomeAssistant, fake_box: FakeBox, freezer: FrozenDateTimeFactory
) -> None:
    group = [
        {
            "name": "family",
            "platform": "group",
            "services": [{"action": "cellar", "data": {"target": [ANNA]}}],
        }
    ]
    alert: dict[str, Any] = {
        "name": "Freezer",
        "message": RUSSIAN,
        "entity_id": "input_boolean.freezer",
        "repeat": 1,
        "notifiers": ["family"],
        "data": {"priority": "alarm"},
    }
    hass.states.async_set("input_boolean.freezer", "off")
    assert await async_setup_component(hass, "notify", {"notify": group})
    assert await async_setup_component(hass, "alert", {"alert": {"freezer": alert}})
    with wired(cellar=fake_box):
        await set_up(hass, goip_entry(sim(1), host="cellar"))

    hass.states.async_set("input_boolean.freezer", "on")
    await settle(hass)
    for _ in range(20):
        freezer.tick(timedelta(minutes=1, seconds=1))
        async_fire_time_changed(hass)
        await settle(hass)
    hass.states.async_set("input_boolean.freezer", "off")
    await settle(hass)

    assert [sent.to for sent in fake_box.sent] == [ANNA] * 21
    assert not [key for key in ir.async_get(hass).issues if key[0] == DOMAIN]
