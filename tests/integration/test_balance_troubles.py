"""Answers that are no balance of the SIM: what is shown, what is raised, and what settles it."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.balance_news import SIGNAL_BALANCE_READ
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
from tests.integration.cards import FOREIGN, ONE, TWO, box_with, entry_of, put
from tests.integration.dialog import Dialog
from tests.integration.entries import (
    BALANCE,
    change,
    goip_entry,
    kept_balances,
    set_up,
    settle,
    shown,
    sim,
)
from tests.integration.fakes import FakeBox
from tests.integration.repairing import issues
from tests.integration.restarting import killed
from tests.integration.scene import act, device_id, wired

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")

ODD = "Konto A: 17.45 / konto B: 3.20"
"""An answer with numbers, and nothing that says which is the balance."""
PATTERN = r"konto A: (?P<amount>[0-9.]+)"


async def answer(
    hass: HomeAssistant,
    box: FakeBox,
    freezer: FrozenDateTimeFactory,
    words: str,
    *,
    wait: bool = True,
) -> None:
    """Ask in the afternoon, get an answer, and wait whether it comes as an SMS."""
    await later(hass, freezer, hours=1)
    box.answers[1] = words
    await press(hass)
    if wait:
        await later(hass, freezer, minutes=11)


async def test_a_number_that_nobody_can_tell_is_asked_about_when_no_sms_has_come(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await answer(hass, poor_box, freezer, ODD, wait=False)
    await later(hass, freezer, minutes=9)
    assert raised(hass) == {}

    await later(hass, freezer, minutes=2)
    issue = raised(hass)["balance_unread"]
    assert issue.issue_id == f"balance_unread_{asked.entry_id}_sim1"
    assert issue.is_fixable is True
    assert issue.data == {"entry_id": asked.entry_id, "sim_id": "sim1"}
    assert issue.translation_placeholders == {
        "sim": "Cellar SIM 1",
        "currency": "PLN",
        "found_currency": "",
    }
    known = asked.runtime_data.balances.known("sim1")
    assert known.unread == ODD
    assert known.unread_at.isoformat() == "2026-05-01T11:01:00+00:00"
    assert [each.text for each in known.answers] == ["Saldo: 12,50 PLN", ODD]
    assert (shown(hass, VALUE).state, shown(hass, CHECKED).state) == (
        "12.50",
        "2026-05-01T10:01:00+00:00",
    )


async def test_it_is_asked_about_in_time_while_another_sim_waits_for_its_turn(
    hass: HomeAssistant, poor_box: FakeBox, freezer: FrozenDateTimeFactory
) -> None:
    entry = goip_entry(sim(1, **BALANCE), sim(2, **BALANCE), host="cellar")
    await set_up(hass, entry)
    entry.runtime_data.lines["sim2"].claim(object())
    await later(hass, freezer, minutes=2)
    assert entry.runtime_data.balances.known("sim2").schedule.last_asked is not None
    assert poor_box.dialled == ONE_QUESTION

    await answer(hass, poor_box, freezer, ODD, wait=False)
    for _ in range(2):
        await later(hass, freezer, minutes=4, seconds=59)
    assert raised(hass) == {}
    await later(hass, freezer, seconds=2)
    assert set(raised(hass)) == {"balance_unread"}


async def test_a_question_under_way_does_not_take_the_repair_away(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await answer(hass, poor_box, freezer, ODD)
    await answer(hass, poor_box, freezer, "Konto A: 16.00 / konto B: 3", wait=False)
    assert set(raised(hass)) == {"balance_unread"}
    known = asked.runtime_data.balances.known("sim1")
    assert known.unread == "Konto A: 16.00 / konto B: 3"

    await answer(hass, poor_box, freezer, "Saldo: 11,00 PLN", wait=False)
    assert raised(hass) == {}
    assert asked.runtime_data.balances.known("sim1").unread is None


async def test_a_pattern_reads_the_answer_that_is_there_without_another_question(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await answer(hass, poor_box, freezer, ODD)
    dialled = list(poor_box.dialled)
    await later(hass, freezer, hours=1)
    await change(hass, asked, "sim1", balance_pattern=PATTERN)

    assert poor_box.dialled == dialled
    assert shown(hass, VALUE).state == "17.45"
    assert shown(hass, CHECKED).state == "2026-05-01T11:01:00+00:00"
    assert measured(asked) == [("12.50", 0), ("17.45", 0)]
    assert raised(hass) == {}
    assert [
        each.text for each in asked.runtime_data.balances.known("sim1").answers
    ] == [
        "Saldo: 12,50 PLN",
        ODD,
    ]


@pytest.mark.parametrize("gone", ["currency", "balance_code"])
async def test_a_pattern_reads_nothing_of_a_sim_that_shows_no_balance(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    gone: str,
) -> None:
    heard: list[object] = []
    async_dispatcher_connect(hass, SIGNAL_BALANCE_READ.format("sim1"), heard.append)
    await answer(hass, poor_box, freezer, ODD)
    before = (await kept_balances(hass, asked))["sim1"]
    await change(hass, asked, "sim1", balance_pattern=PATTERN, **{gone: None})

    kept = (await kept_balances(hass, asked))["sim1"]
    assert heard == []
    assert (kept["balance"], kept["currency"]) == ("12.50", "PLN")
    assert kept["checked"] == before["checked"]


async def test_an_answer_is_read_once_its_sim_has_a_currency(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await answer(hass, poor_box, freezer, ODD)
    await change(hass, asked, "sim1", balance_pattern=PATTERN, currency=None)
    assert raised(hass) == {}

    await change(hass, asked, "sim1", currency="PLN")
    assert shown(hass, VALUE).state == "17.45"
    assert measured(asked) == [("12.50", 0), ("17.45", 0)]


async def test_a_pattern_that_does_not_match_leaves_the_answer_unread(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await change(hass, asked, "sim1", balance_pattern=PATTERN)
    await answer(hass, poor_box, freezer, "Saldo: 11,00 PLN")
    assert shown(hass, VALUE).state == "12.50"
    assert set(raised(hass)) == {"balance_unread"}


async def test_another_currency_is_raised_at_once_and_not_shown(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await answer(hass, poor_box, freezer, "Saldo: 4,00 EUR", wait=False)
    assert shown(hass, VALUE).state == "12.50"
    issue = raised(hass)["balance_other_currency"]
    assert issue.is_fixable is True
    assert issue.translation_placeholders == {
        "sim": "Cellar SIM 1",
        "currency": "PLN",
        "found_currency": "EUR",
    }

    await change(hass, asked, "sim1", currency="EUR")
    assert raised(hass) == {}
    assert shown(hass, VALUE).state == "4.00"
    assert shown(hass, CHECKED).state == "2026-05-01T11:01:00+00:00"
    assert poor_box.dialled == 2 * ONE_QUESTION


@pytest.mark.parametrize("silence", ["Thank you.", "Dial *123# for tariffs.", None])
async def test_three_questions_in_vain_make_the_code_doubtful(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    silence: str | None,
) -> None:
    poor_box.answers[1] = silence or NoReply("no answer")
    for _ in range(2):
        await later(hass, freezer, hours=25)
        await later(hass, freezer, minutes=12)
        assert raised(hass) == {}
    await later(hass, freezer, hours=25)
    await later(hass, freezer, minutes=12)
    issue = raised(hass)["balance_no_answer"]
    assert set(raised(hass)) == {"balance_no_answer"}
    assert issue.is_fixable is False
    assert poor_box.dialled == 4 * ONE_QUESTION

    await answer(hass, poor_box, freezer, "Saldo: 11,00 PLN")
    assert raised(hass) == {}


async def test_a_number_between_two_silences_ends_the_row(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    for words in ("Thank you.", "Thank you.", ODD, "Thank you.", "Thank you."):
        await answer(hass, poor_box, freezer, words)
    assert "balance_no_answer" not in raised(hass)


async def test_what_is_wrong_is_raised_again_after_a_restart(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await answer(hass, poor_box, freezer, ODD)
    async with killed(hass, asked) as second:
        await settle(second)
        assert set(raised(second)) == {"balance_unread"}
        (entry,) = second.config_entries.async_entries("gsm_gateway")
        await second.config_entries.async_unload(entry.entry_id)
        assert issues(second) == {}


async def test_a_newer_version_reads_what_the_old_one_could_not(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = "custom_components.gsm_gateway.balance_words.parse_balance"
    with monkeypatch.context() as old:
        old.setattr(module, lambda *_, **__: None)
        await answer(hass, poor_box, freezer, "Saldo: 11,00 PLN")
    async with killed(hass, asked) as second:
        await settle(second)
        assert shown(second, VALUE).state == "11.00"
        assert shown(second, CHECKED).state == "2026-05-01T11:01:00+00:00"
        assert raised(second) == {}


async def test_an_answer_that_the_user_leaves_alone_is_raised_no_more_but_the_next_one_is(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await answer(hass, poor_box, freezer, ODD)
    await asked.runtime_data.balances.async_let_be("sim1")
    await later(hass, freezer, hours=1)
    assert raised(hass) == {}

    async with killed(hass, asked) as second:
        await settle(second)
        assert raised(second) == {}
        await answer(second, poor_box, freezer, ODD)
        assert set(raised(second)) == {"balance_unread"}


@pytest.mark.parametrize("gone", ["the SIM", "the box", "the code"])
async def test_what_is_wrong_goes_with_what_it_is_about(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    gone: str,
) -> None:
    await answer(hass, poor_box, freezer, ODD)
    assert set(raised(hass)) == {"balance_unread"}
    if gone == "the SIM":
        hass.config_entries.async_remove_subentry(asked, "sim1")
    elif gone == "the box":
        await hass.config_entries.async_remove(asked.entry_id)
    else:
        await change(hass, asked, "sim1", balance_code="")
    await settle(hass)
    assert issues(hass) == {}


async def test_nothing_is_asked_about_an_answer_to_another_card(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    box = box_with(ONE)
    entry = entry_of(hass, 1)
    with wired(cellar=box):
        await set_up(hass, entry)
        await answer(hass, box, freezer, ODD)
        assert set(raised(hass)) == {"balance_unread"}

        await put(hass, entry, box, [(1, FOREIGN)])
        assert set(raised(hass)) == {"other_card"}
        assert entry.runtime_data.balances.known("sim1").unread is None

        await put(hass, entry, box, [(1, ONE)])
        assert set(raised(hass)) == {"balance_unread"}
        await put(hass, entry, box, [(1, TWO)])
        entry.runtime_data.balances.async_begin_anew("sim1")
        assert entry.runtime_data.balances.known("sim1").answers == ()
        assert "balance_unread" not in raised(hass)


async def test_hostile_words_are_cut_and_cannot_break_out_of_the_page(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    hostile = "A: 17.45\x00\x1b[31m\r\n\u202e``` B: 3.20 " + 600 * "x"
    await answer(hass, poor_box, freezer, hostile)
    page = await Dialog.repair(hass, raised(hass)["balance_unread"].issue_id)
    assert page.told["answer"].startswith("A: 17.45  [31m\n ''' B: 3.20 xxx")
    assert len(page.told["answer"]) == 500


async def test_the_last_ten_answers_are_kept(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    said = [f"Saldo: {number},00 PLN" for number in range(12)]
    for words in said:
        await answer(hass, poor_box, freezer, words, wait=False)
    async with killed(hass, asked) as second:
        (entry,) = second.config_entries.async_entries("gsm_gateway")
        kept = entry.runtime_data.balances.known("sim1").answers
        assert [each.text for each in kept] == said[2:]


async def test_the_action_tells_an_answer_in_another_currency_as_it_is(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    poor_box.answers[1] = "Saldo: 4,00 EUR"
    first = device_id(hass, asked, "sim1")
    assert await act(hass, "refresh_balance", device_id=first) == {
        "balance": 4.0,
        "currency": "EUR",
        "answer": "Saldo: 4,00 EUR",
    }
