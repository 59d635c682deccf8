"""What few people ever change about a SIM."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.flow_schemas import InvalidInput
from custom_components.gsm_gateway.flow_senders import senders_data
from tests.integration.boxes import FOLDED_SIM, USUAL_SIM, sims
from tests.integration.dialog import Dialog

PLAIN = {
    "country": "RU",
    "balance_interval": 24,
    "use_for_sending": "always",
    "currency": "RUB",
}
CHANGED: dict[str, dict[str, Any]] = {
    "asking": {
        "balance_after_sms": False,
        "balance_only_after_sent": True,
        "balance_per_day": 2,
        "balance_quiet_from": "22:00:00",
        "balance_quiet_to": "07:00:00",
    },
    "reading": {
        "balance_sender": "Balance",
        "balance_pattern": r"balance: (?P<amount>[0-9.]+)",
    },
    "warnings": {"balance_low": 2.5, "expiry_days": 14},
    "keep_alive": {
        "keep_alive_days": 60,
        "keep_alive_number": "+48 601 234 567",
        "keep_alive_text": "still here",
    },
    "limits": {
        "parts_per_hour": 5,
        "parts_per_day": 20,
        "parts_per_month": 200,
        "recipients_per_day": 3,
    },
    "sending": {"pacing": 15, "roaming": True, "number_form": "double_zero"},
    "receiving": {"trusted_senders": ["601 234 567", "Panel"]},
}


async def test_the_form_is_short_and_shows_the_usual_values(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")

    assert dialog.folded() == dict.fromkeys(CHANGED, True)
    shown = {
        field: dialog.suggested(section, field)
        for section, fields in CHANGED.items()
        for field in fields
    }
    assert shown == USUAL_SIM


async def test_everything_is_kept_shown_again_and_can_be_emptied(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    before = sims(known_goip)["sim_1"]
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    await dialog.fill(balance_code="*100#", **PLAIN, **CHANGED)
    assert dialog.result["reason"] == "reconfigure_successful"
    flat = {
        name: value for fields in CHANGED.values() for name, value in fields.items()
    }
    before["country"] = "RU"
    assert sims(known_goip)["sim_1"] == before | flat

    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    for section, fields in CHANGED.items():
        assert {name: dialog.suggested(section, name) for name in fields} == fields
    await dialog.fill(balance_code="*100#", **PLAIN, **FOLDED_SIM)
    assert sims(known_goip)["sim_1"] == before | USUAL_SIM


async def test_a_sender_that_cannot_be_is_told_and_nothing_is_lost(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    wrong = CHANGED | {"receiving": {"trusted_senders": ["Panel", "a very long name"]}}
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    await dialog.fill(balance_code="*105#", **PLAIN, **wrong)
    assert dialog.result["errors"] == {"receiving": "invalid_sender"}
    assert dialog.result["description_placeholders"] == {
        "sim": "SIM 1",
        "note": "",
        "sender": "a very long name",
    }
    assert dialog.folded() == dict.fromkeys(CHANGED, True) | {"receiving": False}
    assert dialog.suggested("balance_code") == "*105#"
    for section, fields in wrong.items():
        assert {name: dialog.suggested(section, name) for name in fields} == fields

    await dialog.fill(balance_code="*105#", **PLAIN, **CHANGED)
    assert sims(known_goip)["sim_1"]["trusted_senders"] == ["601 234 567", "Panel"]


QUIET = {"balance_quiet_from": "22:00:00"}
NOT_A_NUMBER = {"keep_alive_days": 60, "keep_alive_number": "my phone"}


@pytest.mark.parametrize(
    ("section", "filled", "error"),
    [
        ("asking", QUIET, "quiet_hours_half"),
        ("asking", {"balance_quiet_to": "07:00:00"}, "quiet_hours_half"),
        ("reading", {"balance_sender": "a very long name"}, "invalid_sender"),
        ("reading", {"balance_pattern": "([0-9]+"}, "pattern_invalid"),
        ("reading", {"balance_pattern": r"(\d+) \1"}, "pattern_unsupported"),
        ("reading", {"balance_pattern": "x" * 500 + "(1)"}, "pattern_too_long"),
        ("reading", {"balance_pattern": r"(\d+)+(\d+)*x"}, "pattern_too_slow"),
        ("reading", {"balance_pattern": "([a-z]+)"}, "pattern_no_amount"),
        ("keep_alive", {"keep_alive_days": 60}, "keep_alive_number_missing"),
        ("keep_alive", NOT_A_NUMBER, "keep_alive_number_invalid"),
        ("keep_alive", {"keep_alive_text": "x" * 161}, "keep_alive_text_too_long"),
    ],
)
async def test_a_wish_that_cannot_be_is_told_and_nothing_is_lost(
    hass: HomeAssistant,
    known_goip: MockConfigEntry,
    section: str,
    filled: dict[str, Any],
    error: str,
) -> None:
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    wrong = CHANGED | {section: filled}
    await dialog.fill(balance_code="*105#", **PLAIN, **wrong)
    assert dialog.result["errors"] == {section: error}
    assert dialog.folded() == dict.fromkeys(CHANGED, True) | {section: False}
    assert dialog.suggested("balance_code") == "*105#"
    for name, fields in wrong.items():
        assert {field: dialog.suggested(name, field) for field in fields} == fields

    await dialog.fill(balance_code="*105#", **PLAIN, **CHANGED)
    assert dialog.result["reason"] == "reconfigure_successful"


async def test_what_the_form_does_not_show_stays(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    before = known_goip.subentries["sim1"]
    hidden = {"reject_calls": True, "card_since": "2026-01-01T00:00:00+00:00"}
    hass.config_entries.async_update_subentry(
        known_goip, before, data={**before.data, **hidden}
    )
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    await dialog.fill(balance_code="*105#", **PLAIN, **CHANGED)
    data = sims(known_goip)["sim_1"]
    assert {name: data[name] for name in hidden} == hidden
    assert data["imsi"] == before.data["imsi"]


@pytest.mark.parametrize(
    ("section", "wrong"),
    [
        ("limits", {"parts_per_hour": 0}),
        ("limits", {"parts_per_day": -1}),
        ("limits", {"parts_per_month": 100_001}),
        ("limits", {"recipients_per_day": 0}),
        ("sending", {"pacing": 3601}),
        ("sending", {"pacing": 0}),
        ("sending", {"number_form": "morse"}),
        ("asking", {"balance_per_day": 0}),
        ("asking", {"balance_quiet_from": "25:00:00"}),
        ("warnings", {"balance_low": -1}),
        ("warnings", {"expiry_days": 0}),
        ("keep_alive", {"keep_alive_days": 366}),
    ],
)
async def test_a_value_out_of_reason_is_refused(
    hass: HomeAssistant,
    known_goip: MockConfigEntry,
    section: str,
    wrong: dict[str, Any],
) -> None:
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    with pytest.raises(InvalidData):
        await dialog.fill(**PLAIN, **FOLDED_SIM | {section: wrong})


@pytest.mark.parametrize(
    "sender",
    [
        "+48601234567",
        "00 48 (601) 234-567",
        "8080",
        "*100#",
        "MyBank",
        "Żabka",
        "A",
        "Hello World",
        "1&1 mobil",
        "24/7 h",
    ],
)
def test_numbers_and_names_are_senders(sender: str) -> None:
    assert senders_data([sender], field="receiving") == [sender]


@pytest.mark.parametrize(
    "sender",
    [
        "+4860123456x",
        "+Bank",
        "twelve lette",
        "601/234/567",
        "123456789012345678901",
        "!?",
        "My\u0007Bank",
        "My\nBank",
    ],
)
def test_anything_else_is_no_sender(sender: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        senders_data(["MyBank", sender], field="receiving")

    assert raised.value.errors == {"receiving": "invalid_sender"}
    assert raised.value.placeholders == {"sender": sender}
