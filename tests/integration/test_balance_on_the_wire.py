"""Balances with the real drivers, against simulated boxes over loopback."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.balances import SIGNAL_BALANCE_READ, BalanceRead
from tests.integration.entries import asked_just_now
from tests.integration.scene import ANNA, act, device_id
from tests.integration.wires import (
    WIRES,
    SimulatedBox,
    connect,
    living,
    seconds,
    switched_on,
    wired_entry,
)
from tests.simulator.core.journal import SMS_ON_AIR, USSD_DIALLED

SCALE = 30.0
CODE: dict[str, Any] = {
    "balance_code": "*100#",
    "balance_interval": 24,
    "currency": "RUB",
}

type Home = tuple[SimulatedBox, MockConfigEntry]


@pytest.fixture(autouse=True)
def fast() -> Iterator[None]:
    """Live as fast as the boxes."""
    with living(SCALE):
        yield


@pytest.fixture(params=WIRES)
async def home(
    hass: HomeAssistant, request: pytest.FixtureRequest
) -> AsyncGenerator[Home]:
    """A box whose SIM was asked an hour ago, with the link up."""
    async with switched_on(hass, request.param, SCALE) as box:
        entry = wired_entry(box, request.param, sims=1, **CODE)
        asked_just_now(hass, entry, "sim1", ago=timedelta(hours=1))
        await box.ussd_answer(1, "*100#", text="Balance: 57.20 RUB")
        await connect(hass, entry)
        yield box, entry


def hears(hass: HomeAssistant, entry: MockConfigEntry) -> asyncio.Queue[BalanceRead]:
    """Return what will be read."""
    told: asyncio.Queue[BalanceRead] = asyncio.Queue()

    @callback
    def listen(news: BalanceRead) -> None:
        told.put_nowait(news)

    signal = SIGNAL_BALANCE_READ.format("sim1")
    entry.async_on_unload(async_dispatcher_connect(hass, signal, listen))
    return told


async def test_an_sms_out_is_one_question_two_minutes_later(
    hass: HomeAssistant, home: Home
) -> None:
    box, entry = home
    told = hears(hass, entry)
    first = device_id(hass, entry, "sim1")
    await act(hass, "send_sms", to=ANNA, message="hello", device_id=first)
    await box.journal.wait_for_kind(SMS_ON_AIR, 30, number=ANNA)
    async with asyncio.timeout(30):
        news = await told.get()

    (sent,) = box.journal.entries(SMS_ON_AIR)
    (dialled,) = box.journal.entries(USSD_DIALLED)
    assert (dialled.line, dialled["code"]) == (1, "*100#")
    assert seconds(sent, dialled) > 110
    assert str(news.reading.amount) == "57.20"


async def test_the_sms_after_an_accepted_question_is_the_answer(
    hass: HomeAssistant, home: Home
) -> None:
    box, entry = home
    told = hears(hass, entry)
    accepted = "Your request is accepted"
    await box.ussd_answer(1, "*100#", text=accepted)
    first = device_id(hass, entry, "sim1")
    response = await act(hass, "refresh_balance", device_id=first)
    assert response == {"balance": None, "currency": None, "answer": accepted}

    await box.receive(1, "+79161234567", "Balance: 99.00 RUB")
    await box.receive(1, "MTS", "Balance: 43.10 RUB")
    async with asyncio.timeout(30):
        news = await told.get()
    assert str(news.reading.amount) == "43.10"
    assert told.empty()
    assert len(box.journal.entries(USSD_DIALLED)) == 1


async def test_a_code_is_tried_in_a_port_that_has_no_sim_of_ours(
    hass: HomeAssistant, home: Home
) -> None:
    box, entry = home
    await box.ussd_answer(2, "*105#", text="Balance: 12.00 RUB")
    balances = entry.runtime_data.balances
    tried = await balances.try_code(2, ["*105#"])
    assert tried.answer.text == "Balance: 12.00 RUB"
    (dialled,) = box.journal.entries(USSD_DIALLED)
    assert (dialled.line, dialled["code"]) == (2, "*105#")
