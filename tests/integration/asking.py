"""A box whose SIM has money, the time that passes, and who asks for the balance."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.gsm_gateway.balance.readings import Reading
from tests.integration.entries import BALANCE, goip_entry, set_up, settle, sim
from tests.integration.fakes import FakeBox
from tests.integration.repairing import issues
from tests.integration.scene import act, device_id, on_the_air, wired

VALUE = "sensor.cellar_sim_1_balance"
CHECKED = "sensor.cellar_sim_1_last_balance_check"
BUTTON = "button.cellar_sim_1_refresh_balance"
ONE_QUESTION = [(1, "*100#")]


@pytest.fixture
def poor_box(fake_box: FakeBox) -> Iterator[FakeBox]:
    """A box whose SIMs have 12.50 PLN, wired as `cellar`."""
    fake_box.answers = {1: "Saldo: 12,50 PLN", 2: "Saldo: 3,00 PLN"}
    with wired(cellar=fake_box):
        yield fake_box


@pytest.fixture
def wishes() -> dict[str, Any]:
    """What the user has set for the questions to the SIM; a test module may want other things."""
    return {}


@pytest.fixture
async def asked(
    hass: HomeAssistant,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    wishes: dict[str, Any],
) -> MockConfigEntry:
    """The entry of a box whose only SIM has just been asked."""
    entry = goip_entry(sim(1, **BALANCE | wishes), host="cellar")
    await set_up(hass, entry)
    await later(hass, freezer, minutes=1)
    assert poor_box.dialled == ONE_QUESTION
    return entry


async def later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **time: float
) -> None:
    """Let time pass."""
    freezer.tick(timedelta(**time))
    async_fire_time_changed(hass)
    await settle(hass)


async def press(hass: HomeAssistant) -> None:
    """Press the button of the first SIM."""
    await hass.services.async_call(
        "button", "press", {"entity_id": BUTTON}, blocking=True
    )
    await settle(hass)


async def text(hass: HomeAssistant, entry: ConfigEntry, box: FakeBox) -> None:
    """Send an SMS with the first SIM."""
    first, before = device_id(hass, entry, "sim1"), len(box.sent)
    number = f"+4860100000{before}"
    await act(hass, "send_sms", to=number, message="hello", device_id=first)
    await on_the_air(box, before + 1)
    await settle(hass)


def raised(hass: HomeAssistant) -> dict[str | None, ir.IssueEntry]:
    """Return the repairs that are open, by the key of their texts."""
    return {
        issue.translation_key: issue for issue in issues(hass).values() if issue.active
    }


def measured(entry: ConfigEntry, sim_id: str = "sim1") -> list[tuple[str, int]]:
    """Return the amounts that were read of a SIM, and the parts sent before each."""
    readings: list[Reading] = entry.runtime_data.balances.readings(sim_id)
    return [(str(reading.amount), reading.parts) for reading in readings]
