"""Proposing country, currency and balance code of a SIM from its operator.

`operators.json` is read when this module is imported, outside the event loop.
It holds only codes that a public source names; each entry says which.
"""

from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any, Final

from .countries import COUNTRY_OF_MCC, CURRENCY_OF
from .folding import fold_text, fold_word

_FILE: Final = Path(__file__).with_name("operators.json")
_SHORTEST_IMSI: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """What public sources say of one operator."""

    name: str
    names: tuple[str, ...]
    """As boxes report it."""
    country: str
    currency: str
    mcc: str
    mnc: tuple[str, ...]
    code: str
    """USSD code that asks for the balance."""
    state: str
    """`confirmed` by two sources or the operator, `reported` by one, else `unsure`."""
    sources: tuple[str, ...]
    date: str
    """When the sources were written, else when they were read (ISO 8601)."""

    def has_imsi(self, imsi: str) -> bool:
        """Tell whether an IMSI, or the number of a network, is this operator's."""
        return any(imsi.startswith(self.mcc + mnc) for mnc in self.mnc)

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
    code: str | None
    """USSD code that asks for the balance."""
    operator: str | None
    state: str | None
    """How far the code can be trusted, as in `Operator`."""

    @property
    def sure(self) -> bool:
        """Whether the code can be shown without a warning."""
        return self.code is None or self.state == "confirmed"


def _operator(entry: dict[str, Any]) -> Operator:
    lists = {key: tuple(entry[key]) for key in ("names", "mnc", "sources")}
    return Operator(**{**entry, **lists})


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
        known = [each for each in OPERATORS if each.has_imsi(home)]
        named = [each for each in known if each.is_called(shown)]
        return _agreed(named or known, COUNTRY_OF_MCC.get(home[:3]))
    return _agreed([each for each in OPERATORS if each.is_called(shown)], None)


def _agreed(operators: list[Operator], country: str | None) -> Proposal | None:
    """Return what all these operators have in common."""
    countries = {each.country for each in operators}
    if country is not None:
        countries.add(country)
    if len(countries) != 1:
        return None
    found = countries.pop()
    codes = {each.code for each in operators}
    one = operators[0] if len(codes) == 1 else None
    return Proposal(
        country=found,
        currency=one.currency if one else CURRENCY_OF[found],
        code=one.code if one else None,
        operator=one.name if one else None,
        state=one.state if one else None,
    )


def _is_network(text: str) -> bool:
    return len(text) >= _SHORTEST_IMSI and text.isascii() and text.isdigit()


def _bare(name: str) -> str:
    folded = fold_word(fold_text(name))
    return "".join(letter for letter in folded if letter.isalnum())
