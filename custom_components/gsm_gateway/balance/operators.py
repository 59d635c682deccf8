"""Proposing country, currency and balance code of a SIM from its operator.

`operators.json` is read when this module is imported, outside the event loop.
It holds only codes that a public source names; each entry says which
(docs/operators.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any, Final

from .countries import COUNTRY_OF_MCC, CURRENCY_OF
from .folding import fold_text, fold_word

_FILE: Final = Path(__file__).with_name("operators.json")
_SHORTEST_IMSI: Final = 5
_TRUST: Final = ("unsure", "reported", "confirmed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """What public sources say of one operator."""

    name: str
    names: tuple[str, ...]
    """As boxes report it."""
    country: str
    currency: str
    """ISO 4217, of the balance."""
    networks: tuple[str, ...]
    """MCC and MNC."""
    mvno: bool
    """Whether its SIMs are on the network of another operator."""
    code: str
    """USSD code that asks for the balance, or a path through menus, `*100# > 1`."""
    costs: bool | None
    """Whether asking can cost money, `None` if no source says."""
    replies: str
    """`ussd`, or `sms` if the balance comes as a message."""
    sms_sender: str | None
    """Who sends that message, if a source says."""
    state: str
    """`confirmed` by two sources or the operator, `reported` by one, else `unsure`."""
    sources: int
    """How many sources name this code."""
    date: str
    """When the sources were read (ISO 8601)."""

    def digits_of(self, imsi: str) -> int:
        """Return how many digits of an IMSI, or of a network's number, are this one's."""
        return max(
            (len(network) for network in self.networks if imsi.startswith(network)),
            default=0,
        )

    def is_called(self, name: str) -> bool:
        """Tell whether a box calls the operator so."""
        return _bare(name) in {_bare(each) for each in (self.name, *self.names)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What a user is offered for a SIM; each part may be wrong or missing."""

    country: str
    """ISO 3166-1."""
    currency: str
    """ISO 4217."""
    code: str | None = None
    """USSD code that asks for the balance, or a path, as in `Operator`."""
    costs: bool | None = None
    """Whether asking can cost money, `None` if no source says."""
    replies: str = "ussd"
    """`ussd`, or `sms` if the balance comes as a message."""
    sms_sender: str | None = None
    operator: str | None = None
    state: str | None = None
    """How far the code can be trusted, as in `Operator`."""
    sources: int = 0
    """How many sources name this code."""
    date: str | None = None
    """When they were read (ISO 8601)."""

    @property
    def sure(self) -> bool:
        """Whether the code can be shown without a warning."""
        return self.code is None or self.state == "confirmed"


def _operator(entry: dict[str, Any]) -> Operator:
    """Return the entry of the file; what is optional there may be missing."""
    networks = (mcc + mnc for mcc, mncs in entry["networks"].items() for mnc in mncs)
    agreeing = [source for source in entry["sources"] if "says" not in source]
    rest = {
        "mvno": entry.get("mvno", False),
        "sms_sender": entry.get("sms_sender"),
        "names": tuple(entry["names"]),
        "networks": tuple(networks),
        "sources": len(agreeing),
    }
    return Operator(**{**entry, **rest})


OPERATORS: Final = tuple(
    map(_operator, json.loads(_FILE.read_text(encoding="utf-8"))["operators"])
)


def propose(*, imsi: str | None, operator: str | None) -> Proposal | None:
    """Return what is known of a SIM's operator, `None` if not even its country.

    `operator` is what the box shows: a name or the digits of MCC and MNC. It is
    the network that serves the SIM, so where there is an IMSI, it only chooses
    between those who share the IMSI's network.
    """
    shown = (operator or "").strip()
    home = (imsi or "").strip()
    if not _is_network(home) and _is_network(shown):
        home = shown
    if _is_network(home):
        known = _on_network(home)
        named = [each for each in known if each.is_called(shown)]
        if all(each.mvno for each in known):
            known = []  # most SIMs are the host's, of whom nothing is known
        return _agreed(named or known, COUNTRY_OF_MCC.get(home[:3]))
    return _agreed([each for each in OPERATORS if each.is_called(shown)], None)


def _on_network(imsi: str) -> list[Operator]:
    """Return who has this network; an MNC of three digits wins over one of two."""
    digits = {each: each.digits_of(imsi) for each in OPERATORS}
    most = max(digits.values())
    return [each for each in OPERATORS if 0 < digits[each] == most]


def _agreed(operators: list[Operator], country: str | None) -> Proposal | None:
    """Return what all these operators have in common."""
    countries = {each.country for each in operators}
    if country is not None:
        countries.add(country)
    if len(countries) != 1:
        return None
    found = countries.pop()
    currencies = {each.currency for each in operators}
    currency = currencies.pop() if len(currencies) == 1 else CURRENCY_OF[found]
    if len({(each.code, each.replies, each.currency) for each in operators}) != 1:
        return Proposal(country=found, currency=currency)
    one = min(operators, key=lambda each: each.mvno)
    weakest = min(operators, key=lambda each: _TRUST.index(each.state))
    return Proposal(
        country=found,
        currency=currency,
        code=one.code,
        costs=_costs(operators),
        replies=one.replies,
        sms_sender=one.sms_sender,
        operator=one.name,
        state=weakest.state,
        sources=weakest.sources,
        date=weakest.date,
    )


def _costs(operators: Iterable[Operator]) -> bool | None:
    """Return whether asking costs money with any of them."""
    said = {each.costs for each in operators}
    if True in said:
        return True
    return None if None in said else False


def _is_network(text: str) -> bool:
    return len(text) >= _SHORTEST_IMSI and text.isascii() and text.isdigit()


def _bare(name: str) -> str:
    folded = fold_word(fold_text(name))
    return "".join(letter for letter in folded if letter.isalnum())
