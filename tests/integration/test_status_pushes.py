"""A box whose channels tell their status by themselves, as GoIPs do by their push protocol."""

from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import (
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_report_event
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    GatewayStatus,
    LineState,
)
from tests.integration.entries import add, goip_entry, line, set_up, settle, shown, sim
from tests.integration.fakes import FakeBox
from tests.integration.scene import wired
from tests.messaging.hand_clock import HandClock

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SIGNAL = "sensor.cellar_sim_1_signal"
OPERATOR = "sensor.cellar_sim_1_operator"
REGISTRATION = "binary_sensor.cellar_sim_1_registration"
LAST_SEEN = "sensor.cellar_sim_1_last_seen"
LINE_STATE = "sensor.cellar_sim_1_line_state"


@pytest.fixture
def clock() -> HandClock:
    """Time below the border, in the test's hands."""
    return HandClock()


@pytest.fixture
def fake_box() -> FakeBox:
    """A box that pushes."""
    return FakeBox(pushes_status=True)


@pytest.fixture
async def pushing(
    hass: HomeAssistant, fake_box: FakeBox, clock: HandClock
) -> AsyncGenerator[MockConfigEntry]:
    """The entry of the box, loaded; both its lines have called once."""
    entry = goip_entry(sim(1), sim(2), host="cellar")
    with (
        wired(cellar=fake_box),
        patch("custom_components.gsm_gateway.messenger.Clock", lambda: clock),
    ):
        await set_up(hass, entry)
        call(fake_box, 1)
        call(fake_box, 2)
        await settle(hass)
        yield entry
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def everything_enabled() -> Iterator[None]:
    """Enable what a user would have to enable."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True
    ):
        yield


def call(box: FakeBox, channel: int, **facts: Any) -> None:
    """Let a line tell its status."""
    told = {"heard_at": NOON, "address": f"192.0.2.1:{10990 + channel}"}
    box.tell(channel, **told | facts)


async def poll(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let a minute pass for Home Assistant."""
    freezer.tick(timedelta(minutes=1))
    async_fire_time_changed(hass)
    await settle(hass)


async def test_what_is_told_is_shown_and_the_rest_stays(
    hass: HomeAssistant, pushing: MockConfigEntry, fake_box: FakeBox
) -> None:
    call(fake_box, 1, signal_csq=5, registered=False)

    assert shown(hass, SIGNAL).state == "-103"
    assert shown(hass, SIGNAL).attributes["csq"] == 5
    assert shown(hass, REGISTRATION).state == STATE_OFF
    assert shown(hass, OPERATOR).state == "Orange"
    assert line(hass, "sim1").registered is False
    assert shown(hass, "sensor.cellar_sim_2_signal").state == "-73"


async def test_what_calls_do_not_tell_any_more_is_unavailable(
    hass: HomeAssistant, pushing: MockConfigEntry, fake_box: FakeBox
) -> None:
    """A line without a network has neither signal nor operator."""
    call(fake_box, 1, registered=True, signal_csq=12, operator="Play")
    fake_box.tell(1, line_state=LineState.BUSY)
    assert shown(hass, OPERATOR).state == "Play"
    call(fake_box, 1, registered=False)
    await settle(hass)

    assert shown(hass, OPERATOR).state == STATE_UNAVAILABLE
    assert shown(hass, SIGNAL).state == STATE_UNAVAILABLE
    assert shown(hass, LINE_STATE).state == "busy"


@pytest.mark.parametrize("state", list(LineState))
async def test_line_state(
    hass: HomeAssistant, pushing: MockConfigEntry, fake_box: FakeBox, state: LineState
) -> None:
    assert hass.states.get(LINE_STATE) is None
    fake_box.tell(1, line_state=state)
    await settle(hass)

    assert shown(hass, LINE_STATE).state == state.value
    assert state.value in shown(hass, LINE_STATE).attributes["options"]


async def test_the_box_is_read_once_and_when_the_user_asks(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    pushing: MockConfigEntry,
    fake_box: FakeBox,
) -> None:
    for _ in range(10):
        await poll(hass, freezer)
    assert fake_box.reads == 1

    assert await async_setup_component(hass, "homeassistant", {})
    fake_box.change(1, operator="Play")
    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": OPERATOR}, blocking=True
    )
    await settle(hass)
    assert fake_box.reads == 2
    assert shown(hass, OPERATOR).state == "Play"


async def test_the_box_is_read_after_each_connect_until_it_answers(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    pushing: MockConfigEntry,
    fake_box: FakeBox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake_box.switch(on=False)
    await settle(hass)

    async def no_page() -> GatewayStatus:
        fake_box.reads += 1
        raise CannotConnect("no web server yet")

    monkeypatch.setattr(fake_box, "read_status", no_page)
    fake_box.switch(on=True)
    await settle(hass)
    assert fake_box.reads == 2
    call(fake_box, 1, signal_csq=7)
    await poll(hass, freezer)
    assert fake_box.reads == 3
    assert shown(hass, SIGNAL).state == "-99"

    monkeypatch.undo()
    for _ in range(3):
        await poll(hass, freezer)
    assert fake_box.reads == 4
    assert shown(hass, OPERATOR).state == "Orange"


async def test_reading_the_box_forgets_nothing_that_was_told(
    hass: HomeAssistant,
    everything_enabled: None,
    pushing: MockConfigEntry,
    fake_box: FakeBox,
) -> None:
    call(fake_box, 1, line_state=LineState.IDLE, number="+48600700800")
    fake_box.status = GatewayStatus()
    await pushing.runtime_data.status.async_refresh()
    await settle(hass)

    assert shown(hass, LINE_STATE).state == "idle"
    assert shown(hass, "sensor.cellar_sim_1_own_number").state == "+48600700800"
    assert shown(hass, SIGNAL).state == "-73"


async def test_a_line_that_falls_silent_is_unavailable_alone(
    hass: HomeAssistant,
    everything_enabled: None,
    pushing: MockConfigEntry,
    fake_box: FakeBox,
    clock: HandClock,
) -> None:
    await clock.advance(60)
    call(fake_box, 2)
    await clock.advance(31)
    assert shown(hass, SIGNAL).state == "-73"
    await clock.advance(1.5)

    for entity in (SIGNAL, OPERATOR, REGISTRATION):
        assert shown(hass, entity).state == STATE_UNAVAILABLE, entity
    assert shown(hass, LAST_SEEN).state == NOON.isoformat()
    assert line(hass, "sim1").registered is None
    assert shown(hass, "sensor.cellar_sim_2_signal").state == "-73"
    assert shown(hass, "binary_sensor.cellar_connected").state == STATE_ON

    call(fake_box, 1)
    assert shown(hass, SIGNAL).state == "-73"
    assert line(hass, "sim1").registered is True


async def test_news_without_a_call_keep_no_line_alive(
    hass: HomeAssistant,
    pushing: MockConfigEntry,
    fake_box: FakeBox,
    clock: HandClock,
) -> None:
    await clock.advance(80)
    fake_box.tell(1, signal_csq=9)
    await clock.advance(15)

    assert shown(hass, SIGNAL).state == STATE_UNAVAILABLE


async def test_a_line_that_has_not_called_is_unavailable(
    hass: HomeAssistant, pushing: MockConfigEntry, fake_box: FakeBox
) -> None:
    """What its page says now would still be shown in a year."""
    fake_box.switch(on=False)
    fake_box.switch(on=True)
    call(fake_box, 2)
    await settle(hass)

    assert shown(hass, SIGNAL).state == STATE_UNAVAILABLE
    assert shown(hass, "sensor.cellar_sim_2_signal").state == "-73"


async def test_last_seen_outlives_the_connection(
    hass: HomeAssistant,
    everything_enabled: None,
    pushing: MockConfigEntry,
    fake_box: FakeBox,
) -> None:
    later = NOON + timedelta(seconds=30)
    call(fake_box, 1, heard_at=later, address="192.0.2.7:4711")
    fake_box.switch(on=False)
    await settle(hass)

    assert shown(hass, SIGNAL).state == STATE_UNAVAILABLE
    assert shown(hass, LAST_SEEN).state == later.isoformat()
    assert shown(hass, LAST_SEEN).attributes["address"] == "192.0.2.7:4711"


async def test_last_seen_is_restored(
    hass: HomeAssistant,
    everything_enabled: None,
    pushing: MockConfigEntry,
    fake_box: FakeBox,
) -> None:
    await hass.config_entries.async_unload(pushing.entry_id)
    fake_box.on = False
    await hass.config_entries.async_setup(pushing.entry_id)
    await settle(hass)

    assert shown(hass, LAST_SEEN).state == NOON.isoformat()
    assert shown(hass, LAST_SEEN).attributes["address"] is None


async def test_a_call_concerns_only_the_entities_of_its_line(
    hass: HomeAssistant, pushing: MockConfigEntry, fake_box: FakeBox
) -> None:
    touched: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        touched.append(event.data["entity_id"])

    async_track_state_report_event(hass, hass.states.async_entity_ids(), note)
    call(fake_box, 1, signal_csq=20, heard_at=NOON + timedelta(seconds=30))
    await settle(hass)

    assert SIGNAL in touched
    assert [entity for entity in touched if "sim_1" not in entity] == []


async def test_a_port_that_becomes_a_sim_shows_what_was_told_before(
    hass: HomeAssistant, pushing: MockConfigEntry, fake_box: FakeBox
) -> None:
    call(fake_box, 3, signal_csq=11, operator="Play")
    await add(hass, pushing, sim(3))

    assert shown(hass, "sensor.cellar_sim_3_signal").state == "-91"


async def test_a_box_that_is_unloaded_is_not_heard(
    hass: HomeAssistant, pushing: MockConfigEntry, fake_box: FakeBox
) -> None:
    runtime = pushing.runtime_data
    await hass.config_entries.async_unload(pushing.entry_id)
    fake_box.listener = runtime
    call(fake_box, 1, signal_csq=1)
    await settle(hass)

    assert runtime.status.data.channel(1).signal_csq == 20
