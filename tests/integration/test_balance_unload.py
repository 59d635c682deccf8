"""Questions under way while their box is unloaded, and what the operator cannot help."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, override
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.balance_store import BalanceStore
from custom_components.gsm_gateway.const import DOMAIN
from custom_components.gsm_gateway.gateways.model import UssdReply
from custom_components.gsm_gateway.gateways.ports import Gateway
from tests.integration.asking import later, raised
from tests.integration.entries import (
    BALANCE,
    goip_entry,
    kept_balances,
    set_up,
    settle,
    sim,
)
from tests.integration.fakes import FakeBox
from tests.integration.restarting import restarted
from tests.integration.scene import device_id, wired

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")

SALDO = "Saldo: 12,50 PLN"


class SlowBox(FakeBox):
    """A box whose operator takes his time, and which is slow to hang up."""

    def __init__(self) -> None:
        """Let the operator answer, and hang up, when the test says so."""
        super().__init__()
        self.answer = SALDO
        self.dials = asyncio.Event()
        self.answers_now = asyncio.Event()
        self.hangs_up = asyncio.Event()
        self.hangs_up.set()

    @override
    def gateway(self) -> Gateway:
        return replace(super().gateway(), ussd_closer=self)

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        self.dials.set()
        self.dialled.append((channel, code))
        await self.answers_now.wait()
        return UssdReply(text=self.answer)

    async def close_ussd(self, channel: int) -> None:
        """Hang up."""
        await self.hangs_up.wait()

    async def dialling(self) -> None:
        """Wait for the next question."""
        async with asyncio.timeout(10):
            await self.dials.wait()
        self.dials.clear()


@pytest.fixture
async def slow_box() -> SlowBox:
    """The box in the cellar."""
    return SlowBox()


@pytest.fixture
async def entry(
    hass: HomeAssistant, slow_box: SlowBox
) -> AsyncGenerator[MockConfigEntry]:
    """The entry of that box; its only SIM is not asked yet."""
    found = goip_entry(sim(1, **BALANCE), host="cellar")
    with wired(cellar=slow_box):
        await set_up(hass, found)
        yield found


async def by_itself(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> asyncio.Task[None] | None:
    """Let the question be due."""
    await later(hass, freezer, hours=25)
    return None


async def by_hand(
    hass: HomeAssistant, _freezer: FrozenDateTimeFactory
) -> asyncio.Task[None]:
    """Call the action."""
    device = {
        "device_id": device_id(
            hass, hass.config_entries.async_entries(DOMAIN)[0], "sim1"
        )
    }

    async def called() -> None:
        with suppress(HomeAssistantError):
            await hass.services.async_call(
                DOMAIN, "refresh_balance", device, blocking=True, return_response=True
            )

    return asyncio.create_task(called())


type Asks = Callable[
    [HomeAssistant, FrozenDateTimeFactory], Awaitable[asyncio.Task[None] | None]
]


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the warnings about balances."""
    return [
        record.getMessage()
        for record in caplog.records
        if "balance" in record.name and record.levelname == "WARNING"
    ]


@pytest.mark.parametrize("asks", [by_itself, by_hand])
async def test_reloads_are_no_silence_of_the_operator(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    slow_box: SlowBox,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    asks: Asks,
) -> None:
    for _ in range(3):
        asking = await asks(hass, freezer)
        await slow_box.dialling()
        kept = await kept_balances(hass, entry)
        await hass.config_entries.async_reload(entry.entry_id)
        await settle(hass)
        if asking:
            await asking
        assert await kept_balances(hass, entry) == kept, "it stays noted as asked"
    await later(hass, freezer, minutes=1)

    assert len(slow_box.dialled) == 3
    assert entry.runtime_data.balances.known("sim1").silent == 0
    assert raised(hass) == {}
    assert complaints(caplog) == []


async def test_what_ends_after_the_reload_writes_and_tells_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    slow_box: SlowBox,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The box hangs up on the question after the SIM was asked anew."""
    hangs_up = slow_box.hangs_up = asyncio.Event()
    asking = await by_hand(hass, freezer)
    await slow_box.dialling()
    await hass.config_entries.async_reload(entry.entry_id)
    slow_box.hangs_up = asyncio.Event()
    slow_box.hangs_up.set()
    slow_box.answers_now.set()
    await (await by_hand(hass, freezer))
    assert not asking.done()
    kept = await kept_balances(hass, entry)
    assert kept["sim1"]["balance"] == "12.50"

    hangs_up.set()
    await asking
    await settle(hass)
    assert await kept_balances(hass, entry) == kept
    assert complaints(caplog) == []


async def test_who_waits_behind_a_question_dials_no_box_that_is_unloaded(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    slow_box: SlowBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    asking = [await by_hand(hass, freezer) for _ in range(3)]
    await slow_box.dialling()
    await settle(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await asyncio.gather(*asking)
    assert slow_box.dialled == [(1, "*100#")]


async def test_a_stop_of_home_assistant_is_no_silence_of_the_operator(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    slow_box: SlowBox,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asking = await by_hand(hass, freezer)
    await slow_box.dialling()
    async with restarted(hass, entry) as again:
        await asking
        found = (await kept_balances(again, entry))["sim1"]
        assert found["silent"] == 0
        assert found["schedule"]["last_asked"] == "2026-05-01T10:00:00+00:00"
        await later(again, freezer, hours=2)
        assert len(slow_box.dialled) == 1
    assert complaints(caplog) == []


async def test_an_answer_that_goes_to_disk_meanwhile_is_told_to_nobody(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    slow_box: SlowBox,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    slow_box.answer = "Saldo: 4,00 EUR"
    slow_box.answers_now.set()
    writes, disk = asyncio.Event(), asyncio.Event()
    save = BalanceStore.async_save

    async def slowly(store: BalanceStore, *facts: Any) -> None:
        await save(store, *facts)
        if slow_box.dialled:
            writes.set()
            await disk.wait()

    with patch.object(BalanceStore, "async_save", slowly):
        asking = await by_hand(hass, freezer)
        async with asyncio.timeout(10):
            await writes.wait()
        assert await hass.config_entries.async_unload(entry.entry_id)
        disk.set()
        await asking
    await settle(hass)
    assert raised(hass) == {}
    assert complaints(caplog) == []
