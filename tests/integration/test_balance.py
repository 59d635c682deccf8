"""Balances: when the code is dialled, what is shown, what survives."""

import asyncio
import logging
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.gateways.model import (
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    NoReply,
    SendRefused,
    UssdReply,
)

from .asking import BUTTON, CHECKED, ONE_QUESTION, VALUE, later, press
from .entries import (
    BALANCE,
    add,
    change,
    goip_entry,
    kept_balances,
    set_up,
    settle,
    shown,
    sim,
)
from .fakes import FakeBox
from .scene import device_id, wired

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the warnings about balances."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.endswith("gsm_gateway.balance_book")
        and record.levelno >= logging.WARNING
    ]


async def test_is_asked_soon_after_the_start_and_shown(
    hass: HomeAssistant, asked: MockConfigEntry
) -> None:
    state = shown(hass, VALUE)
    assert state.state == "12.50"
    assert state.attributes["unit_of_measurement"] == "PLN"
    assert state.attributes["device_class"] == "monetary"
    assert state.attributes["state_class"] == "total"
    assert shown(hass, CHECKED).state == "2026-05-01T10:01:00+00:00"


async def test_is_asked_once_in_the_interval(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    for _ in range(23):
        await later(hass, freezer, hours=1)
    assert poor_box.dialled == ONE_QUESTION

    poor_box.answers[1] = "Saldo: 11,00 PLN"
    await later(hass, freezer, hours=2)
    assert poor_box.dialled == 2 * ONE_QUESTION
    assert shown(hass, VALUE).state == "11.00"


async def test_fifty_restarts_in_a_day_are_one_question(
    hass: HomeAssistant, poor_box: FakeBox, freezer: FrozenDateTimeFactory
) -> None:
    entry = goip_entry(sim(1, **BALANCE), host="cellar")
    await set_up(hass, entry)
    for _ in range(50):
        await later(hass, freezer, minutes=1)
        await hass.config_entries.async_reload(entry.entry_id)
        await settle(hass)
        await later(hass, freezer, minutes=27)

    assert poor_box.links == 51
    assert poor_box.dialled == ONE_QUESTION
    assert shown(hass, VALUE).state == "12.50"


async def test_the_question_is_on_disk_before_it_is_dialled(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    on_disk: list[Any] = []
    entry = goip_entry(sim(1, **BALANCE), host="cellar")

    class Watched(FakeBox):
        @override
        async def run_ussd(self, channel: int, code: str) -> UssdReply:
            kept = await kept_balances(hass, entry)
            on_disk.append(kept["sim1"]["schedule"]["last_asked"])
            return await super().run_ussd(channel, code)

    with wired(cellar=Watched()):
        await set_up(hass, entry)
        await later(hass, freezer, minutes=1)

    assert on_disk == ["2026-05-01T10:01:00+00:00"]


@pytest.mark.parametrize(
    "error", [NoReply("no answer in 40 s"), SendRefused("no such code")]
)
async def test_what_was_dialled_in_vain_waits_for_its_next_turn(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    error: GatewayError,
) -> None:
    poor_box.answers[1] = error
    await later(hass, freezer, hours=25)
    for _ in range(22):
        await later(hass, freezer, hours=1)

    assert poor_box.dialled == 2 * ONE_QUESTION
    assert shown(hass, VALUE).state == "12.50", "the last good value stays"
    assert complaints(caplog) == [
        "No new balance of Cellar SIM 1: the operator did not answer"
    ]


@pytest.mark.parametrize("error", [ChannelBusy("in a call"), ChannelUnavailable("off")])
async def test_what_could_not_be_dialled_is_tried_again_soon(
    hass: HomeAssistant,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    error: GatewayError,
) -> None:
    poor_box.answers[1] = error
    await set_up(hass, goip_entry(sim(1, **BALANCE), host="cellar"))
    await later(hass, freezer, minutes=1)
    poor_box.answers[1] = "Saldo: 12,50 PLN"
    await later(hass, freezer, minutes=10)
    assert poor_box.dialled == ONE_QUESTION

    await later(hass, freezer, minutes=10)
    assert poor_box.dialled == 2 * ONE_QUESTION
    assert shown(hass, VALUE).state == "12.50"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("Saldo: 4,00 EUR", "the answer is in EUR, the SIM's currency is PLN"),
        ("Try again later.", "no amount was found in the answer"),
    ],
    ids=["other currency", "no amount"],
)
async def test_an_answer_that_does_not_fit_changes_nothing_and_is_told_once(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    answer: str,
    why: str,
) -> None:
    poor_box.answers[1] = answer
    await press(hass)
    await press(hass)
    await later(hass, freezer, minutes=11)

    assert shown(hass, VALUE).state == "12.50"
    assert shown(hass, CHECKED).state == "2026-05-01T10:01:00+00:00"
    assert complaints(caplog) == [f"No new balance of Cellar SIM 1: {why}"]


async def test_survives_a_restart(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    poor_box.on = False
    await hass.config_entries.async_reload(asked.entry_id)
    await settle(hass)

    assert shown(hass, VALUE).state == "12.50"
    assert shown(hass, CHECKED).state == "2026-05-01T10:01:00+00:00"


async def test_another_currency_hides_what_was_in_the_old_one(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    await change(hass, asked, "sim1", currency="EUR")
    assert shown(hass, VALUE).state == "unknown"
    assert shown(hass, VALUE).attributes["unit_of_measurement"] == "EUR"

    poor_box.answers[1] = "Saldo: 4,00 EUR"
    await press(hass)
    assert shown(hass, VALUE).state == "4.00"


async def test_the_button_asks_at_once_and_counts_for_the_interval(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, hours=12)
    poor_box.answers[1] = "Saldo: 9,99 PLN"
    await press(hass)
    assert shown(hass, VALUE).state == "9.99"

    await later(hass, freezer, hours=13)
    assert poor_box.dialled == 2 * ONE_QUESTION


async def test_two_who_ask_at_once_share_the_answer(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await later(hass, freezer, hours=12)
    answer, operator = poor_box.run_ussd, asyncio.Event()

    async def answer_slowly(channel: int, code: str) -> UssdReply:
        await operator.wait()
        return await answer(channel, code)

    monkeypatch.setattr(poor_box, "run_ussd", answer_slowly)
    (sim_id,) = asked.runtime_data.lines
    asking = [
        asyncio.create_task(asked.runtime_data.balances.refresh(sim_id))
        for _ in range(2)
    ]
    await asyncio.sleep(0)
    operator.set()
    first, second = await asyncio.gather(*asking)
    assert first == second
    assert poor_box.dialled == 2 * ONE_QUESTION


async def test_the_button_tells_what_went_wrong(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    poor_box.answers[1] = NoReply("no answer in 40 s")
    with pytest.raises(HomeAssistantError, match="Cellar SIM 1 did not answer in time"):
        await press(hass)


async def test_a_box_that_is_away_is_asked_when_it_is_back(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    poor_box.switch(on=False)
    await later(hass, freezer, hours=30)
    assert poor_box.dialled == ONE_QUESTION

    poor_box.switch(on=True)
    await settle(hass)
    assert poor_box.dialled == 2 * ONE_QUESTION


async def test_a_sim_outside_every_network_is_asked_when_it_is_back(
    hass: HomeAssistant, poor_box: FakeBox, freezer: FrozenDateTimeFactory
) -> None:
    poor_box.change(1, registered=False)
    entry = goip_entry(sim(1, **BALANCE), host="cellar")
    await set_up(hass, entry)
    await later(hass, freezer, minutes=1)
    assert poor_box.dialled == []

    poor_box.change(1, registered=True)
    await later(hass, freezer, minutes=1)
    assert poor_box.dialled == ONE_QUESTION


async def test_a_disabled_sim_is_not_asked(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    device_registry: dr.DeviceRegistry,
) -> None:
    device_registry.async_update_device(
        device_id(hass, asked, "sim1"), disabled_by=dr.DeviceEntryDisabler.USER
    )
    await later(hass, freezer, hours=50)

    assert poor_box.dialled == ONE_QUESTION


async def test_a_user_who_disabled_polling_is_not_charged(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    hass.config_entries.async_update_entry(asked, pref_disable_polling=True)
    await later(hass, freezer, hours=50)

    assert poor_box.dialled == ONE_QUESTION


async def test_a_shorter_interval_applies_at_once(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, hours=3)
    await change(hass, asked, "sim1", balance_interval=2)

    assert poor_box.dialled == 2 * ONE_QUESTION
    assert poor_box.links == 1


async def test_the_sims_of_a_box_are_not_asked_at_the_same_moment(
    hass: HomeAssistant, poor_box: FakeBox, freezer: FrozenDateTimeFactory
) -> None:
    entry = goip_entry(sim(1, **BALANCE), sim(2, **BALANCE), host="cellar")
    await set_up(hass, entry)
    await later(hass, freezer, seconds=30)
    assert poor_box.dialled == ONE_QUESTION

    await later(hass, freezer, seconds=60)
    assert poor_box.dialled == [*ONE_QUESTION, (2, "*100#")]


@pytest.mark.parametrize("missing", ["balance_code", "currency"])
async def test_without_a_code_or_a_currency_nobody_is_asked(
    hass: HomeAssistant, poor_box: FakeBox, freezer: FrozenDateTimeFactory, missing: str
) -> None:
    settings = {key: value for key, value in BALANCE.items() if key != missing}
    entry = goip_entry(sim(1, **settings), host="cellar")
    await set_up(hass, entry)
    await later(hass, freezer, hours=50)

    assert poor_box.dialled == []
    for entity in (VALUE, CHECKED, BUTTON):
        assert hass.states.get(entity) is None

    await change(hass, entry, "sim1", **BALANCE)
    await later(hass, freezer, minutes=1)
    assert shown(hass, VALUE).state == "12.50"


async def test_a_sim_that_is_added_later_is_asked(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await add(hass, asked, sim(2, **BALANCE))
    await later(hass, freezer, minutes=2)

    assert shown(hass, "sensor.cellar_sim_2_balance").state == "3.00"


async def test_a_sim_that_is_removed_while_it_is_asked_leaves_no_trace(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    class Slow(FakeBox):
        dials = asyncio.Event()
        answers_now = asyncio.Event()

        @override
        async def run_ussd(self, channel: int, code: str) -> UssdReply:
            self.dials.set()
            await self.answers_now.wait()
            return await super().run_ussd(channel, code)

    box = Slow(answers={1: "Saldo: 12,50 PLN", 2: "Saldo: 3,00 PLN"})
    entry = goip_entry(sim(1, **BALANCE), sim(2, **BALANCE), host="cellar")
    with wired(cellar=box):
        await set_up(hass, entry)
        await later(hass, freezer, seconds=30)
        await box.dials.wait()
        hass.config_entries.async_remove_subentry(entry, "sim1")
        box.answers_now.set()
        await later(hass, freezer, minutes=2)

    kept = await kept_balances(hass, entry)
    assert set(kept) == {"sim2"}
    assert shown(hass, "sensor.cellar_sim_2_balance").state == "3.00"
