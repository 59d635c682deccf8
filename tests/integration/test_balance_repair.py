"""The repairs in which a user says what an answer means, with boxes on the wire."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant, State
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.boxes import sims
from tests.integration.dialog import Dialog
from tests.integration.entries import change, settle
from tests.integration.repairing import issues
from tests.integration.scene import act, device_id
from tests.integration.wires import (
    SimulatedBox,
    connect,
    living,
    switched_on,
    wired_entry,
)
from tests.polling import until

SCALE = 20.0
BALANCE: dict[str, Any] = {
    "balance_code": "*100#",
    "balance_interval": 24,
    "currency": "EUR",
}
TWO_NUMBERS = "Konto A 20,00 Konto B 7,35 Stufe 3"
"""Nothing of it is said to be money."""


@pytest.fixture(autouse=True)
def fast() -> Iterator[None]:
    """Let Home Assistant live as fast as the boxes, and wait for an SMS for a moment only."""
    ours = "custom_components.gsm_gateway"
    moment = timedelta(seconds=1)
    with (
        living(SCALE),
        patch(f"{ours}.balance_book.WINDOW", moment),
        patch(f"{ours}.balance_questions.LOOK_AGAIN", moment),
    ):
        yield


@dataclass(frozen=True)
class Home:
    """A house with a box whose first SIM has a balance."""

    hass: HomeAssistant
    box: SimulatedBox
    entry: MockConfigEntry

    def answer(self, text: str) -> None:
        """Let the operator answer so from now on."""
        card = self.box.lines[1].sim
        assert card is not None
        card.ussd["*100#"] = text

    async def ask(self) -> None:
        """Ask for the balance."""
        device = device_id(self.hass, self.entry, "sim1")
        await act(self.hass, "refresh_balance", device_id=device)

    def issue(self, problem: str) -> str:
        """Return the id of the repair about the SIM."""
        return f"balance_{problem}_{self.entry.entry_id}_sim1"

    async def repair(self, problem: str) -> Dialog:
        """Open the dialog of a repair once it is there."""
        await until(lambda: self.issue(problem) in issues(self.hass))
        return await Dialog.repair(self.hass, self.issue(problem))

    @property
    def shown(self) -> State:
        """The sensor."""
        (state,) = [
            state
            for state in self.hass.states.async_all("sensor")
            if state.entity_id.endswith("sim_1_balance")
        ]
        return state


@pytest.fixture(params=["goip, web", "yeastar"])
async def home(
    hass: HomeAssistant, request: pytest.FixtureRequest
) -> AsyncGenerator[Home]:
    """The house, its SIM asked once: it had 9.00 euros."""
    async with switched_on(hass, request.param, SCALE) as box:
        made = Home(hass, box, wired_entry(box, request.param, sims=1, **BALANCE))
        made.answer("Guthaben: 9,00 EUR")
        await connect(hass, made.entry)
        await made.ask()
        assert made.shown.state == "9.00"
        yield made


def data(home: Home) -> dict[str, Any]:
    """Return the settings of the SIM."""
    return sims(home.entry)["sim_1"]


async def test_the_picked_number_is_shown_at_once_and_found_from_then_on(
    hass: HomeAssistant, home: Home
) -> None:
    home.answer(TWO_NUMBERS)
    await home.ask()
    assert home.shown.state == "9.00"
    runtime = home.entry.runtime_data
    dialog = await home.repair("unread")
    assert dialog.result["step_id"] == "pick"
    assert dialog.told["answer"] == TWO_NUMBERS
    choices = dialog.choices("picked_number")
    assert [label.split()[0] for label in choices] == ["20,00", "7,35", "3", "none"]

    await dialog.fill(picked_number="1")
    assert dialog.told["rows"].splitlines() == [
        f"| `{TWO_NUMBERS}` | **7.35 EUR** |",
        "| `Guthaben: 9,00 EUR` | – |",
    ]
    learned = dialog.suggested("balance_pattern")
    await dialog.fill(balance_pattern=learned, then="save_pattern")
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    await until(lambda: home.shown.state == "7.35")
    assert issues(hass) == {}
    assert data(home)["balance_pattern"] == learned
    assert home.entry.runtime_data is runtime

    home.answer("Konto A 19,00 Konto B 6,20 Stufe 2")
    await home.ask()
    assert home.shown.state == "6.20"
    assert issues(hass) == {}


async def test_a_changed_pattern_is_shown_before_it_is_saved(
    hass: HomeAssistant, home: Home
) -> None:
    home.answer(TWO_NUMBERS)
    await home.ask()
    dialog = await home.repair("unread")
    await dialog.fill(picked_number="1")
    changed = "Konto A ([0-9,]+)"
    await dialog.fill(balance_pattern=changed, then="show_readings")
    assert dialog.told["rows"].splitlines()[0].endswith("| **20.00 EUR** |")
    assert data(home).get("balance_pattern") is None
    await dialog.fill(balance_pattern=changed, then="save_pattern")
    await until(lambda: home.shown.state == "20.00")


@pytest.mark.parametrize(
    ("pattern", "error"),
    [
        ("Konto B ([0-9,]+", "pattern_invalid"),
        (r"Konto B (?=7)([0-9,]+)", "pattern_unsupported"),
        ("Konto B ([0-9,]+)" + "x?" * 300, "pattern_too_long"),
        (r"((Konto)+ *)+([0-9,]+)", "pattern_too_slow"),
        ("Konto ([A-Z])", "pattern_no_amount"),
        ("Konto C ([0-9,]+)", "pattern_no_match"),
        (" ", "pattern_no_match"),
    ],
)
@pytest.mark.parametrize("home", ["yeastar"], indirect=True)
async def test_a_pattern_that_cannot_be_is_told_and_nothing_is_lost(
    hass: HomeAssistant, home: Home, pattern: str, error: str
) -> None:
    home.answer(TWO_NUMBERS)
    await home.ask()
    dialog = await home.repair("unread")
    await dialog.fill(picked_number="1")
    learned = dialog.suggested("balance_pattern")
    rows = dialog.told["rows"]
    await dialog.fill(balance_pattern=pattern, then="save_pattern")
    assert dialog.result["errors"] == {"balance_pattern": error}
    assert dialog.suggested("balance_pattern") == pattern
    assert dialog.told["rows"] == rows

    await dialog.fill(balance_pattern=learned, then="save_pattern")
    assert data(home)["balance_pattern"] == learned


@pytest.mark.parametrize("home", ["yeastar"], indirect=True)
async def test_none_of_the_numbers_closes_the_repair_until_the_next_answer(
    hass: HomeAssistant, home: Home
) -> None:
    home.answer(TWO_NUMBERS)
    await home.ask()
    dialog = await home.repair("unread")
    await dialog.fill(picked_number="none")
    assert dialog.result["step_id"] == "no_balance"
    assert dialog.told["code"] == "*100#"
    await dialog.fill()
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    await change(hass, home.entry, "sim1", balance_interval=12)
    assert issues(hass) == {}
    assert data(home).get("balance_pattern") is None

    await home.ask()
    await home.repair("unread")


@pytest.mark.parametrize("home", ["yeastar"], indirect=True)
async def test_an_answer_that_was_read_meanwhile_is_settled(
    hass: HomeAssistant, home: Home
) -> None:
    home.answer(TWO_NUMBERS)
    await home.ask()
    dialog = await home.repair("unread")
    other = await home.repair("unread")
    await other.fill(picked_number="1")
    home.answer("Guthaben: 8,00 EUR")
    await home.ask()
    await dialog.fill(picked_number="1")
    assert dialog.result["reason"] == "settled"
    await other.fill(balance_pattern="Konto B ([0-9,]+)", then="save_pattern")
    assert other.result["reason"] == "settled"
    assert home.shown.state == "8.00"


@pytest.mark.parametrize("home", ["yeastar"], indirect=True)
async def test_another_answer_meanwhile_is_shown_instead(
    hass: HomeAssistant, home: Home
) -> None:
    home.answer(TWO_NUMBERS)
    await home.ask()
    dialog = await home.repair("unread")
    home.answer("Konto C 1,00 Konto D 2,00")
    await home.ask()
    await dialog.fill(picked_number="1")
    assert dialog.result["errors"] == {"base": "other_answer"}
    assert dialog.told["answer"] == "Konto C 1,00 Konto D 2,00"
    await dialog.fill(picked_number="1")
    assert dialog.told["rows"].splitlines()[0].endswith("| **2.00 EUR** |")


@pytest.mark.parametrize("home", ["yeastar"], indirect=True)
@pytest.mark.parametrize("problem", ["unread", "other_currency"])
async def test_a_sim_that_is_gone_is_settled(
    hass: HomeAssistant, home: Home, problem: str
) -> None:
    home.answer(TWO_NUMBERS if problem == "unread" else "Balance: 3.00 USD")
    await home.ask()
    dialog = await home.repair(problem)
    hass.config_entries.async_remove_subentry(home.entry, "sim1")
    await settle(hass)
    assert issues(hass) == {}
    filled = {"picked_number": "1"}
    if problem == "other_currency":
        filled = {"next_step_id": "use_found"}
    await dialog.fill(**filled)
    assert dialog.result["reason"] == "settled"


async def test_the_currency_of_the_answer_is_taken(
    hass: HomeAssistant, home: Home
) -> None:
    home.answer("Balance: 3.00 USD")
    await home.ask()
    assert home.shown.state == "9.00"
    dialog = await home.repair("other_currency")
    assert dialog.result["menu_options"] == ["use_found", "keep"]
    told = dialog.told
    assert (told["amount"], told["currency"]) == ("3.00 USD", "EUR")
    assert (told["found_currency"], told["answer"]) == ("USD", "Balance: 3.00 USD")

    await dialog.choose("use_found")
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    await until(lambda: home.shown.state == "3.00")
    assert home.shown.attributes["unit_of_measurement"] == "USD"
    assert data(home)["currency"] == "USD"
    assert issues(hass) == {}


@pytest.mark.parametrize("home", ["yeastar"], indirect=True)
@pytest.mark.parametrize("choice", ["use_found", "keep"])
async def test_another_answer_in_another_currency_is_shown_before_anything_is_done(
    hass: HomeAssistant, home: Home, choice: str
) -> None:
    home.answer("Balance: 3.00 USD")
    await home.ask()
    dialog = await home.repair("other_currency")
    home.answer("Balance: 2.00 GBP")
    await home.ask()
    await dialog.choose(choice)
    assert dialog.result["step_id"] == "init"
    told = dialog.told
    assert (told["amount"], told["found_currency"]) == ("2.00 GBP", "GBP")
    assert told["answer"] == "Balance: 2.00 GBP"
    assert data(home)["currency"] == "EUR"
    assert home.issue("other_currency") in issues(hass)

    await dialog.choose(choice)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    await settle(hass)
    assert data(home)["currency"] == ("GBP" if choice == "use_found" else "EUR")
    assert issues(hass) == {}


@pytest.mark.parametrize("home", ["yeastar"], indirect=True)
async def test_another_answer_is_not_closed_with_the_one_that_was_shown(
    hass: HomeAssistant, home: Home
) -> None:
    home.answer(TWO_NUMBERS)
    await home.ask()
    dialog = await home.repair("unread")
    await dialog.fill(picked_number="none")
    home.answer("Konto C 1,00 Konto D 2,00")
    await home.ask()
    await dialog.fill()
    assert dialog.result["errors"] == {"base": "other_answer"}
    assert dialog.told["answer"] == "Konto C 1,00 Konto D 2,00"


@pytest.mark.parametrize("home", ["yeastar"], indirect=True)
async def test_the_currency_of_the_sim_is_kept_until_the_next_answer(
    hass: HomeAssistant, home: Home
) -> None:
    home.answer("Balance: 3.00 USD")
    await home.ask()
    dialog = await home.repair("other_currency")
    await dialog.choose("keep")
    await settle(hass)
    assert issues(hass) == {}
    assert (home.shown.state, data(home)["currency"]) == ("9.00", "EUR")
    await home.ask()
    await home.repair("other_currency")
