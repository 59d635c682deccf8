"""The same promises with the real drivers, against simulated boxes over loopback."""

import asyncio
from collections.abc import Callable, Iterator
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.simulator.core.journal import LOGIN_REFUSED, SMS_ON_AIR, USSD_DIALLED
from tests.simulator.goip.box import GoipBox
from tests.simulator.yeastar.box import YeastarBox

from .boxes import box_entry, goip_data, yeastar_data
from .entries import add, contact, set_up, settle, shown
from .scene import ANNA

OUR_TIME_SCALE = 20.0
"""Slow enough for a busy machine to answer within the drivers' time limits."""

type Wired = tuple[GoipBox | YeastarBox, MockConfigEntry]


@pytest.fixture(params=["goip, web", "goip, smpp", "yeastar"])
def wired_box(request: pytest.FixtureRequest) -> Iterator[Wired]:
    """A simulated box, and its entry that is not set up yet; both live fast."""
    with patch(
        "custom_components.gsm_gateway.messenger.Clock", lambda: Clock(OUR_TIME_SCALE)
    ):
        if request.param == "yeastar":
            tg: YeastarBox = request.getfixturevalue("yeastar_box")
            yield tg, box_entry(tg, yeastar_data(tg))
        else:
            goip: GoipBox = request.getfixturevalue("goip_box")
            smpp = request.param == "goip, smpp"
            yield goip, box_entry(goip, goip_data(goip, smpp=smpp))


async def comes(
    hass: HomeAssistant, entity_id: str, is_wanted: Callable[[State], bool]
) -> State:
    """Wait for a state of an entity and return it."""
    there = asyncio.Event()

    @callback
    def look(_event: Event[EventStateChangedData] | None = None) -> None:
        state = hass.states.get(entity_id)
        if state is not None and is_wanted(state):
            there.set()

    stop = async_track_state_change_event(hass, entity_id, look)
    look()
    await asyncio.wait_for(there.wait(), 20)
    stop()
    return shown(hass, entity_id)


async def connection(hass: HomeAssistant, entry: ConfigEntry, wanted: str) -> None:
    """Wait until the box is within reach, or is not."""
    entity_id = f"binary_sensor.{entry.options['notify_name']}_connected"
    await comes(hass, entity_id, lambda state: state.state == wanted)


async def test_an_alarm_waits_for_the_box_and_goes_out_once(
    hass: HomeAssistant, wired_box: Wired
) -> None:
    box, entry = wired_box
    await box.power(False)
    await set_up(hass, entry)
    await add(hass, entry, contact("Anna", ANNA))
    await connection(hass, entry, "off")
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": "notify.anna", "message": "Fire"}
    )

    await box.power(True)
    sent = await box.journal.wait_for_kind(SMS_ON_AIR, timeout=30)
    assert (sent["number"], sent["text"]) == (ANNA, "Fire")
    for _ in range(2):
        await hass.config_entries.async_reload(entry.entry_id)
        await settle(hass)
        await box.clock.sleep(30)
    assert len(box.journal.entries(SMS_ON_AIR)) == 1


async def test_fifty_restarts_are_one_ussd_on_the_wire(
    hass: HomeAssistant, wired_box: Wired
) -> None:
    box, entry = wired_box
    name = entry.options["notify_name"]
    await set_up(hass, entry)
    await box.journal.wait_for_kind(USSD_DIALLED, line=1, timeout=30)
    await box.journal.wait_for_kind(USSD_DIALLED, line=2, timeout=30)
    balance = f"sensor.{name}_sim_1_balance"
    await comes(hass, balance, lambda state: state.state == "57.2")
    for _ in range(50):
        await hass.config_entries.async_reload(entry.entry_id)
        await settle(hass)
        await connection(hass, entry, "on")
    await hass.data[MESSENGER].clock.sleep(75)
    dialled = box.journal.entries(USSD_DIALLED)
    assert [entry.line for entry in dialled] == [1, 2]
    assert shown(hass, balance).state == "57.2"


async def test_an_sms_right_after_the_recovery_is_announced(
    hass: HomeAssistant, wired_box: Wired
) -> None:
    box, entry = wired_box
    name = entry.options["notify_name"]
    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    await set_up(hass, entry)
    for power in (True, False, True):
        await box.power(power)
        await connection(hass, entry, "on" if power else "off")
    await box.receive(2, ANNA, "the power is back")

    state = await comes(
        hass, f"event.{name}_sim_2_incoming_sms", lambda state: state.state != "unknown"
    )
    assert state.attributes["text"] == "the power is back"
    assert [event.data["sender"] for event in events] == [ANNA]


@pytest.mark.parametrize("wired_box", ["goip, web"], indirect=True)
async def test_the_same_password_again_brings_the_link_back(
    hass: HomeAssistant, wired_box: Wired
) -> None:
    """Somebody changed the password on the box, and changed it back."""
    box, entry = wired_box
    assert isinstance(box, GoipBox)
    await set_up(hass, entry)
    await connection(hass, entry, "on")
    box.options.web_password = "other"
    await connection(hass, entry, "off")
    (flow,) = entry.async_get_active_flows(hass, {SOURCE_REAUTH})
    box.options.web_password = "admin"

    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"username": "admin", "password": "admin"}
    )
    assert result["reason"] == "reauth_successful"
    await connection(hass, entry, "on")


async def test_a_new_password_brings_the_link_back(
    hass: HomeAssistant, yeastar_box: YeastarBox
) -> None:
    entry = box_entry(yeastar_box, yeastar_data(yeastar_box))
    await yeastar_box.set_option("password", "new")
    await set_up(hass, entry)
    await connection(hass, entry, "off")
    await yeastar_box.journal.wait_for_kind(LOGIN_REFUSED)
    await settle(hass)
    (flow,) = entry.async_get_active_flows(hass, {SOURCE_REAUTH})

    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"username": "apiuser", "password": "new"}
    )
    assert result["reason"] == "reauth_successful"
    await connection(hass, entry, "on")
