"""What each SIM has sent, and what waits for it."""

from datetime import timedelta
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from tests.integration.entries import add, set_up, settle, shown, sim
from tests.integration.fakes import FakeBox
from tests.integration.scene import (
    ANNA,
    BOB,
    act,
    attic_entry,
    device_id,
    on_the_air,
    wired,
)

LONG = "x" * 161
"""Two SMS, where the box counts as the network does."""


def told(hass: HomeAssistant, key: str, sims: tuple[int, ...] = (1, 2)) -> list[str]:
    """Return what the sensors of the cellar's SIMs show."""
    return [shown(hass, f"sensor.cellar_sim_{sim}_{key}").state for sim in sims]


async def test_messages_of_today_and_parts_of_the_month_are_counted(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    assert told(hass, "sent_today") == ["0", "0"]
    second = device_id(hass, cellar, "sim2")

    with patch.object(FakeBox, "count", lambda box, text, *, unicode=False: 2):
        await act(hass, "send_sms", to=ANNA, message=LONG, device_id=second)
        await on_the_air(fake_box)
        await settle(hass)

    assert told(hass, "sent_today") == ["0", "1"]
    assert told(hass, "sent_this_month") == ["0", "2"]
    assert told(hass, "waiting") == ["0", "0"]


async def test_a_message_waits_for_each_sim_that_may_send_it(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    await settle(hass)
    await act(hass, "send_sms", to=[ANNA, BOB], message="anybody")
    second = device_id(hass, cellar, "sim2")
    await act(hass, "send_sms", to=ANNA, message="you", device_id=second)

    assert told(hass, "waiting") == ["2", "3"]
    assert told(hass, "sent_today") == ["0", "0"]
    assert shown(hass, "sensor.cellar_sim_1_signal").state == "unavailable"


async def test_each_box_counts_for_itself(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    attic = FakeBox()
    with wired(cellar=fake_box, attic=attic):
        await set_up(hass, attic_entry())
        first = device_id(hass, cellar, "sim1")
        await act(hass, "send_sms", to=ANNA, message="one", device_id=first)
        await on_the_air(fake_box)
        await settle(hass)

        assert told(hass, "sent_today") == ["1", "0"]
        assert shown(hass, "sensor.attic_sim_1_sent_today").state == "0"


@pytest.mark.parametrize(
    ("evening", "month"),
    [("2026-11-23T23:59:00-08:00", "1"), ("2026-11-30T23:59:00-08:00", "0")],
)
async def test_day_and_month_begin_at_midnight_at_home(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    evening: str,
    month: str,
    storage: dict[str, object],
) -> None:
    await hass.config.async_set_time_zone("US/Pacific")
    freezer.move_to(evening)
    box = FakeBox()
    entry = attic_entry()
    with wired(attic=box):
        await set_up(hass, entry)
        await act(hass, "send_sms", to=ANNA, message="late")
        await on_the_air(box)
        await settle(hass)
        before = shown(hass, "sensor.attic_sim_1_sent_today")
        assert before.state == "1"
        midnight = dt_util.start_of_local_day()
        assert before.attributes["last_reset"] == midnight.isoformat()

        freezer.tick(timedelta(minutes=1, seconds=1))
        async_fire_time_changed(hass)
        await settle(hass)

        after = shown(hass, "sensor.attic_sim_1_sent_today")
        assert after.state == "0"
        midnight = dt_util.start_of_local_day()
        assert after.attributes["last_reset"] == midnight.isoformat()
        monthly = shown(hass, "sensor.attic_sim_1_sent_this_month")
        assert monthly.state == month
        first = dt_util.start_of_local_day(midnight.replace(day=1))
        assert monthly.attributes["last_reset"] == first.isoformat()


async def test_they_are_counters_with_units_among_the_diagnostics(
    hass: HomeAssistant, cellar: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    facts = {}
    for key in ("sent_today", "sent_this_month", "waiting"):
        state = shown(hass, f"sensor.cellar_sim_1_{key}")
        entry = entity_registry.async_get(state.entity_id)
        assert entry is not None
        assert entry.entity_category is EntityCategory.DIAGNOSTIC
        unit = state.attributes["unit_of_measurement"]
        facts[key] = (state.attributes["state_class"], unit)

    assert facts == {
        "sent_today": ("total", "messages"),
        "sent_this_month": ("total", "SMS"),
        "waiting": ("measurement", "messages"),
    }


async def test_a_sim_that_is_added_has_them(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    await add(hass, cellar, sim(3))

    assert told(hass, "sent_today", (3,)) == ["0"]
    assert told(hass, "waiting", (3,)) == ["0"]
