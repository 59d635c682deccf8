"""A box whose SIMs tell what money they have."""

from collections.abc import AsyncGenerator
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from tests.integration.entries import (
    BALANCE,
    asked_just_now,
    goip_entry,
    set_up,
    settle,
    sim,
)
from tests.integration.fakes import FakeBox
from tests.integration.scene import act, device_id, wired


@pytest.fixture
async def purse(
    hass: HomeAssistant, fake_box: FakeBox
) -> AsyncGenerator[MockConfigEntry]:
    """Its entry, loaded: the first SIM is low below 5, the second has no threshold.

    Local time is UTC.
    """
    await hass.config.async_set_time_zone("UTC")
    entry = goip_entry(
        sim(1, **BALANCE, balance_low=5.0), sim(2, **BALANCE), host="cellar"
    )
    asked_just_now(hass, entry, "sim1", "sim2")
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        yield entry


async def tell(
    hass: HomeAssistant,
    box: FakeBox,
    amount: str,
    *,
    until: str = "",
    number: int = 1,
    clock: FrozenDateTimeFactory | None = None,
) -> None:
    """Let an operator tell a balance, with a clock a minute later."""
    if clock is not None:
        clock.tick(timedelta(minutes=1))
    box.answers[number] = f"Saldo: {amount} PLN" + (f", wazne do {until}" * bool(until))
    (entry,) = hass.config_entries.async_loaded_entries("gsm_gateway")
    await act(hass, "refresh_balance", device_id=device_id(hass, entry, f"sim{number}"))


async def go_to(hass: HomeAssistant, clock: FrozenDateTimeFactory, moment: str) -> None:
    """Let time pass."""
    clock.move_to(f"{moment}+00:00")
    async_fire_time_changed(hass)
    await settle(hass)
