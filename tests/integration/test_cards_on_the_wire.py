"""Cards that change places in simulated boxes, cards that come later, and calls."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.const import (
    EVENT_CALL_RECEIVED,
    EVENT_SMS_RECEIVED,
)
from tests.integration.boxes import box_entry, call_home, goip_data, udp_data
from tests.integration.cards import look, ports
from tests.integration.entries import settle
from tests.integration.repairing import fix, issues
from tests.integration.scene import ANNA, act, device_id
from tests.integration.wires import (
    WIRES,
    SimulatedBox,
    connect,
    link,
    living,
    on_air,
    switched_on,
    wired_entry,
)
from tests.polling import until
from tests.simulator.core.journal import CALL, LOGIN
from tests.simulator.goip.box import GoipBox

UDP = "goip, udp"
SCALE = 20.0


@pytest.fixture(autouse=True)
def fast_life() -> Iterator[None]:
    """Let Home Assistant's half live as fast as the boxes."""
    with living(SCALE):
        yield


@asynccontextmanager
async def set_up_on(
    hass: HomeAssistant, wire: str, port: int, **settings: Any
) -> AsyncGenerator[tuple[SimulatedBox, MockConfigEntry]]:
    """Run a box with two SIMs, set up."""
    async with switched_on(hass, wire, SCALE) as box:
        entry = wired_entry(box, wire, **settings)
        if wire == UDP:
            assert isinstance(box, GoipBox)
            data = goip_data(box, smpp=False) | {"udp": udp_data(port)}
            subentries = [sim.as_dict() for sim in entry.subentries.values()]
            entry = box_entry(box, data, subentries_data=subentries)
            entry.add_to_hass(hass)
            assert await hass.config_entries.async_setup(entry.entry_id)
            await call_home(box, port)
            await link(entry, up=True)
        else:
            await connect(hass, entry)
        await until(lambda: entry.runtime_data.status.looked)
        yield box, entry


async def exchange(box: SimulatedBox) -> None:
    """Let the cards of the first two ports change places."""
    cards = [box.lines[number].sim for number in (2, 1)]
    for number in (1, 2):
        await box.remove_sim(number)
    for number, card in enumerate(cards, start=1):
        assert card is not None
        await box.insert_sim(number, card.number, card.operator, card.imsi, card.iccid)


@pytest.mark.parametrize("wire", [*WIRES, UDP])
async def test_a_sim_sends_by_its_card_wherever_that_is(
    hass: HomeAssistant, port: int, wire: str
) -> None:
    async with set_up_on(hass, wire, port) as (box, entry):
        await exchange(box)
        await look(hass, entry)
        first, second = (f"other_card_{entry.entry_id}_{n}" for n in (1, 2))
        await until(lambda: issues(hass).keys() == {first, second})
        await fix(hass, first, next_step_id="moved")
        assert issues(hass) == {}
        assert ports(entry) == {"sim1": 2, "sim2": 1}

        device = device_id(hass, entry, "sim1")
        await act(hass, "send_sms", device_id=device, to=ANNA, message="hello")
        await until(lambda: on_air(box))
        assert on_air(box) == [(2, ANNA, "hello")]

        events = async_capture_events(hass, EVENT_SMS_RECEIVED)
        await box.receive(2, ANNA, "hello yourself")
        await until(lambda: events)
        assert events[0].data["device_id"] == device
        await look(hass, entry)
        assert issues(hass) == {}


@pytest.mark.parametrize("wire", [*WIRES, UDP])
async def test_a_card_that_is_out_for_a_while_is_the_same_one(
    hass: HomeAssistant, port: int, wire: str
) -> None:
    async with set_up_on(hass, wire, port) as (box, entry):
        before = {key: dict(sim.data) for key, sim in entry.subentries.items()}
        await box.remove_sim(1)
        await look(hass, entry)
        await until(
            lambda: entry.runtime_data.status.data.channel(1).sim_present is False
        )
        await box.insert_sim(1)
        await look(hass, entry)
        await until(lambda: entry.runtime_data.status.data.channel(1).sim_present)
        assert issues(hass) == {}
        after = {key: dict(sim.data) for key, sim in entry.subentries.items()}
        assert after == before


@pytest.mark.parametrize("wire", ["goip, web", "goip, smpp", UDP])
async def test_a_sim_that_comes_later_works_at_once(
    hass: HomeAssistant, port: int, wire: str
) -> None:
    async with set_up_on(hass, wire, port) as (box, entry):
        await box.insert_sim(
            3, "+79990000003", "Tele2", "250200000000003", "8970120003"
        )
        await look(hass, entry)
        await until(lambda: len(ports(entry)) == 3)
        await settle(hass)
        (new,) = ports(entry).keys() - {"sim1", "sim2"}
        assert ports(entry)[new] == 3

        events = async_capture_events(hass, EVENT_SMS_RECEIVED)
        await box.receive(3, ANNA, "welcome")
        await until(lambda: events)
        assert events[0].data["device_id"] == device_id(hass, entry, new)
        device = device_id(hass, entry, new)
        await act(hass, "send_sms", device_id=device, to=ANNA, message="hello")
        await until(lambda: on_air(box))
        assert on_air(box) == [(3, ANNA, "hello")]


async def test_a_sim_that_comes_later_does_not_drop_the_link_of_a_yeastar(
    hass: HomeAssistant,
) -> None:
    async with switched_on(hass, "yeastar", SCALE) as box:
        card = box.lines[2].sim
        await box.remove_sim(2)
        entry = wired_entry(box, "yeastar")
        await connect(hass, entry)
        await look(hass, entry)
        assert ports(entry) == {"sim1": 1}
        logins = len(box.journal.entries(LOGIN))
        box.lines[2].sim = card
        await look(hass, entry)
        assert sorted(ports(entry).values()) == [1, 2]
        assert len(box.journal.entries(LOGIN)) == logins


@pytest.mark.parametrize("rejects", [True, False])
async def test_a_call_is_told_once_and_ended_if_the_user_wants(
    hass: HomeAssistant, port: int, rejects: bool
) -> None:
    async with set_up_on(hass, UDP, port, reject_calls=rejects) as (box, entry):
        assert isinstance(box, GoipBox)
        await until(lambda: entry.runtime_data.gateway.sender.ready(1))
        calls = async_capture_events(hass, EVENT_CALL_RECEIVED)
        await box.call(1, ANNA, record_twice=True)
        await until(lambda: calls)
        await box.call(2, "+48602000000")
        await until(lambda: len(calls) > 1)

        told = [
            (c.data["channel"], c.data["caller"], c.data["rejected"]) for c in calls
        ]
        assert told == [(1, ANNA, rejects), (2, "+48602000000", rejects)]
        ended = [
            entry["by"]
            for entry in box.journal.entries(CALL)
            if entry["event"] == "ended"
        ]
        assert ended == (["udp", "udp"] if rejects else [])
