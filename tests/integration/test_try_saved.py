"""The answer to a code that was tried is the first one of the SIM that it is saved for."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.balance_news import SIGNAL_BALANCE_READ, BalanceRead
from custom_components.gsm_gateway.gateways.model import NoReply
from tests.integration.asking import (
    CHECKED,
    ONE_QUESTION,
    VALUE,
    later,
    measured,
    press,
    raised,
)
from tests.integration.boxes import FOLDED_SIM
from tests.integration.cards import FOREIGN, ONE, TWO, box_with, entry_of, put
from tests.integration.dialog import Dialog
from tests.integration.entries import (
    add,
    change,
    goip_entry,
    kept_balances,
    set_up,
    settle,
    shown,
    sim,
)
from tests.integration.fakes import FakeBox
from tests.integration.scene import receive, wired

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")

SETTINGS: dict[str, Any] = {
    "balance_code": "*101#",
    "currency": "PLN",
    "balance_interval": 24,
    "use_for_sending": "always",
    **FOLDED_SIM,
}
TRIED = [(1, "*101#")]
TRIED_AT = "2026-05-01T10:01:00+00:00"
NEW = "sensor.cellar_sim_2_balance"
ODD = "Konto A: 17.45 / konto B: 3.20"
"""An answer with numbers, and nothing that says which is the balance."""
ACCEPTED = "Your request was accepted."


async def settings_of(hass: HomeAssistant, entry: ConfigEntry) -> Dialog:
    """Open the settings of the first SIM."""
    dialog = await Dialog.subentry(hass, entry, "sim", "sim1")
    if dialog.result["type"] is FlowResultType.MENU:
        await dialog.choose("change")
    return dialog


async def new_sim(
    hass: HomeAssistant, entry: ConfigEntry, code: str = "balance_code"
) -> Dialog:
    """Fill in the settings of the second port; `code` is the field of its code."""
    dialog = await Dialog.subentry(hass, entry, "sim")
    await dialog.fill(channel="2")
    filled = {key: value for key, value in SETTINGS.items() if key != "balance_code"}
    await dialog.fill(**filled, **{code: SETTINGS["balance_code"]})
    return dialog


async def ask(dialog: Dialog) -> str:
    """Choose to ask, and wait for the page with the answer; return its name."""
    await dialog.choose("ask")
    await dialog.until(lambda page: page["type"] is not FlowResultType.SHOW_PROGRESS)
    return str(dialog.result["step_id"])


def sim_on(entry: ConfigEntry, channel: int) -> str:
    """Return the subentry id of a port's SIM."""
    (found,) = (s for s in entry.subentries.values() if s.data["channel"] == channel)
    return found.subentry_id


@pytest.fixture
async def silent(hass: HomeAssistant, poor_box: FakeBox) -> MockConfigEntry:
    """The entry of a box whose only SIM has no code yet."""
    entry = goip_entry(sim(1, country="PL"), host="cellar")
    await set_up(hass, entry)
    assert poor_box.dialled == []
    return entry


async def test_a_tried_answer_is_the_balance_once_it_is_saved(
    hass: HomeAssistant,
    silent: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    news: list[BalanceRead] = []
    async_dispatcher_connect(hass, SIGNAL_BALANCE_READ.format("sim1"), news.append)
    poor_box.answers[1] = "Saldo: 9,00 PLN"
    await later(hass, freezer, minutes=1)
    dialog = await settings_of(hass, silent)
    await dialog.fill(**SETTINGS)
    assert await ask(dialog) == "understood"
    await later(hass, freezer, minutes=30)
    assert measured(silent) == []
    await dialog.choose("save")
    await settle(hass)

    assert (shown(hass, VALUE).state, shown(hass, CHECKED).state) == ("9.00", TRIED_AT)
    assert measured(silent) == [("9.00", 0)]
    assert [each.reading.at.isoformat() for each in news] == [TRIED_AT]
    known = silent.runtime_data.balances.known("sim1")
    assert [each.text for each in known.answers] == ["Saldo: 9,00 PLN"]

    await later(hass, freezer, hours=23)
    assert poor_box.dialled == TRIED
    await later(hass, freezer, hours=1)
    assert poor_box.dialled == 2 * TRIED


@pytest.mark.parametrize("reloads", [False, True])
async def test_a_new_sim_is_not_asked_what_was_tried_already(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    *,
    reloads: bool,
) -> None:
    poor_box.reachable = frozenset({1} if reloads else {1, 2})
    runtime = asked.runtime_data
    dialog = await new_sim(hass, asked)
    assert await ask(dialog) == "understood"
    await later(hass, freezer, minutes=10)
    await dialog.choose("save")
    await settle(hass)

    assert (asked.runtime_data is not runtime) is reloads
    assert shown(hass, NEW).state == "3.00"
    sim_id = sim_on(asked, 2)
    assert measured(asked, sim_id) == [("3.00", 0)]
    kept: Any = (await kept_balances(hass, asked))[sim_id]
    assert (kept["checked"], kept["schedule"]["last_asked"]) == (TRIED_AT, TRIED_AT)
    assert kept["count"]["questions"] == 1

    await later(hass, freezer, hours=23)
    assert poor_box.dialled == [*ONE_QUESTION, (2, "*101#")]
    await later(hass, freezer, hours=2)
    assert poor_box.dialled[2:].count((2, "*101#")) == 1


async def test_an_answer_that_cannot_be_read_is_unread_as_if_asked(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    poor_box.answers[2] = ODD
    dialog = await new_sim(hass, asked)
    assert await ask(dialog) == "not_understood"
    await dialog.choose("save")
    await settle(hass)
    sim_id = sim_on(asked, 2)
    assert asked.runtime_data.balances.known(sim_id).unread == ODD

    await later(hass, freezer, minutes=11)
    assert raised(hass)["balance_unread"].issue_id.endswith(sim_id)
    assert shown(hass, NEW).state == "unknown"
    assert poor_box.dialled == [*ONE_QUESTION, (2, "*101#")]


async def test_the_number_that_was_picked_is_the_balance(
    hass: HomeAssistant, silent: MockConfigEntry, poor_box: FakeBox
) -> None:
    poor_box.answers[1] = "Konto A 20,00 Konto B 7,35"
    dialog = await settings_of(hass, silent)
    await dialog.fill(**SETTINGS)
    assert await ask(dialog) == "not_understood"
    await dialog.choose("pick")
    await dialog.fill(picked_number="1")
    learned = dialog.suggested("balance_pattern")
    await dialog.fill(balance_pattern=learned, then="save_pattern")
    await settle(hass)
    assert shown(hass, VALUE).state == "7.35"
    assert poor_box.dialled == TRIED


async def test_an_sms_that_came_before_saving_is_the_answer(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    poor_box.answers[2] = ACCEPTED
    dialog = await new_sim(hass, asked)
    assert await ask(dialog) == "no_number"
    await later(hass, freezer, seconds=20)
    await receive(hass, poor_box, "Saldo: 8,00 PLN", channel=2, sender="Orange")
    await later(hass, freezer, minutes=1)
    await dialog.choose("save")
    await settle(hass)
    assert shown(hass, NEW).state == "8.00"
    assert poor_box.dialled == [*ONE_QUESTION, (2, "*101#")]


async def test_an_sms_that_comes_after_saving_is_the_answer(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    poor_box.answers[2] = ACCEPTED
    dialog = await new_sim(hass, asked)
    await ask(dialog)
    await dialog.choose("save")
    await settle(hass)
    await later(hass, freezer, minutes=1)
    await receive(hass, poor_box, "Saldo: 8,00 PLN", channel=2, sender="Orange")
    assert shown(hass, NEW).state == "8.00"


async def test_the_code_that_is_there_is_checked_and_saved(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    poor_box.answers[1] = "Saldo: 9,00 PLN"
    await later(hass, freezer, hours=2)
    dialog = await Dialog.subentry(hass, asked, "sim", "sim1")
    await dialog.choose("check")
    assert await ask(dialog) == "understood"
    assert shown(hass, VALUE).state == "12.50"
    await dialog.choose("save")
    await settle(hass)
    assert shown(hass, VALUE).state == "9.00"
    assert measured(asked) == [("12.50", 0), ("9.00", 0)]
    assert len(poor_box.dialled) == 2


async def test_a_dialog_that_is_closed_hands_nothing_over(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    dialog = await new_sim(hass, asked)
    await ask(dialog)
    hass.config_entries.subentries.async_abort(dialog.result["flow_id"])
    again = await new_sim(hass, asked)
    await again.choose("save")
    await later(hass, freezer, minutes=2)
    assert poor_box.dialled[1:] == 2 * [(2, "*101#")]


async def test_another_code_than_the_tried_one_is_asked_itself(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    dialog = await new_sim(hass, asked)
    await ask(dialog)
    await dialog.choose("settings")
    await dialog.fill(**SETTINGS | {"balance_code": "*102#"})
    await dialog.choose("save")
    await settle(hass)
    assert shown(hass, NEW).state == "unknown"
    await later(hass, freezer, minutes=2)
    assert poor_box.dialled[1:] == [(2, "*101#"), (2, "*102#")]


async def test_other_settings_after_the_try_change_nothing_about_its_answer(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    poor_box.answers[2] = "Balance: 3.00 EUR"
    dialog = await new_sim(hass, asked)
    assert await ask(dialog) == "other_currency"
    await dialog.choose("settings")
    await dialog.fill(**SETTINGS | {"currency": "EUR"})
    await dialog.choose("save")
    await settle(hass)
    assert shown(hass, NEW).state == "3.00"
    assert poor_box.dialled[1:] == [(2, "*101#")]


async def test_a_second_try_without_an_answer_takes_the_first_one_away(
    hass: HomeAssistant,
    silent: MockConfigEntry,
    poor_box: FakeBox,
) -> None:
    dialog = await settings_of(hass, silent)
    await dialog.fill(**SETTINGS)
    await ask(dialog)
    poor_box.answers[1] = NoReply("silence")
    assert await ask(dialog) == "failed"
    await dialog.choose("save")
    await settle(hass)
    assert shown(hass, VALUE).state == "unknown"
    assert poor_box.dialled == 2 * TRIED


async def test_what_was_tried_an_hour_ago_is_old(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    dialog = await new_sim(hass, asked)
    await ask(dialog)
    await later(hass, freezer, minutes=61)
    await dialog.choose("save")
    await later(hass, freezer, minutes=2)
    assert poor_box.dialled[1:] == 2 * [(2, "*101#")]


async def test_a_newer_answer_stays(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    dialog = await Dialog.subentry(hass, asked, "sim", "sim1")
    await dialog.choose("check")
    await ask(dialog)
    await later(hass, freezer, minutes=1)
    poor_box.answers[1] = "Saldo: 7,00 PLN"
    await press(hass)
    await dialog.choose("save")
    await settle(hass)
    assert shown(hass, VALUE).state == "7.00"
    assert measured(asked) == [("12.50", 0), ("7.00", 0)]


async def test_what_another_card_said_is_no_balance_of_the_sim(
    hass: HomeAssistant,
) -> None:
    box = box_with(ONE)
    entry = entry_of(hass, 1)
    with wired(cellar=box):
        await set_up(hass, entry)
        dialog = await settings_of(hass, entry)
        await dialog.fill(**SETTINGS)
        await ask(dialog)
        await put(hass, entry, box, [(1, FOREIGN)])
        await dialog.choose("save")
        assert dialog.result["reason"] == "settled"
        await put(hass, entry, box, [(1, ONE)])
        assert shown(hass, VALUE).state == "unknown"
        assert entry.subentries["sim1"].data["balance_code"] == "*100#"


async def test_what_was_asked_of_another_card_is_asked_of_the_sims_own(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    box = box_with(ONE)
    entry = goip_entry(sim(1, country="PL", **ONE), host="cellar")
    with wired(cellar=box):
        await set_up(hass, entry)
        await put(hass, entry, box, [(1, FOREIGN)])
        dialog = await settings_of(hass, entry)
        await dialog.fill(**SETTINGS)
        await ask(dialog)
        await dialog.choose("save")
        assert dialog.result["reason"] == "reconfigure_successful"
        await put(hass, entry, box, [(1, ONE)])
        await later(hass, freezer, minutes=2)
        assert shown(hass, VALUE).state == "12.50"
        assert box.dialled == 2 * TRIED


async def test_a_card_that_has_come_since_the_try_begins_without_its_answer(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    box = box_with(ONE)
    entry = entry_of(hass, 1)
    with wired(cellar=box):
        await set_up(hass, entry)
        dialog = await settings_of(hass, entry)
        await dialog.fill(**SETTINGS)
        await ask(dialog)
        await dialog.choose("change")
        card_since = "2026-05-01T10:00:00+00:00"
        await change(hass, entry, "sim1", card_since=card_since, balance_code=None)
        await dialog.fill(**SETTINGS)
        assert dialog.result["step_id"] == "try_code"
        await dialog.choose("save")
        await settle(hass)
        assert shown(hass, VALUE).state == "unknown"


async def test_a_sim_that_somebody_else_has_added_meanwhile_is_asked_its_own_code(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    dialog = await new_sim(hass, asked)
    await ask(dialog)
    other = {"balance_code": "*102#", "currency": "PLN", "balance_interval": 24}
    await add(hass, asked, sim(2, **other))
    await dialog.choose("save")
    assert dialog.result["reason"] == "already_configured"
    await change(hass, asked, "sim2", balance_interval=12)
    assert asked.runtime_data.balances.known("sim2").answers == ()


async def test_a_new_sim_whose_card_was_changed_takes_nothing_of_the_first(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    box = box_with(ONE, TWO)
    entry = entry_of(hass, 1)
    entry.add_to_hass(hass)
    known = {**entry.options, "known_ports": [1, 2]}
    hass.config_entries.async_update_entry(entry, options=known)
    with wired(cellar=box):
        await hass.config_entries.async_setup(entry.entry_id)
        await settle(hass)
        dialog = await new_sim(hass, entry, "guessed_code")
        await ask(dialog)
        await put(hass, entry, box, [(2, FOREIGN)])
        await dialog.choose("save")
        await settle(hass)
        sim_id = sim_on(entry, 2)
        assert measured(entry, sim_id) == []
        await put(hass, entry, box, [(2, TWO)])
        assert entry.runtime_data.balances.known(sim_id).answers == ()
        assert box.dialled == [(2, "*101#")]
        await later(hass, freezer, minutes=2)
        assert box.dialled == 2 * [(2, "*101#")]


@pytest.mark.parametrize("tried", [False, True])
async def test_another_code_is_not_blamed_for_the_answers_to_the_old_one(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    *,
    tried: bool,
) -> None:
    poor_box.answers[1] = ODD
    await press(hass)
    await later(hass, freezer, minutes=11)
    assert set(raised(hass)) == {"balance_unread"}
    dialog = await settings_of(hass, asked)
    await dialog.fill(**SETTINGS)
    if tried:
        poor_box.answers[1] = "Saldo: 9,00 PLN"
        await ask(dialog)
    await dialog.choose("save")
    await settle(hass)
    assert raised(hass) == {}
    assert asked.runtime_data.balances.known("sim1").unread is None
    assert shown(hass, VALUE).state == ("9.00" if tried else "12.50")


async def test_another_code_has_not_been_silent_yet(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    poor_box.answers[1] = NoReply("silence")
    for _ in range(3):
        await later(hass, freezer, hours=25)
    assert set(raised(hass)) == {"balance_no_answer"}
    await change(hass, asked, "sim1", balance_interval=12)
    assert set(raised(hass)) == {"balance_no_answer"}

    await change(hass, asked, "sim1", balance_code="*101#")
    assert raised(hass) == {}
    assert asked.runtime_data.balances.known("sim1").silent == 0
    await hass.config_entries.async_reload(asked.entry_id)
    await settle(hass)
    assert raised(hass) == {}


async def test_another_code_is_complained_of_anew(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    warning = "No new balance of Cellar SIM 1: the operator did not answer"
    poor_box.answers[1] = NoReply("silence")
    for _ in range(2):
        await later(hass, freezer, hours=25)
    assert caplog.text.count(warning) == 1
    await change(hass, asked, "sim1", balance_code="*101#")
    await later(hass, freezer, hours=25)
    assert caplog.text.count(warning) == 2


async def test_a_code_that_was_changed_while_the_box_was_not_set_up_is_noticed(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    poor_box.answers[1] = ODD
    await press(hass)
    await later(hass, freezer, minutes=11)
    await hass.config_entries.async_unload(asked.entry_id)
    data = {**asked.subentries["sim1"].data, "balance_code": "*101#"}
    hass.config_entries.async_update_subentry(
        asked, asked.subentries["sim1"], data=data
    )
    await hass.config_entries.async_setup(asked.entry_id)
    await settle(hass)
    assert raised(hass) == {}
    assert asked.runtime_data.balances.known("sim1").unread is None
