"""A balance code is tried before it is saved: on the wire, and with what the user reads."""

import asyncio
from collections.abc import Iterator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import translation
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.boxes import FOLDED_SIM, sims
from tests.integration.dialog import Dialog
from tests.integration.wires import (
    SimulatedBox,
    connect,
    living,
    switched_on,
    wired_entry,
)
from tests.simulator.core.journal import USSD_DIALLED
from tests.simulator.core.sim_card import SimCard, UssdAnswer
from tests.simulator.yeastar.box import YeastarBox

SCALE = 20.0
PLAIN: dict[str, Any] = {"balance_interval": 24, "use_for_sending": "always"}
TWO_NUMBERS = "Konto A 20,00 Konto B 7,35 Stufe 3"
"""Nothing of it is said to be money."""


@pytest.fixture(autouse=True)
def fast() -> Iterator[None]:
    """Let Home Assistant wait as fast as the boxes live."""
    with living(SCALE):
        yield


@pytest.fixture(params=["goip, web", "yeastar"])
def wire(request: pytest.FixtureRequest) -> str:
    """How the code gets to the network."""
    return str(request.param)


def card(box: SimulatedBox, line: int = 2) -> SimCard:
    """Return the card of a port."""
    found = box.lines[line].sim
    assert found is not None
    return found


def dialled(box: SimulatedBox) -> list[tuple[int | None, str]]:
    """Return the codes that went on the air, with their ports."""
    return [(entry.line, entry["code"]) for entry in box.journal.entries(USSD_DIALLED)]


async def settings_of(hass: HomeAssistant, entry: MockConfigEntry) -> Dialog:
    """Open the settings of the second SIM, which has no code yet."""
    return await Dialog.subentry(hass, entry, "sim", "sim2")


async def offered(hass: HomeAssistant, entry: MockConfigEntry, **filled: Any) -> Dialog:
    """Fill in the code of the second SIM; the page that offers a try is open."""
    dialog = await settings_of(hass, entry)
    if dialog.result["type"] is FlowResultType.MENU:
        await dialog.choose("change")
    usual = {"balance_code": "*100#", "currency": "EUR", **PLAIN, **FOLDED_SIM}
    await dialog.fill(**usual | filled)
    assert dialog.result["step_id"] == "try_code"
    return dialog


async def ask(dialog: Dialog) -> str:
    """Choose to ask, and wait for the page with the answer; return its name."""
    await dialog.choose("ask")
    await dialog.until(lambda page: page["type"] is not FlowResultType.SHOW_PROGRESS)
    return str(dialog.result["step_id"])


async def test_the_answer_is_shown_and_understood_before_anything_is_saved(
    hass: HomeAssistant, wire: str
) -> None:
    async with switched_on(hass, wire, SCALE) as box:
        answer = "Guthaben: 12,50 EUR. Gueltig bis 01.03.2027"
        card(box).ussd["*100#"] = answer
        entry = wired_entry(box, wire)
        await connect(hass, entry)
        dialog = await offered(hass, entry)
        assert dialog.told["code"] == "*100#"
        assert dialog.result["menu_options"] == ["ask", "change", "save"]
        assert dialled(box) == []

        assert await ask(dialog) == "understood"
        assert dialled(box) == [(2, "*100#")]
        told = dialog.told
        assert told["answer"] == answer
        assert (told["amount"], told["valid_until"]) == ("12.50 EUR", "2027-03-01")
        assert "balance_code" not in sims(entry)["sim_2"]

        await dialog.choose("save")
        assert dialog.result["reason"] == "reconfigure_successful"
        data = sims(entry)["sim_2"]
        assert (data["balance_code"], data["currency"]) == ("*100#", "EUR")
        assert data["balance_pattern"] is None


async def test_a_number_is_picked_and_its_pattern_is_shown_changed_and_saved(
    hass: HomeAssistant, wire: str
) -> None:
    async with switched_on(hass, wire, SCALE) as box:
        card(box).ussd["*100#"] = TWO_NUMBERS
        entry = wired_entry(box, wire)
        await connect(hass, entry)
        dialog = await offered(hass, entry)
        assert await ask(dialog) == "not_understood"
        await dialog.choose("pick")
        choices = dialog.choices("picked_number")
        assert list(choices) == [
            "20,00   (Konto A 20,00 Konto B 7,35 Stufe 3)",
            "7,35   (Konto A 20,00 Konto B 7,35 Stufe 3)",
            "3   (…Konto B 7,35 Stufe 3)",
            "none",
        ]
        await dialog.fill()
        assert dialog.result["errors"] == {"picked_number": "nothing_picked"}
        await dialog.fill(picked_number="1")
        assert dialog.result["step_id"] == "pattern"
        learned = dialog.suggested("balance_pattern")
        assert dialog.told["rows"] == f"| `{TWO_NUMBERS}` | **7.35 EUR** |"

        await dialog.fill(balance_pattern="Konto A ([0-9,]+)", then="show_readings")
        assert dialog.told["rows"] == f"| `{TWO_NUMBERS}` | **20.00 EUR** |"
        await dialog.fill(balance_pattern="Stufe: ([0-9]+)", then="save_pattern")
        assert dialog.result["errors"] == {"balance_pattern": "pattern_no_match"}
        assert dialog.suggested("balance_pattern") == "Stufe: ([0-9]+)"
        await dialog.fill(balance_pattern="Stufe ([0-9]+", then="save_pattern")
        assert dialog.result["errors"] == {"balance_pattern": "pattern_invalid"}

        await dialog.fill(balance_pattern=learned, then="save_pattern")
        assert dialog.result["reason"] == "reconfigure_successful"
        assert sims(entry)["sim_2"]["balance_pattern"] == learned
        assert len(dialled(box)) == 1


async def test_a_new_sim_is_tried_before_it_is_there(
    hass: HomeAssistant, wire: str
) -> None:
    async with switched_on(hass, wire, SCALE) as box:
        card(box).ussd["*100#"] = "Guthaben: 12,50 EUR"
        entry = wired_entry(box, wire, sims=1)
        entry.add_to_hass(hass)
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, "known_ports": [1, 2]}
        )
        await connect(hass, entry)
        dialog = await Dialog.subentry(hass, entry, "sim")
        await dialog.fill(channel="2")
        filled = {"balance_code": "*100#", "currency": "EUR", **PLAIN, **FOLDED_SIM}
        await dialog.fill(**filled)
        assert await ask(dialog) == "understood"
        assert dialled(box) == [(2, "*100#")]
        assert "sim_2" not in sims(entry)

        await dialog.choose("save")
        assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        assert sims(entry)["sim_2"]["balance_code"] == "*100#"


@pytest.fixture
async def box(hass: HomeAssistant) -> Any:
    """A Yeastar TG with two SIMs, which answers fastest."""
    async with switched_on(hass, "yeastar", SCALE) as found:
        yield found


@pytest.fixture
async def entry(hass: HomeAssistant, box: YeastarBox) -> MockConfigEntry:
    """Its entry, connected; no SIM has a balance code."""
    made = wired_entry(box, "yeastar")
    await connect(hass, made)
    return made


async def test_the_currency_of_the_answer_can_be_taken(
    hass: HomeAssistant, box: YeastarBox, entry: MockConfigEntry
) -> None:
    card(box).ussd["*100#"] = "Your balance is 3.00 USD"
    dialog = await offered(hass, entry)
    assert await ask(dialog) == "other_currency"
    assert (dialog.told["amount"], dialog.told["currency"]) == ("3.00 USD", "EUR")
    assert dialog.told["found_currency"] == "USD"

    await dialog.choose("take_currency")
    assert dialog.result["step_id"] == "understood"
    await dialog.choose("change")
    assert dialog.suggested("currency") == "USD"
    filled = {"balance_code": "*100#", "currency": "USD", **PLAIN, **FOLDED_SIM}
    await dialog.fill(**filled)
    await dialog.choose("save")
    assert sims(entry)["sim_2"]["currency"] == "USD"
    assert len(dialled(box)) == 1


async def test_the_code_is_changed_and_tried_again(
    hass: HomeAssistant, box: YeastarBox, entry: MockConfigEntry
) -> None:
    card(box).ussd |= {"*100#": "Bad request", "*111#": "Balance: 3.00 EUR"}
    wishes = FOLDED_SIM | {"warnings": {"balance_low": 2.5, "expiry_days": 3}}
    dialog = await offered(hass, entry, **wishes)
    assert await ask(dialog) == "no_number"
    await dialog.choose("change")
    assert dialog.suggested("balance_code") == "*100#"
    assert dialog.suggested("warnings", "balance_low") == 2.5
    changed = {"balance_code": "*111#", "currency": "EUR", **PLAIN, **wishes}
    await dialog.fill(**changed)
    assert await ask(dialog) == "understood"
    await dialog.choose("save")

    assert [code for _, code in dialled(box)] == ["*100#", "*111#"]
    data = sims(entry)["sim_2"]
    assert (data["balance_code"], data["balance_low"]) == ("*111#", 2.5)


async def test_none_of_the_numbers_is_the_balance(
    hass: HomeAssistant, box: YeastarBox, entry: MockConfigEntry
) -> None:
    card(box).ussd["*100#"] = TWO_NUMBERS
    dialog = await offered(hass, entry)
    await ask(dialog)
    await dialog.choose("pick")
    await dialog.fill(picked_number="none")
    assert dialog.result["step_id"] == "no_balance"
    assert dialog.result["menu_options"] == ["ask", "change", "save"]
    assert await ask(dialog) == "not_understood"
    assert len(dialled(box)) == 2


async def test_an_operator_that_is_silent_is_told_and_can_be_asked_again(
    hass: HomeAssistant, box: YeastarBox, entry: MockConfigEntry
) -> None:
    answers: list[str | UssdAnswer] = [UssdAnswer(kind="silence"), "Balance: 3.00 EUR"]
    card(box).ussd["*100#"] = answers
    dialog = await offered(hass, entry)
    assert await ask(dialog) == "failed"
    assert "SIM 2" in dialog.told["error"]
    assert await ask(dialog) == "understood"


async def test_a_box_that_is_away_is_told_in_the_language_of_the_house(
    hass: HomeAssistant, box: YeastarBox, entry: MockConfigEntry
) -> None:
    dialog = await offered(hass, entry)
    await box.stop()
    assert await ask(dialog) == "failed"
    texts = translation.async_get_cached_translations(
        hass, "en", "exceptions", "gsm_gateway"
    )
    key = "component.gsm_gateway.exceptions.cannot_connect.message"
    assert dialog.told["error"] == texts[key].format(name="SIM 2")
    await dialog.choose("save")
    assert sims(entry)["sim_2"]["balance_code"] == "*100#"


async def test_an_entry_that_was_unloaded_meanwhile_dials_nothing(
    hass: HomeAssistant, box: YeastarBox, entry: MockConfigEntry
) -> None:
    dialog = await offered(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    assert await ask(dialog) == "failed"
    assert dialled(box) == []


async def test_the_code_that_is_there_can_be_tried_and_nothing_is_changed(
    hass: HomeAssistant, box: YeastarBox, entry: MockConfigEntry
) -> None:
    answers: list[str | UssdAnswer] = ["Balance: 3.00 EUR", TWO_NUMBERS]
    card(box).ussd["*100#"] = answers
    dialog = await offered(hass, entry)
    await ask(dialog)
    await dialog.choose("save")
    before = sims(entry)["sim_2"]

    dialog = await settings_of(hass, entry)
    assert dialog.result["menu_options"] == ["change", "check"]
    await dialog.choose("check")
    assert dialog.result["menu_options"] == ["ask", "change"]
    assert await ask(dialog) == "not_understood"
    assert sims(entry)["sim_2"] == before
    await dialog.choose("pick")
    await dialog.fill(picked_number="1")
    rows = dialog.told["rows"].splitlines()
    assert rows == [
        f"| `{TWO_NUMBERS}` | **7.35 EUR** |",
        "| `Balance: 3.00 EUR` | – |",
    ]
    pattern = dialog.suggested("balance_pattern")
    await dialog.fill(balance_pattern=pattern, then="save_pattern")
    assert sims(entry)["sim_2"] == before | {"balance_pattern": pattern}


async def test_a_dialog_that_is_closed_leaves_nothing_behind(
    hass: HomeAssistant, box: YeastarBox, entry: MockConfigEntry
) -> None:
    card(box).ussd["*100#"] = UssdAnswer("Balance: 3.00 EUR", delay=600)
    dialog = await offered(hass, entry)
    await dialog.choose("ask")
    flows = hass.config_entries.subentries
    task = flows._progress[dialog.result["flow_id"]].async_get_progress_task()
    assert task is not None
    flows.async_abort(dialog.result["flow_id"])
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    "hostile",
    [
        "```\n# Balance\n``` 5 [x](http://evil.example) <b>",
        "a\u202eb\x07c\x1b[31m | 5 | d",
        "9" * 3000,
    ],
)
async def test_hostile_words_stay_words(
    hass: HomeAssistant, box: YeastarBox, entry: MockConfigEntry, hostile: str
) -> None:
    card(box).ussd["*100#"] = hostile
    dialog = await offered(hass, entry)
    await ask(dialog)
    answer = dialog.told["answer"]
    assert len(answer) <= 500
    assert "`" not in answer
    assert all(each.isprintable() or each == "\n" for each in answer)
