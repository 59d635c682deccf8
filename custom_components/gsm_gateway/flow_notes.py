"""What is told of a balance code before it is dialled, in the language of the house."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .balance.operators import Proposal
from .const import DOMAIN
from .flow_balance import Operator, numbered
from .reasons import text


async def async_note(
    hass: HomeAssistant, proposal: Proposal | None, code: str | None = None
) -> str:
    """Return what is known of asking this operator; empty if nothing, or of another code."""
    if proposal is None or not proposal.code or code not in (None, proposal.code):
        return ""
    keys = {
        "note_code_costs": proposal.costs is True,
        "note_answer_by_sms": proposal.replies == "sms",
    }
    for language in (hass.config.language, "en"):
        await async_get_translations(hass, language, "exceptions", [DOMAIN])
    return " ".join(text(hass, key) or "" for key, told in keys.items() if told)


async def async_operator_notes(
    hass: HomeAssistant, operators: Iterable[Operator]
) -> dict[str, str]:
    """Return what is known of asking each operator of the page about a new box."""
    return {
        f"note_{number}": await async_note(hass, operator.proposal)
        for number, operator in numbered(operators)
    }
