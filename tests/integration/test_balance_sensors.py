"""What is shown of a SIM's money: its future, its past, and when it is not known."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)

from tests.integration.asking import VALUE, later, press, text
from tests.integration.cards import FOREIGN, ONE, box_with, entry_of, put
from tests.integration.entries import change, set_up, settle, shown
from tests.integration.fakes import FakeBox
from tests.integration.scene import wired

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")

KEYS = (
    "balance_valid_until",
    "cost_per_day",
    "days_left",
    "sms_left",
    "last_top_up",
)


@pytest.fixture
def wishes() -> dict[str, Any]:
    """No question comes between those that a test asks."""
    return {"balance_after_sms": False, "balance_interval": 720}


def seen(hass: HomeAssistant, *keys: str) -> dict[str, str]:
    """Return what the sensors of the first SIM show."""
    return {key: shown(hass, f"sensor.cellar_sim_1_{key}").state for key in keys}


async def read(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    box: FakeBox,
    amounts: Iterable[str],
    **gap: float,
) -> None:
    """Ask again and again, a day after the other, and get these amounts."""
    for amount in amounts:
        await later(hass, freezer, **(gap or {"days": 1}))
        box.answers[1] = f"Saldo: {amount} PLN"
        await press(hass)


async def test_nothing_is_said_of_the_future_after_one_answer(
    hass: HomeAssistant, asked: MockConfigEntry
) -> None:
    assert seen(hass, *KEYS) == dict.fromkeys(KEYS, "unknown")


async def test_the_date_in_the_answer_is_shown(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    poor_box.answers[1] = "Saldo: 12,50 PLN, wazne do 31.07.2026"
    await press(hass)
    state = shown(hass, "sensor.cellar_sim_1_balance_valid_until")
    assert state.state == "2026-07-31"
    assert state.attributes["device_class"] == "date"


async def test_what_a_day_costs_and_how_long_it_lasts(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await read(hass, freezer, poor_box, ["12,10", "11,70", "11,30", "10,90"])

    cost = shown(hass, "sensor.cellar_sim_1_cost_per_day")
    assert cost.state == "0.4"
    assert cost.attributes["unit_of_measurement"] == "PLN/d"
    assert cost.attributes["state_class"] == "measurement"
    days = shown(hass, "sensor.cellar_sim_1_days_left")
    assert float(days.state) == pytest.approx(27.2, abs=0.1), "10.90 at 0.40"
    assert days.attributes["unit_of_measurement"] == "d"
    assert days.attributes["device_class"] == "duration"
    assert seen(hass, "sms_left") == {"sms_left": "unknown"}


async def test_a_sim_that_spends_nothing_costs_nothing_and_lasts_nobody_knows_how_long(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await read(hass, freezer, poor_box, ["12,50"] * 4)
    assert seen(hass, "cost_per_day", "days_left") == {
        "cost_per_day": "0.0",
        "days_left": "unknown",
    }


async def test_how_many_sms_the_money_is_enough_for(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    for amount in ("12,40", "12,30", "12,20"):
        await later(hass, freezer, minutes=10)
        await text(hass, asked, poor_box)
        await read(hass, freezer, poor_box, [amount, amount])

    state = shown(hass, "sensor.cellar_sim_1_sms_left")
    assert state.state == "122"
    assert state.attributes["unit_of_measurement"] == "SMS"
    assert state.attributes["state_class"] == "measurement"


async def test_the_last_top_up_has_a_time_and_an_amount(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await read(hass, freezer, poor_box, ["31,50", "31,00"])

    state = shown(hass, "sensor.cellar_sim_1_last_top_up")
    assert state.state == "2026-05-02T10:01:00+00:00"
    assert state.attributes["device_class"] == "timestamp"
    assert state.attributes["amount"] == 19.0
    assert state.attributes["currency"] == "PLN"


async def test_all_stay_while_the_box_is_away_and_after_a_restart(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await read(hass, freezer, poor_box, ["32,50", "32,10", "31,70", "31,30"])
    known = ("balance", "cost_per_day", "days_left", "last_top_up")
    before = seen(hass, *known)
    assert "unknown" not in before.values()

    poor_box.switch(on=False)
    await settle(hass)
    assert seen(hass, *known) == before
    await hass.config_entries.async_reload(asked.entry_id)
    await settle(hass)
    assert seen(hass, *known) == before


async def test_another_currency_knows_nothing_of_the_old_one(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await read(hass, freezer, poor_box, ["32,50", "32,10", "31,70", "31,30"])
    await change(hass, asked, "sim1", currency="EUR")

    assert seen(hass, *KEYS) == dict.fromkeys(KEYS, "unknown")
    cost = shown(hass, "sensor.cellar_sim_1_cost_per_day")
    assert cost.attributes["unit_of_measurement"] == "EUR/d"
    assert "amount" not in shown(hass, "sensor.cellar_sim_1_last_top_up").attributes


async def test_another_card_in_the_port_shows_nothing_of_the_one_before(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    box = box_with(ONE)
    entry = entry_of(hass, 1)
    with wired(cellar=box):
        await set_up(hass, entry)
        await press(hass)
        await read(hass, freezer, box, ["32,50", "32,10", "31,70", "31,30"])
        known = ("balance", "cost_per_day", "days_left", "last_top_up")
        assert "unknown" not in seen(hass, *known).values()

        await put(hass, entry, box, [(1, FOREIGN)])
        keys = ("balance", *KEYS)
        assert seen(hass, *keys) == dict.fromkeys(keys, "unknown")


async def test_the_balance_tells_when_it_was_right_and_that_it_is_not_newest(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    right = dt_util.utcnow()
    attributes = shown(hass, VALUE).attributes
    assert attributes["last_right"] == right
    assert "unread" not in attributes

    await later(hass, freezer, days=1)
    poor_box.answers[1] = "Dzis 25 darmowych minut"
    await press(hass)
    state = shown(hass, VALUE)
    assert state.state == "12.50"
    assert state.attributes["last_right"] == right
    assert state.attributes["unread"] is True
    assert "minut" not in str(state.as_dict())

    await read(hass, freezer, poor_box, ["12,00"])
    attributes = shown(hass, VALUE).attributes
    assert attributes["last_right"] == dt_util.utcnow()
    assert "unread" not in attributes


async def test_long_term_statistics_keep_the_balance_and_add_up_what_changes(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A row an hour: `state` is the money, `sum` what came and went since the first."""
    began = dt_util.utcnow().replace(minute=0)
    hours = []
    for amount in ("12,50", "11,00", "31,00", "30,60"):
        poor_box.answers[1] = f"Saldo: {amount} PLN"
        await press(hass)
        await async_wait_recording_done(hass)
        start = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
        for minutes in range(0, 60, 5):
            do_adhoc_statistics(hass, start=start + timedelta(minutes=minutes))
        await async_wait_recording_done(hass)
        hours.append(start)
        await later(hass, freezer, hours=1)

    rows = await recorder_mock.async_add_executor_job(
        statistics_during_period,
        hass,
        began,
        None,
        {VALUE},
        "hour",
        None,
        {"state", "sum"},
    )
    assert [(row["state"], round(row["sum"] or 0, 2)) for row in rows[VALUE]] == [
        (12.5, 0.0),
        (11.0, -1.5),
        (31.0, 18.5),
        (30.6, 18.1),
    ]
