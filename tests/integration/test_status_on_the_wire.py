"""What boxes tell of their lines and let be switched, over the wire."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
import logging
from typing import Any
from unittest.mock import patch

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.boxes import box_entry, call_home, goip_data, running, udp_data
from tests.integration.entries import line, shown, sim
from tests.integration.wires import connect, link, living
from tests.simulator.core.clock import Clock
from tests.simulator.goip.box import GoipBox
from tests.simulator.yeastar.box import YeastarBox

SCALE = 20.0
"""Both sides live so many times as fast: a keepalive every 1.5 s, gone after 4.6 s."""
PREFIX = "goip_sim_1_"
SIGNAL = f"sensor.{PREFIX}signal"
OPERATOR = f"sensor.{PREFIX}operator"
REGISTRATION = f"binary_sensor.{PREFIX}registration"
LINE_STATE = f"sensor.{PREFIX}line_state"
LAST_SEEN = f"sensor.{PREFIX}last_seen"
MODULE = f"switch.{PREFIX}radio_module"
CONNECTED = "binary_sensor.goip_connected"


@pytest.fixture(autouse=True)
def enabled() -> Iterator[None]:
    """Enable what a user would have to enable."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True
    ):
        yield


@pytest.fixture
async def box(hass: HomeAssistant) -> AsyncGenerator[GoipBox]:
    """A GoIP with two SIMs that lives as fast as Home Assistant's half."""
    with living(SCALE):
        async with running(hass, GoipBox(clock=Clock(SCALE))) as box:
            yield box


@pytest.fixture
async def pushing(hass: HomeAssistant, box: GoipBox, port: int) -> MockConfigEntry:
    """Its entry, loaded; its lines call, and have done so."""
    await call_home(box, port)
    data = goip_data(box, smpp=False) | {"udp": udp_data(port)}
    entry = box_entry(box, data)
    await connect(hass, entry)
    await until(hass, SIGNAL, lambda state: state.state == "-73")
    await until(hass, "sensor.goip_sim_2_signal", lambda state: state.state == "-73")
    return entry


async def until(
    hass: HomeAssistant, entity_id: str, met: Callable[[State], bool]
) -> State:
    """Wait until an entity is as it should be, and return its state."""
    news = asyncio.Event()

    @callback
    def changed(_event: Event[Any]) -> None:
        news.set()

    stop = async_track_state_change_event(hass, entity_id, changed)
    try:
        async with asyncio.timeout(20):
            while not ((state := hass.states.get(entity_id)) and met(state)):
                news.clear()
                await news.wait()
            return state
    finally:
        stop()


async def becomes(hass: HomeAssistant, entity_id: str, value: str) -> None:
    """Wait until an entity has this state."""
    await until(hass, entity_id, lambda state: state.state == value)


async def act(hass: HomeAssistant, action: str, entity_id: str) -> None:
    """Press a button, or turn a switch."""
    domain = entity_id.partition(".")[0]
    data = {"entity_id": entity_id}
    await hass.services.async_call(domain, action, data, blocking=True)


async def test_keepalives_are_shown(
    hass: HomeAssistant, pushing: MockConfigEntry, box: GoipBox
) -> None:
    assert shown(hass, OPERATOR).state == box.line(1).operator
    assert shown(hass, REGISTRATION).state == STATE_ON
    card = box.line(1).sim
    assert card is not None
    told = {"imsi": card.imsi, "iccid": card.iccid, "own_number": card.number}
    for key, value in told.items():
        assert shown(hass, f"sensor.{PREFIX}{key}").state == value

    await box.signal(1, 9)
    await becomes(hass, SIGNAL, "-95")
    await box.network(1, False)
    await becomes(hass, REGISTRATION, STATE_OFF)
    assert shown(hass, SIGNAL).state == STATE_UNAVAILABLE
    assert shown(hass, OPERATOR).state == STATE_UNAVAILABLE
    assert line(hass, next(iter(pushing.subentries))).registered is False
    assert shown(hass, "sensor.goip_sim_2_signal").state == "-73"


async def test_the_pages_are_read_once(
    hass: HomeAssistant, pushing: MockConfigEntry, box: GoipBox
) -> None:
    seen = {shown(hass, LAST_SEEN).state}
    while len(seen) < 4:
        state = await until(hass, LAST_SEEN, lambda state: state.state not in seen)
        seen.add(state.state)

    assert box.requests["status.xml"] == 3, "one for the lines, the cards, the box"


async def test_a_sim_whose_line_has_no_id_is_added_live(
    hass: HomeAssistant, box: GoipBox, port: int
) -> None:
    await call_home(box, port)
    udp = udp_data(port, udp_ids=["home-1"])
    data = goip_data(box, smpp=False) | {"udp": udp}
    entry = box_entry(box, data, subentries_data=[sim(1)])
    await connect(hass, entry)
    before = entry.runtime_data
    await until(hass, "sensor.goip_sim_2_sent_today", lambda state: True)

    assert entry.runtime_data is before
    assert shown(hass, CONNECTED).state == STATE_ON


async def test_a_call_is_seen_on_the_line(
    hass: HomeAssistant, pushing: MockConfigEntry, box: GoipBox
) -> None:
    await box.call(1, "+79990001122")
    await becomes(hass, LINE_STATE, "incoming")
    await box.hangup(1)
    await becomes(hass, LINE_STATE, "idle")


async def test_a_line_that_moves_is_followed_and_told_once(
    hass: HomeAssistant,
    pushing: MockConfigEntry,
    box: GoipBox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = shown(hass, LAST_SEEN).attributes["address"]
    await box.udp_port_change(1)
    state = await until(
        hass, LAST_SEEN, lambda state: state.attributes["address"] != before
    )

    after = state.attributes["address"]
    assert after.startswith("127.0.0.1:")
    told = [
        record.getMessage()
        for record in caplog.records
        if record.levelno == logging.INFO and after in record.getMessage()
    ]
    assert len(told) == 1
    assert before in told[0]


async def test_one_line_falls_silent_and_the_other_goes_on(
    hass: HomeAssistant, pushing: MockConfigEntry, box: GoipBox
) -> None:
    await box.udp_silence(True, line=1)
    await becomes(hass, SIGNAL, STATE_UNAVAILABLE)

    assert shown(hass, REGISTRATION).state == STATE_UNAVAILABLE
    assert shown(hass, "sensor.goip_sim_2_signal").state == "-73"
    assert shown(hass, CONNECTED).state == STATE_ON
    assert shown(hass, LAST_SEEN).state != STATE_UNAVAILABLE

    await box.udp_silence(False, line=1)
    await becomes(hass, SIGNAL, "-73")


async def test_a_reload_hears_the_lines_again(
    hass: HomeAssistant, pushing: MockConfigEntry, box: GoipBox
) -> None:
    await hass.config_entries.async_reload(pushing.entry_id)
    assert shown(hass, SIGNAL).state == STATE_UNAVAILABLE

    await becomes(hass, SIGNAL, "-73")


async def test_a_module_is_switched_by_udp(
    hass: HomeAssistant, pushing: MockConfigEntry, box: GoipBox
) -> None:
    await becomes(hass, MODULE, STATE_ON)
    await act(hass, "turn_off", MODULE)
    assert box.line(1).module_on is False
    assert shown(hass, MODULE).state == STATE_OFF
    await becomes(hass, REGISTRATION, STATE_OFF)

    await act(hass, "turn_on", MODULE)
    assert box.line(1).module_on is True
    assert shown(hass, MODULE).state == STATE_ON
    await becomes(hass, REGISTRATION, STATE_ON)


async def test_module_and_box_restart_by_udp(
    hass: HomeAssistant, pushing: MockConfigEntry, box: GoipBox
) -> None:
    await act(hass, "press", f"button.{PREFIX}restart_module")
    await becomes(hass, REGISTRATION, STATE_OFF)
    await becomes(hass, REGISTRATION, STATE_ON)

    await box.option("reboot_seconds", "120")
    await act(hass, "press", "button.goip_restart")
    await becomes(hass, CONNECTED, STATE_OFF)
    assert shown(hass, SIGNAL).state == STATE_UNAVAILABLE
    assert shown(hass, LAST_SEEN).state != STATE_UNAVAILABLE
    await becomes(hass, CONNECTED, STATE_ON)
    await becomes(hass, SIGNAL, "-73")


@pytest.mark.parametrize("smpp", [False, True], ids=["web", "smpp"])
async def test_a_module_is_switched_by_the_pages(
    hass: HomeAssistant, goip_box: GoipBox, smpp: bool
) -> None:
    entry = box_entry(goip_box, goip_data(goip_box, smpp=smpp))
    await connect(hass, entry)
    await becomes(hass, MODULE, STATE_ON)
    assert hass.states.get(f"button.{PREFIX}restart_module") is None

    await act(hass, "turn_off", MODULE)
    assert goip_box.line(1).module_on is False
    assert goip_box.line(2).module_on is True
    assert shown(hass, MODULE).state == STATE_OFF
    await entry.runtime_data.status.async_refresh()
    assert shown(hass, MODULE).state == STATE_OFF

    await act(hass, "turn_on", MODULE)
    assert goip_box.line(1).module_on is True


async def test_a_box_restarts_by_its_pages(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    entry = box_entry(goip_box, goip_data(goip_box))
    await connect(hass, entry)
    await act(hass, "press", "button.goip_restart")

    assert goip_box.requests["reboot.html"] == 1
    await link(entry, up=False)


async def test_a_yeastar_tells_the_state_of_its_lines(
    hass: HomeAssistant, yeastar_box: YeastarBox, known_yeastar: MockConfigEntry
) -> None:
    state = "sensor.tg200_sim_1_line_state"
    await hass.config_entries.async_setup(known_yeastar.entry_id)
    await becomes(hass, state, "idle")

    await yeastar_box.say(1, state="SMS SENDING")
    await known_yeastar.runtime_data.status.async_refresh()
    assert shown(hass, state).state == "busy"
    assert shown(hass, "sensor.tg200_sim_2_line_state").state == "idle"
    assert hass.states.get("button.tg200_restart") is None


async def test_a_module_of_a_yeastar_is_switched(
    hass: HomeAssistant, yeastar_box: YeastarBox, known_yeastar: MockConfigEntry
) -> None:
    module = "switch.tg200_sim_2_radio_module"
    await hass.config_entries.async_setup(known_yeastar.entry_id)
    await becomes(hass, module, STATE_ON)

    await act(hass, "turn_off", module)
    assert yeastar_box.line(2).module_on is False
    assert yeastar_box.line(1).module_on is True
    await known_yeastar.runtime_data.status.async_refresh()
    assert shown(hass, module).state == STATE_OFF
    assert shown(hass, "binary_sensor.tg200_sim_2_registration").state == STATE_OFF

    await act(hass, "turn_on", module)
    assert yeastar_box.line(2).module_on is True
