"""What the user should know or decide about balances, as repair issues."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .balance.parser import Balance
from .balance_sms import WINDOW, waits_for_sms
from .balance_store import SimBalance
from .const import CONF_CURRENCY, DOMAIN
from .devices import device_name

SILENT: Final = 3
"""Questions in a row without a number in the answer after which the code is doubtful."""
_SHOWN: Final = 300
"""Characters of an answer that are shown."""


class Problem(StrEnum):
    """What is wrong with a balance; the translation key, and the begin of the issue's id."""

    UNREAD = "balance_unread"
    OTHER_CURRENCY = "balance_other_currency"
    NO_ANSWER = "balance_no_answer"


def issue_id(problem: Problem, entry: ConfigEntry, sim_id: str) -> str:
    """Return the id of the issue about a problem of a SIM."""
    return f"{problem.value}_{entry.entry_id}_{sim_id}"


@callback
def find_problems(
    hass: HomeAssistant,
    entry: ConfigEntry,
    sim_id: str,
    known: SimBalance,
    found: Balance | None,
    now: datetime,
) -> set[Problem]:
    """Return what is wrong; `found` is what can be read in the unread answer.

    While the answer may still come as an SMS, nothing new is.
    """
    told = {each for each in Problem if _is_told(hass, entry, sim_id, each)}
    problems: set[Problem] = set()
    if known.unread and known.unread_at and found:
        problems.add(Problem.OTHER_CURRENCY)
    elif known.unread and known.unread_at and has_number(known.unread):
        waits = waits_for_sms(known, now) and now < known.unread_at + WINDOW
        if not waits or Problem.UNREAD in told:
            problems.add(Problem.UNREAD)
    if known.silent >= SILENT and (
        not waits_for_sms(known, now) or Problem.NO_ANSWER in told
    ):
        problems.add(Problem.NO_ANSWER)
    return problems


def has_number(answer: str) -> bool:
    """Tell whether an answer has a number that a user could choose."""
    return any(character.isdigit() for character in answer)


@callback
def async_tell(
    hass: HomeAssistant,
    entry: ConfigEntry,
    sim: ConfigSubentry,
    problems: Collection[Problem],
    answer: str,
    found: Balance | None,
) -> None:
    """Raise the issues about these problems of a SIM, and delete all others."""
    async_settle(hass, entry, sim.subentry_id, besides=problems)
    placeholders = {
        "sim": device_name(hass, entry, sim.subentry_id),
        "answer": as_shown(answer),
        "currency": sim.data.get(CONF_CURRENCY) or "",
        "found_currency": (found and found.currency) or "",
        "amount": str(found.amount) if found else "",
    }
    for problem in problems:
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id(problem, entry, sim.subentry_id),
            data={"entry_id": entry.entry_id, "sim_id": sim.subentry_id},
            is_fixable=problem is not Problem.NO_ANSWER,
            severity=ir.IssueSeverity.WARNING,
            translation_key=problem.value,
            translation_placeholders=placeholders,
        )


@callback
def async_settle(
    hass: HomeAssistant,
    entry: ConfigEntry,
    sim_id: str,
    besides: Collection[Problem] = (),
) -> None:
    """Delete the issues about a SIM."""
    for problem in Problem:
        if problem not in besides:
            ir.async_delete_issue(hass, DOMAIN, issue_id(problem, entry, sim_id))


def as_shown(answer: str) -> str:
    """Return an operator's words so that they can stand among ours."""
    plain = "".join(
        character if character.isprintable() else " "
        for character in answer
        if character != "`"
    )
    return " ".join(plain.split())[:_SHOWN]


def _is_told(
    hass: HomeAssistant, entry: ConfigEntry, sim_id: str, problem: Problem
) -> bool:
    found = ir.async_get(hass).async_get_issue(DOMAIN, issue_id(problem, entry, sim_id))
    return found is not None and found.active
