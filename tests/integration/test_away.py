"""A box that is away: what stays, what waits, what happens when it is back."""

from datetime import datetime
from typing import Any

from homeassistant.components import automation
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .entries import BALANCE, contact, goip_entry, set_up, settle, shown, sim
from .fakes import FakeBox, Sent
from .scene import ANNA, on_the_air, wired

LIVE = (
    "sensor.cellar_sim_1_signal",
    "sensor.cellar_sim_1_operator",
    "binary_sensor.cellar_sim_1_registration",
    "button.cellar_sim_1_refresh_balance",
)
KEPT = (
    "notify.anna",
    "event.cellar_sim_1_incoming_sms",
    "sensor.cellar_sim_1_balance",
    "sensor.cellar_sim_1_last_balance_check",
    "binary_sensor.cellar_connected",
)


async def alarm(hass: HomeAssistant, how: str) -> None:
    """Send an alarm to Anna."""
    data: dict[str, Any] = {"message": "Fire"}
    if how == "send_message":
        data["entity_id"] = "notify.anna"
    else:
        data |= {"target": ANNA, "data": {"priority": "alarm"}}
    await hass.services.async_call("notify", how, data, blocking=True)
    await settle(hass)


async def test_only_what_is_live_goes(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    await settle(hass)
    for entity in LIVE:
        assert shown(hass, entity).state == STATE_UNAVAILABLE, entity
    for entity in KEPT:
        assert shown(hass, entity).state != STATE_UNAVAILABLE, entity

    fake_box.switch(on=True)
    await settle(hass)
    for entity in (*LIVE, *KEPT):
        assert shown(hass, entity).state != STATE_UNAVAILABLE, entity


async def test_the_gap_is_shown(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    def gap() -> tuple[datetime, datetime | None]:
        attributes = shown(hass, "binary_sensor.cellar_connected").attributes
        return attributes["not_listening_from"], attributes["not_listening_to"]

    start, first_link = gap()
    assert first_link is not None
    assert start <= first_link

    fake_box.switch(on=False)
    await settle(hass)
    assert shown(hass, "binary_sensor.cellar_connected").state == "off"
    lost, back = gap()
    assert lost >= first_link
    assert back is None

    fake_box.switch(on=True)
    await settle(hass)
    assert shown(hass, "binary_sensor.cellar_connected").state == "on"
    since, until = gap()
    assert since == lost
    assert until is not None


@pytest.mark.parametrize("how", ["send_message", "cellar"])
async def test_an_alarm_of_a_start_with_the_box_off_goes_out_once_it_is_on(
    hass: HomeAssistant, fake_box: FakeBox, how: str
) -> None:
    fake_box.on = False
    with wired(cellar=fake_box):
        await set_up(
            hass,
            goip_entry(sim(1, **BALANCE), contact("Anna", ANNA), host="cellar"),
        )
        await alarm(hass, how)
        assert fake_box.sent == []

        for _ in range(3):
            fake_box.switch(on=True)
            await settle(hass)
            fake_box.switch(on=False)
            await settle(hass)

    assert fake_box.sent == [Sent(channel=1, to=ANNA, text="Fire")]


async def test_an_automation_at_the_start_sends_through_a_box_that_is_off(
    hass: HomeAssistant, fake_box: FakeBox
) -> None:
    """The power came back: Home Assistant is up before the box."""
    hass.set_state(CoreState.not_running)
    fake_box.on = False
    config = {
        "alias": "Power is back",
        "triggers": [{"trigger": "homeassistant", "event": "start"}],
        "actions": [
            {
                "action": "notify.send_message",
                "target": {"entity_id": "notify.anna"},
                "data": {"message": "Power is back"},
            }
        ],
    }
    assert await async_setup_component(
        hass, automation.DOMAIN, {automation.DOMAIN: config}
    )
    with wired(cellar=fake_box):
        await set_up(hass, goip_entry(sim(1), contact("Anna", ANNA), host="cellar"))
        await hass.async_start()
        await settle(hass)
        assert fake_box.sent == []

        fake_box.switch(on=True)
        (sent,) = await on_the_air(fake_box)

    assert sent == Sent(channel=1, to=ANNA, text="Power is back")


async def test_what_waits_survives_a_reload(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    await alarm(hass, "cellar")
    await hass.config_entries.async_unload(cellar.entry_id)
    await alarm(hass, "cellar")
    assert fake_box.sent == []

    fake_box.on = True
    await hass.config_entries.async_setup(cellar.entry_id)
    await settle(hass)

    assert len(await on_the_air(fake_box, 2)) == 2


async def test_a_sim_without_a_network_does_not_keep_the_other_from_sending(
    hass: HomeAssistant, fake_box: FakeBox
) -> None:
    fake_box.change(1, registered=False)
    with wired(cellar=fake_box):
        await set_up(
            hass, goip_entry(sim(1), sim(2), contact("Anna", ANNA), host="cellar")
        )
        await alarm(hass, "cellar")

    assert fake_box.sent == [Sent(channel=2, to=ANNA, text="Fire")]
