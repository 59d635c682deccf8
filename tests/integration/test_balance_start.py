"""What is asked at the start is told to automations that are there by then."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
import pytest

from tests.integration.asking import ONE_QUESTION, later
from tests.integration.entries import BALANCE, goip_entry, set_up, sim
from tests.integration.fakes import FakeBox
from tests.integration.watching import Watched

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")


async def test_nobody_is_asked_before_home_assistant_has_started(
    hass: HomeAssistant, poor_box: FakeBox, freezer: FrozenDateTimeFactory
) -> None:
    hass.set_state(CoreState.not_running)
    await set_up(hass, goip_entry(sim(1, **BALANCE, balance_low=20.0), host="cellar"))
    await later(hass, freezer, minutes=2)
    assert poor_box.dialled == []

    watched = await Watched.of(hass, platform="gsm_gateway.balance_low")
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await later(hass, freezer, minutes=1)

    assert poor_box.dialled == ONE_QUESTION
    assert [start["balance"] for start in watched.started] == [12.5]
