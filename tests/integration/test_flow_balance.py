"""What is proposed for the balances of a box's SIMs."""

from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.balance.countries import CURRENCY_OF
from custom_components.gsm_gateway.balance.operators import Proposal
from custom_components.gsm_gateway.flow_balance import (
    CURRENCY,
    balance_data,
    find_operators,
)
from custom_components.gsm_gateway.flow_schemas import InvalidInput
from custom_components.gsm_gateway.gateways.model import ChannelStatus
from tests.integration.boxes import FOLDED_SIM, added, goip_form, sims
from tests.integration.dialog import Dialog
from tests.simulator.core.sim_card import SimCard
from tests.simulator.goip.box import GoipBox


@pytest.mark.parametrize(
    ("operator", "imsi", "suggested"),
    [
        ("Play", "260060000000001", {"balance_code": "*101#", "currency": "PLN"}),
        ("A1 BY", "257010000000001", {"guessed_code": "*100#", "currency": "BYN"}),
        ("Unheard", "260990000000001", {"balance_code": None, "currency": "PLN"}),
        ("Unheard", "999990000000001", {"balance_code": None, "currency": "EUR"}),
    ],
)
async def test_what_is_known_of_the_operator_is_filled_in(
    hass: HomeAssistant,
    goip_box: GoipBox,
    operator: str,
    imsi: str,
    suggested: dict[str, Any],
) -> None:
    """A code that is not sure stands in a field that says so; home pays in euros."""
    hass.config.currency = "EUR"
    goip_box.lines[1].sim = SimCard(operator=operator, imsi=imsi)
    goip_box.lines[2].sim = None
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box))
    (operator_1,) = dialog.fields
    names = [field["name"] for field in operator_1["schema"]]
    filled = {name: dialog.suggested("operator_1", name) for name in names}
    assert filled == suggested

    await dialog.fill(operator_1=suggested | {names[0]: "*1#"})
    data = sims(added(hass))["sim_1"]
    assert (data["balance_code"], data["currency"]) == ("*1#", suggested["currency"])


SETTINGS: dict[str, Any] = {
    "balance_interval": 24,
    "use_for_sending": "always",
    **FOLDED_SIM,
}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("*100#", "*100#"),
        (" * 100 # ", "*100#"),
        ("*100#>1>3", "*100# > 1 > 3"),
        (" *100#  > 1 >3 ", "*100# > 1 > 3"),
        ("*100# > 1 > ABC", "*100# > 1 > ABC"),
        ("*100#" + " > 1" * 10, "*100#" + " > 1" * 10),
    ],
)
async def test_a_code_and_its_replies_are_kept_as_they_are_shown(
    hass: HomeAssistant, known_goip: MockConfigEntry, typed: str, kept: str
) -> None:
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    await dialog.fill(**SETTINGS, balance_code=typed, currency="RUB")
    assert sims(known_goip)["sim_1"]["balance_code"] == kept

    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    assert dialog.suggested("balance_code") == kept


@pytest.mark.parametrize(
    "typed",
    [
        "call 100",
        "1 > *100# >",
        "> 1",
        ">",
        "*100# > > 3",
        "*100# > 1;2",
        "*100#, 1, 3",
        "*100# > ٣",
        "*100#" + " > 1" * 11,
        "*" * 183,
        "*100# > " + "1" * 183,
    ],
)
def test_what_is_no_code_with_replies_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        balance_data({"balance_code": typed, "currency": "EUR"})
    assert wrong.value.errors == {"balance_code": "invalid_code"}


def test_every_currency_that_can_be_proposed_can_be_chosen() -> None:
    assert set(CURRENCY_OF.values()) <= set(CURRENCY.config["options"])


@pytest.mark.parametrize(
    ("sims_of_box", "groups"),
    [
        (
            [
                ChannelStatus(channel=1, operator="Beeline"),
                ChannelStatus(channel=2, operator="BEELINE"),
            ],
            [("Beeline", (1, 2))],
        ),
        (
            [
                ChannelStatus(channel=1, imsi="260060000000001", operator="Play"),
                ChannelStatus(
                    channel=2,
                    imsi="260060000000002",
                    operator="Telekom.de",
                    roaming=True,
                ),
            ],
            [("Play", (1, 2))],
        ),
        (
            [
                ChannelStatus(
                    channel=1,
                    imsi="999990000000001",
                    operator="Telekom.de",
                    roaming=True,
                )
            ],
            [("99999", (1,))],
        ),
        (
            [
                ChannelStatus(channel=1, operator="Few"),
                ChannelStatus(channel=2),
                ChannelStatus(channel=3),
            ],
            [("?", (2, 3)), ("Few", (1,))],
        ),
    ],
)
def test_sims_are_put_together_by_their_own_operator(
    sims_of_box: list[ChannelStatus], groups: list[tuple[str, tuple[int, ...]]]
) -> None:
    found = find_operators(sims_of_box)
    assert [(operator.name, operator.channels) for operator in found] == groups


def catalogue(**facts: Any) -> Proposal:
    """Return what the catalogue would know of an operator."""
    known = {"country": "MX", "currency": "MXN", "code": "*133#", "state": "confirmed"}
    return Proposal(**known | facts)


async def opened(
    hass: HomeAssistant, entry: MockConfigEntry, facts: Proposal
) -> Dialog:
    """Open the settings of a SIM that nobody has looked at yet."""
    data = {"channel": 1, "imsi": "334020000000001", "operator": "Telcel"}
    hass.config_entries.async_update_subentry(
        entry, entry.subentries["sim1"], data=data
    )
    proposed = patch(
        "custom_components.gsm_gateway.flow_sim.propose", lambda **_: facts
    )
    with proposed:
        return await Dialog.subentry(hass, entry, "sim", "sim1")


COSTS = "This operator charges for asking."
BY_SMS = "This operator sends the balance as an SMS; Home Assistant reads it there."


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        ({}, ""),
        ({"costs": False}, ""),
        ({"costs": True}, COSTS),
        ({"replies": "sms"}, BY_SMS),
        ({"costs": True, "replies": "sms"}, f"{COSTS} {BY_SMS}"),
        ({"costs": True, "code": None}, ""),
    ],
)
async def test_it_is_told_that_asking_costs_or_is_answered_by_sms(
    hass: HomeAssistant, known_goip: MockConfigEntry, facts: dict[str, Any], note: str
) -> None:
    dialog = await opened(hass, known_goip, catalogue(**facts))
    assert dialog.told["note"] == note


@pytest.mark.parametrize(
    ("state", "field"),
    [
        ("confirmed", "balance_code"),
        ("reported", "guessed_code"),
        ("unsure", "guessed_code"),
    ],
)
async def test_a_sim_that_came_by_itself_gets_proposals_in_its_settings(
    hass: HomeAssistant, known_goip: MockConfigEntry, state: str, field: str
) -> None:
    facts = catalogue(state=state, replies="sms", sms_sender="333")
    dialog = await opened(hass, known_goip, facts)
    assert dialog.suggested("country") == "MX"
    assert dialog.suggested(field) == "*133#"
    assert dialog.suggested("currency") == "MXN"
    assert dialog.suggested("reading", "balance_sender") == "333"


async def test_who_wanted_no_balance_is_not_offered_one_again(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    dialog = await opened(hass, known_goip, catalogue())
    await dialog.fill(**SETTINGS, country="MX")
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    assert dialog.suggested("balance_code") is None
    assert dialog.suggested("country") == "MX"


async def test_the_country_is_that_of_the_imsi_until_another_is_chosen(
    hass: HomeAssistant, known_goip: MockConfigEntry
) -> None:
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    assert dialog.suggested("country") == "RU"
    filled = {"balance_code": "*100#", "currency": "RUB", **SETTINGS}
    await dialog.fill(**filled, country="KZ")
    dialog = await Dialog.subentry(hass, known_goip, "sim", "sim1")
    assert dialog.suggested("country") == "KZ"


async def test_the_page_about_a_new_box_tells_that_asking_costs(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    with patch(
        "custom_components.gsm_gateway.flow_balance.propose",
        lambda **_: catalogue(costs=True),
    ):
        dialog = await Dialog.add(hass, "goip")
        await dialog.fill(**goip_form(goip_box))
    assert dialog.told["note_1"] == COSTS
