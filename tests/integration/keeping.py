"""A SIM that is kept alive, the days that pass, and who else sends with it."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from tests.integration.entries import goip_entry, set_up, settle, sim
from tests.integration.fakes import FakeBox, Sent
from tests.integration.scene import ANNA, BOB, act, device_id, wired

KEEP_ALIVE = {"keep_alive_days": 30, "keep_alive_number": ANNA}
HELLO = Sent(channel=1, to=ANNA, text="Hello")


@pytest.fixture
async def home(
    hass: HomeAssistant, fake_box: FakeBox
) -> AsyncGenerator[MockConfigEntry]:
    """An entry with two SIMs; the first one is kept alive since May 1st."""
    await hass.config.async_set_time_zone("UTC")
    entry = goip_entry(sim(1, **KEEP_ALIVE), sim(2), host="cellar")
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        yield entry


async def days(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, count: int = 1
) -> None:
    """Let days pass: at midnight and at noon something may happen."""
    for _ in range(2 * count):
        clock.tick(timedelta(hours=12))
        async_fire_time_changed(hass)
        await settle(hass)


async def send(
    hass: HomeAssistant, entry: MockConfigEntry, sim_id: str, **options: Any
) -> None:
    """Send an SMS by a SIM."""
    device = device_id(hass, entry, sim_id)
    await act(hass, "send_sms", device_id=device, to=BOB, message="hi", **options)


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log says of SMS that were not sent."""
    return [
        record.getMessage()
        for record in [*caplog.get_records("setup"), *caplog.records]
        if record.name.endswith("keep_alive") and record.levelname == "WARNING"
    ]
