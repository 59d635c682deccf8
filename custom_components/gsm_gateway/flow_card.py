"""The form about a new card: how its balance is asked for."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from .balance.operators import Proposal, propose
from .cards import Card
from .const import CONF_BALANCE_CODE, CONF_CURRENCY
from .flow_balance import CONF_GUESSED_CODE, balance_fields, balance_input

_NETWORK_DIGITS = 5
"""Of an IMSI; cards of one network mostly have one balance code."""


def card_schema(card: Card) -> vol.Schema:
    """Return the fields: balance code and currency."""
    return vol.Schema(balance_fields(_proposal(card)))


def card_input(
    card: Card, before: Mapping[str, Any], home_currency: str
) -> dict[str, str]:
    """Return what the fields are filled with at first.

    `before` are the settings of the SIM: its code is proposed only for a card of
    the same network, because elsewhere it can buy something.
    """
    proposal = _proposal(card)
    known: str | None = Card.of(before).imsi
    code: str | None = before.get(CONF_BALANCE_CODE)
    currency: str | None = before.get(CONF_CURRENCY)
    if not (code and currency and card.imsi and known) or (
        card.imsi[:_NETWORK_DIGITS] != known[:_NETWORK_DIGITS]
    ):
        return balance_input(proposal, home_currency)
    guessed = proposal is not None and not proposal.sure
    field = CONF_GUESSED_CODE if guessed else CONF_BALANCE_CODE
    return {field: code, CONF_CURRENCY: currency}


def _proposal(card: Card) -> Proposal | None:
    return propose(imsi=card.imsi, operator=card.operator)
