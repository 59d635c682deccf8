"""Writings of phone numbers with the real drivers, told by the boxes' journals."""

import asyncio
from collections.abc import AsyncGenerator

from homeassistant.core import Event, HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from tests.integration.entries import change, settle, shown
from tests.integration.scene import act, device_id
from tests.integration.wires import (
    WIRES,
    SimulatedBox,
    connect,
    living,
    on_air,
    switched_on,
    wired_entry,
)
from tests.simulator.core.journal import SMS_ON_AIR

SCALE = 20.0
"""Slow enough for a busy machine to answer within the drivers' time limits."""
OLGA = "+79161234567"
WRITINGS = (OLGA, "0079161234567", "8 (916) 123-45-67")
"""One number; the SIMs are Russian."""
FOREIGN = "+491701234567"

type Connected = tuple[SimulatedBox, MockConfigEntry]


@pytest.fixture(params=WIRES)
async def connected(
    request: pytest.FixtureRequest, hass: HomeAssistant
) -> AsyncGenerator[Connected]:
    """A box within reach, and its entry."""
    with living(SCALE):
        async with switched_on(hass, request.param, SCALE) as box:
            entry = wired_entry(box, request.param, pacing=0.0)
            await connect(hass, entry)
            yield box, entry


@pytest.mark.parametrize(
    ("form", "home", "abroad"),
    [
        ("plus", OLGA, FOREIGN),
        ("double_zero", "0079161234567", "00491701234567"),
        ("national", "89161234567", FOREIGN),
    ],
)
async def test_each_sim_dials_the_form_that_it_wants(
    hass: HomeAssistant, connected: Connected, form: str, home: str, abroad: str
) -> None:
    box, entry = connected
    await change(hass, entry, "sim1", number_form=form)

    async def send(to: str, sim: str) -> None:
        where = device_id(hass, entry, sim)
        await act(
            hass,
            "send_sms",
            to=to,
            message="Fire",
            device_id=where,
            wait_for="accepted",
        )

    for number in (*WRITINGS, FOREIGN, "0611"):
        await send(number, "sim1")
    await send(WRITINGS[2], "sim2")
    await box.journal.wait_for_kind(SMS_ON_AIR, 30, line=2)
    await box.journal.wait_for_kind(SMS_ON_AIR, 30, line=1, number="0611")
    dialled = {line: [n for at, n, _ in on_air(box) if at == line] for line in (1, 2)}
    assert dialled == {1: [home, home, home, abroad, "0611"], 2: ["89161234567"]}


@pytest.mark.parametrize("listed", WRITINGS)
async def test_a_sender_is_trusted_in_every_writing(
    hass: HomeAssistant, connected: Connected, listed: str
) -> None:
    box, entry = connected
    await change(hass, entry, "sim1", trusted_senders=[listed, "MyBank"])
    heard: dict[tuple[int, str], bool] = {}
    all_heard = asyncio.Event()

    @callback
    def hear(event: Event) -> None:
        heard[event.data["channel"], event.data["sender"]] = event.data["trusted"]
        if len(heard) == len(senders) + 1:
            all_heard.set()

    hass.bus.async_listen(EVENT_SMS_RECEIVED, hear)
    senders = {
        OLGA: True,
        "89161234567": True,
        "79161234567": True,
        "MyBank": True,
        "+79161234568": False,
        "9161234567890": False,
        FOREIGN: False,
    }

    await box.receive(2, FOREIGN, "to the other SIM")
    for sender in senders:
        if sender is FOREIGN:
            await box.clock.sleep(2)  # the last one by the box's clock, too
        await box.receive(1, sender, f"from {sender}")
    await asyncio.wait_for(all_heard.wait(), 30)
    await settle(hass)

    on_first = {(1, sender): trusted for sender, trusted in senders.items()}
    assert heard == on_first | {(2, FOREIGN): True}
    name = entry.options["notify_name"]
    last = shown(hass, f"event.{name}_sim_1_incoming_sms").attributes
    assert (last["sender"], last["event_type"]) == (FOREIGN, "received_untrusted")
