"""Voice calls to a SIM, as automations and people see them."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any
from unittest.mock import ANY

from homeassistant.core import CoreState, Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.const import EVENT_CALL_RECEIVED
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.model import NoReply
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.boxes import FOLDED_SIM, sims
from tests.integration.dialog import Dialog
from tests.integration.entries import (
    contact,
    goip_entry,
    set_up,
    settle,
    shown,
    sim,
)
from tests.integration.fakes import FakeBox
from tests.integration.scene import ANNA, BOB, automate, device_id, wired

EVENT = "event.cellar_sim_1_incoming_call"


@pytest.fixture
def fake_box() -> FakeBox:
    """A box that tells of calls."""
    return FakeBox(tells_calls=True)


@pytest.fixture
async def gate(
    hass: HomeAssistant, fake_box: FakeBox
) -> AsyncGenerator[MockConfigEntry]:
    """The entry of a box whose first SIM rejects calls, loaded."""
    entry = goip_entry(
        sim(1, reject_calls=True), sim(2), contact("Anna", ANNA), host="cellar"
    )
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        yield entry


@pytest.fixture
def calls(hass: HomeAssistant) -> list[Event[Any]]:
    """The events about calls."""
    captured: list[Event[Any]] = async_capture_events(hass, EVENT_CALL_RECEIVED)
    return captured


async def watch(hass: HomeAssistant, **trigger: Any) -> None:
    """Note every call that starts an automation."""
    await automate(
        hass,
        {
            "triggers": {"trigger": "gsm_gateway.call_received", **trigger},
            "actions": {"action": "test.note", "data": {"call": "{{ trigger }}"}},
        },
    )


async def test_a_call_is_told_to_bus_entity_and_trigger(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    calls: list[Event[Any]],
    runs: list[dict[str, Any]],
) -> None:
    await watch(hass)
    fake_box.ring(ANNA)
    await settle(hass)

    (call,) = calls
    assert call.data == {
        "config_entry_id": cellar.entry_id,
        "device_id": device_id(hass, cellar, "sim1"),
        "entity_id": EVENT,
        "gateway": "Cellar",
        "channel": 1,
        "sim": "Cellar SIM 1",
        "caller": ANNA,
        "contact": "Anna",
        "received_at": ANY,
        "rejected": False,
    }
    (run,) = runs
    assert call.data.items() <= run["call"].items()
    shown_of_call = dict(shown(hass, EVENT).attributes)
    told = ("caller", "contact", "received_at", "rejected")
    assert {name: shown_of_call[name] for name in told} == {
        name: call.data[name] for name in told
    }
    assert shown_of_call["event_type"] == "received"
    assert shown(hass, "event.cellar_sim_2_incoming_call").state == "unknown"
    assert fake_box.dropped == []


async def test_a_box_that_tells_of_no_calls_has_no_entity_for_them(
    hass: HomeAssistant,
) -> None:
    entry = goip_entry(sim(1), host="cellar")
    with wired(cellar=FakeBox()):
        await set_up(hass, entry)
        assert hass.states.get(EVENT) is None
        dialog = await Dialog.subentry(hass, entry, "sim", "sim1")
        await dialog.choose("change")
    assert dialog.folded().keys() == FOLDED_SIM.keys()


@pytest.mark.parametrize(
    ("callers", "heard"),
    [
        ("601 234 567", [ANNA]),
        ([48601234567, BOB], [ANNA, BOB]),
        (["234567"], []),
        ([], [ANNA, BOB, ""]),
    ],
)
async def test_a_trigger_that_names_callers(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
    callers: object,
    heard: list[str],
) -> None:
    """Whole numbers count, and a caller who hides the number is nobody of them."""
    await watch(hass, options={"caller": callers})
    for caller in (ANNA, BOB, ""):
        fake_box.ring(caller)
        await settle(hass)
    assert [run["call"]["caller"] for run in runs] == heard


async def test_a_trigger_that_names_a_sim(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
) -> None:
    await watch(hass, target={"device_id": device_id(hass, cellar, "sim2")})
    fake_box.ring(ANNA, channel=1)
    fake_box.ring(BOB, channel=2)
    await settle(hass)
    assert [run["call"]["caller"] for run in runs] == [BOB]


async def test_a_port_without_a_sim_of_ours(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    calls: list[Event[Any]],
) -> None:
    fake_box.ring(channel=4)
    await settle(hass)
    (call,) = calls
    assert call.data["device_id"] == device_id(hass, cellar)
    told = [call.data[name] for name in ("entity_id", "channel", "sim", "rejected")]
    assert told == [None, 4, None, False]


async def test_a_sim_that_rejects_calls(
    hass: HomeAssistant,
    gate: MockConfigEntry,
    fake_box: FakeBox,
    calls: list[Event[Any]],
) -> None:
    fake_box.ring(channel=1)
    fake_box.ring(channel=2)
    await settle(hass)
    assert fake_box.dropped == [1]
    assert {c.data["channel"]: c.data["rejected"] for c in calls} == {1: True, 2: False}


async def test_a_second_call_does_not_hide_one_that_is_being_rejected(
    hass: HomeAssistant,
    gate: MockConfigEntry,
    fake_box: FakeBox,
    calls: list[Event[Any]],
) -> None:
    fake_box.ringing = asyncio.Event()
    fake_box.ring(ANNA)
    fake_box.ring(BOB)
    assert calls == []
    fake_box.ringing.set()
    await settle(hass)
    assert [call.data["caller"] for call in calls] == [ANNA, BOB]


async def test_a_call_that_could_not_be_rejected_is_told_nevertheless(
    hass: HomeAssistant,
    gate: MockConfigEntry,
    fake_box: FakeBox,
    calls: list[Event[Any]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake_box.drops = NoReply("nothing came")
    fake_box.ring(ANNA)
    await settle(hass)
    assert [call.data["rejected"] for call in calls] == [False]
    (told,) = [r for r in caplog.records if r.levelname == "WARNING"]
    assert told.getMessage() == "Cellar did not reject a call on port 1: nothing came"


async def test_a_box_that_takes_too_long_to_reject(
    hass: HomeAssistant,
    gate: MockConfigEntry,
    fake_box: FakeBox,
    calls: list[Event[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hass.data[MESSENGER], "clock", Clock(1000.0))
    fake_box.ringing = asyncio.Event()
    fake_box.ring()
    await settle(hass)
    assert [call.data["rejected"] for call in calls] == [False]


async def test_a_disabled_sim_rejects_nothing(
    hass: HomeAssistant,
    gate: MockConfigEntry,
    fake_box: FakeBox,
    calls: list[Event[Any]],
) -> None:
    dr.async_get(hass).async_update_device(
        device_id(hass, gate, "sim1"), disabled_by=dr.DeviceEntryDisabler.USER
    )
    await settle(hass)
    fake_box.ring()
    await settle(hass)
    assert fake_box.dropped == []
    assert [call.data["entity_id"] for call in calls] == [None]


@pytest.mark.parametrize("state", [CoreState.starting, CoreState.stopping])
async def test_a_call_that_no_automation_would_hear_goes_on_ringing(
    hass: HomeAssistant,
    gate: MockConfigEntry,
    fake_box: FakeBox,
    calls: list[Event[Any]],
    state: CoreState,
) -> None:
    hass.set_state(state)
    fake_box.ring()
    hass.set_state(CoreState.running)
    await settle(hass)
    assert (fake_box.dropped, calls) == ([], [])


async def test_the_setting_is_there_where_the_box_can(
    hass: HomeAssistant, gate: MockConfigEntry
) -> None:
    dialog = await Dialog.subentry(hass, gate, "sim", "sim2")
    await dialog.choose("change")
    assert dialog.suggested("calls", "reject_calls") is False
    plain = {"balance_interval": 24, "use_for_sending": "always"}
    await dialog.fill(**plain, **FOLDED_SIM, calls={"reject_calls": True})
    assert sims(gate)["sim_2"]["reject_calls"] is True
