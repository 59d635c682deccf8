"""What is off until the user enables it: switching modules, restarting, private facts."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import (
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    EntityCategory,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.gsm_gateway.gateways.model import ChannelUnavailable
from tests.integration.entries import goip_entry, set_up, settle, shown, sim
from tests.integration.fakes import FakeBox
from tests.integration.scene import ANNA, act, device_id, wired
from tests.messaging.hand_clock import settle as all_wait

MODULE = "switch.cellar_sim_1_radio_module"
RESTART = "button.cellar_restart"
RESTART_MODULE = "button.cellar_sim_1_restart_module"


@pytest.fixture
def fake_box() -> FakeBox:
    """A box that lets itself be switched."""
    box = FakeBox(has_switches=True)
    box.change(
        1,
        module_on=True,
        number="+48600700800",
        imei="861111111111111",
        imsi="260031234567890",
        iccid="8948031234567890123",
    )
    return box


@pytest.fixture
def enabled() -> Iterator[None]:
    """Enable what a user would have to enable."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True
    ):
        yield


async def press(hass: HomeAssistant, entity_id: str) -> None:
    """Press a button."""
    data = {"entity_id": entity_id}
    await hass.services.async_call("button", "press", data, blocking=True)


async def turn(hass: HomeAssistant, state: str) -> None:
    """Switch the module of the first SIM."""
    data = {"entity_id": MODULE}
    await hass.services.async_call("switch", f"turn_{state}", data, blocking=True)


async def poll(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let the next reading of the status come."""
    freezer.tick(timedelta(minutes=1))
    async_fire_time_changed(hass)
    await settle(hass)


async def test_what_is_disabled_until_the_user_enables_it(
    hass: HomeAssistant, cellar: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    entries = er.async_entries_for_config_entry(entity_registry, cellar.entry_id)
    disabled = {e.entity_id: e.entity_category for e in entries if e.disabled}

    diagnostic, config = EntityCategory.DIAGNOSTIC, EntityCategory.CONFIG
    assert disabled == {
        "sensor.cellar_sim_1_own_number": diagnostic,
        "sensor.cellar_sim_1_imei": diagnostic,
        "sensor.cellar_sim_1_imsi": diagnostic,
        "sensor.cellar_sim_1_iccid": diagnostic,
        MODULE: config,
        "switch.cellar_sim_2_radio_module": config,
        RESTART: config,
        RESTART_MODULE: config,
        "button.cellar_sim_2_restart_module": config,
    }


async def test_facts_of_module_and_card(
    hass: HomeAssistant, enabled: None, cellar: MockConfigEntry
) -> None:
    told = {
        key: shown(hass, f"sensor.cellar_sim_1_{key}").state
        for key in ("own_number", "imei", "imsi", "iccid")
    }

    assert told == {
        "own_number": "+48600700800",
        "imei": "861111111111111",
        "imsi": "260031234567890",
        "iccid": "8948031234567890123",
    }


async def test_a_module_is_off_as_soon_as_the_box_took_the_order(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    enabled: None,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
) -> None:
    assert shown(hass, MODULE).state == STATE_ON
    await turn(hass, "off")
    assert fake_box.switched == [(1, False)]
    assert shown(hass, MODULE).state == STATE_OFF

    fake_box.change(1, module_on=False)
    await poll(hass, freezer)
    assert shown(hass, MODULE).state == STATE_OFF

    await turn(hass, "on")
    assert fake_box.switched == [(1, False), (1, True)]
    assert shown(hass, MODULE).state == STATE_ON


async def test_the_box_knows_better_than_the_user(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    enabled: None,
    cellar: MockConfigEntry,
) -> None:
    await turn(hass, "off")
    await poll(hass, freezer)

    assert shown(hass, MODULE).state == STATE_ON


async def test_a_module_that_is_silent_can_be_switched_on(
    hass: HomeAssistant, enabled: None, fake_box: FakeBox
) -> None:
    fake_box.pushes_status = True
    fake_box.change(1, module_on=False)
    with wired(cellar=fake_box):
        await set_up(hass, goip_entry(sim(1), host="cellar"))
        signal = "sensor.cellar_sim_1_signal"
        assert shown(hass, signal).state == STATE_UNAVAILABLE

        await turn(hass, "on")
    assert shown(hass, MODULE).state == STATE_ON


async def test_a_box_that_tells_nothing_of_a_module(
    hass: HomeAssistant, enabled: None, cellar: MockConfigEntry
) -> None:
    assert shown(hass, "switch.cellar_sim_2_radio_module").state == STATE_UNKNOWN


async def test_restart(
    hass: HomeAssistant, enabled: None, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await press(hass, RESTART)
    await press(hass, "button.cellar_sim_2_restart_module")

    assert fake_box.restarted == [None, 2]


@pytest.mark.parametrize("what", [MODULE, RESTART_MODULE, RESTART])
async def test_no_sms_is_cut_in_half(
    hass: HomeAssistant,
    enabled: None,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    order: list[str] = []
    begun, gate = asyncio.Event(), asyncio.Event()

    async def send(*_: object, **__: object) -> None:
        begun.set()
        await gate.wait()
        order.append("sent")

    def note(*_: object, **__: object) -> None:
        order.append("switched")

    monkeypatch.setattr(fake_box, "send", send)
    monkeypatch.setattr(fake_box, "_check", note)
    sim = device_id(hass, cellar, "sim1")
    await act(hass, "send_sms", device_id=sim, to=ANNA, message="hello")
    await begun.wait()
    doing = turn(hass, "off") if what == MODULE else press(hass, what)
    switching = asyncio.create_task(doing)
    await all_wait()
    assert order == []
    gate.set()
    await switching
    assert order == ["sent", "switched"]


async def test_a_refusal_is_told_and_changes_nothing(
    hass: HomeAssistant,
    enabled: None,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> None:
        raise ChannelUnavailable("no")

    monkeypatch.setattr(fake_box, "_check", refuse)
    with pytest.raises(HomeAssistantError, match="Cellar SIM 1"):
        await turn(hass, "off")
    assert shown(hass, MODULE).state == STATE_ON
    with pytest.raises(HomeAssistantError, match="Cellar SIM 1"):
        await press(hass, RESTART_MODULE)
    with pytest.raises(HomeAssistantError, match="Cellar"):
        await press(hass, RESTART)


async def test_a_box_that_is_away_cannot_be_switched(
    hass: HomeAssistant, enabled: None, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    await settle(hass)

    for entity in (MODULE, RESTART, RESTART_MODULE):
        assert shown(hass, entity).state == STATE_UNAVAILABLE
