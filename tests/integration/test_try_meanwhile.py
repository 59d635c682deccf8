"""A page dials only the code that it shows, whatever is done on other pages meanwhile."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.gateways.model import UssdReply
from tests.integration.asking import ONE_QUESTION
from tests.integration.dialog import Dialog
from tests.integration.entries import change, settle
from tests.integration.fakes import FakeBox

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")

CHANGED = (
    "The SIM or its code was changed on another page meanwhile; this is what it is now."
)
OTHER = {"imsi": "260020000000009", "iccid": None, "operator": "T-Mobile"}


async def checking(hass: HomeAssistant, entry: MockConfigEntry) -> Dialog:
    """Open the page that offers to ask once."""
    dialog = await Dialog.subentry(hass, entry, "sim", "sim1")
    await dialog.choose("check")
    assert dialog.told["code"] == "*100#"
    return dialog


async def ask(dialog: Dialog) -> None:
    """Choose to ask, and wait for the page with the answer."""
    await dialog.choose("ask")
    await dialog.until(lambda page: page["type"] is not FlowResultType.SHOW_PROGRESS)


async def test_a_code_that_was_changed_is_shown_before_it_is_dialled(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    dialog = await checking(hass, asked)
    await change(hass, asked, "sim1", balance_code="*777#")
    await dialog.choose("ask")
    assert dialog.result["step_id"] == "try_code"
    assert (dialog.told["code"], dialog.told["note"]) == ("*777#", CHANGED)
    assert poor_box.dialled == ONE_QUESTION

    await ask(dialog)
    assert dialog.result["step_id"] == "understood"
    assert poor_box.dialled == [*ONE_QUESTION, (1, "*777#")]


async def test_a_sim_that_moved_is_shown_where_it_is(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    dialog = await checking(hass, asked)
    await change(hass, asked, "sim1", channel=2)
    await dialog.choose("ask")
    assert (dialog.told["sim"], dialog.told["note"]) == ("SIM 2", CHANGED)
    await ask(dialog)
    assert poor_box.dialled == [*ONE_QUESTION, (2, "*100#")]


async def test_another_card_is_not_asked_unseen(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    dialog = await checking(hass, asked)
    other = {**OTHER, "since": "2026-05-02T11:00:00+00:00"}
    await change(hass, asked, "sim1", other_card=other)
    await dialog.choose("ask")
    assert (dialog.result["step_id"], dialog.told["note"]) == ("try_code", CHANGED)
    assert poor_box.dialled == ONE_QUESTION


async def test_a_code_that_was_removed_is_not_dialled(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    dialog = await checking(hass, asked)
    await change(hass, asked, "sim1", balance_code=None)
    await dialog.choose("ask")
    assert dialog.result["reason"] == "settled"
    assert poor_box.dialled == ONE_QUESTION


async def test_a_code_that_was_removed_before_the_page_was_chosen_is_told(
    hass: HomeAssistant, asked: MockConfigEntry
) -> None:
    dialog = await Dialog.subentry(hass, asked, "sim", "sim1")
    await change(hass, asked, "sim1", balance_code=None)
    await dialog.choose("check")
    assert dialog.result["reason"] == "settled"


async def test_a_sim_that_was_removed_is_not_asked(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    dialog = await checking(hass, asked)
    hass.config_entries.async_remove_subentry(asked, "sim1")
    await settle(hass)
    await dialog.choose("ask")
    assert dialog.result["reason"] == "settled"
    assert poor_box.dialled == ONE_QUESTION


@pytest.mark.parametrize("answer", ["Saldo: 9,00 PLN", "Konto A 20,00 Konto B 7,35"])
async def test_a_code_that_was_changed_while_it_was_dialled_ends_the_dialog(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox, answer: str
) -> None:
    async def answer_late(channel: int, code: str) -> UssdReply:
        poor_box.dialled.append((channel, code))
        data = {**asked.subentries["sim1"].data, "balance_code": "*777#"}
        hass.config_entries.async_update_subentry(
            asked, asked.subentries["sim1"], data=data
        )
        return UssdReply(text=answer)

    poor_box.run_ussd = answer_late  # type: ignore[method-assign]
    dialog = await checking(hass, asked)
    await ask(dialog)
    assert dialog.result["reason"] == "settled"
    assert poor_box.dialled == [*ONE_QUESTION, (1, "*100#")]


@pytest.mark.parametrize("choice", ["pick", "save"])
@pytest.mark.parametrize("removed", [False, True])
async def test_nothing_is_saved_for_another_code_than_the_one_that_answered(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    choice: str,
    *,
    removed: bool,
) -> None:
    dialog = await checking(hass, asked)
    await ask(dialog)
    code = None if removed else "*777#"
    await change(hass, asked, "sim1", balance_code=code)
    before = dict(asked.subentries["sim1"].data)
    await dialog.choose(choice)
    assert dialog.result["reason"] == "settled"
    assert dict(asked.subentries["sim1"].data) == before


async def test_a_currency_is_not_taken_from_the_answer_to_another_code(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    poor_box.answers[1] = "Balance: 3.00 EUR"
    dialog = await checking(hass, asked)
    await ask(dialog)
    assert dialog.result["step_id"] == "other_currency"
    await change(hass, asked, "sim1", balance_code="*777#")
    await dialog.choose("take_currency")
    assert dialog.result["reason"] == "settled"
    assert asked.subentries["sim1"].data["currency"] == "PLN"
