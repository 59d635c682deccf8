"""The catalogue of operators holds what docs/operators.md asks for, and nothing else."""

from collections import defaultdict
from datetime import date
import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import urlsplit

from custom_components.gsm_gateway.balance import countries
from custom_components.gsm_gateway.balance.countries import COUNTRY_OF_MCC, CURRENCY_OF
from custom_components.gsm_gateway.ussd_path import is_path, join_path, split_path

from .schema import faults

FOLDER = Path(countries.__file__).parent
TEXT = (FOLDER / "operators.json").read_text(encoding="utf-8")
DATA: dict[str, Any] = json.loads(TEXT)
SCHEMA: dict[str, Any] = json.loads((FOLDER / "operators.schema.json").read_text())
ENTRIES: list[dict[str, Any]] = DATA["operators"]
RECENT = 2016
"""What was written before does not confirm a code: operators change them."""
FRESH = 2020
"""Lists that are all older than this do not confirm a code, however many agree."""

MOVES_MONEY = {
    "AE": ["*108"],
    "AM": ["*145"],
    "BH": ["*456"],
    "CZ": ["*102"],
    "DE": ["*101*", "*102*", "*103", "*104"],
    "JO": ["*170"],
    "KG": ["*222", "*555"],
    "KZ": ["*141"],
    "MG": ["#232"],
    "PL": ["*100*", "*123*"],
    "RO": ["*122"],
    "RU": ["*106#", "*141", "*144"],
    "SA": ["*133", "*141*", "*155"],
    "SI": ["*132"],
    "SK": ["*111"],
    "TJ": ["*120", "*188", "*189"],
    "UA": ["*111*1", "*123"],
    "UZ": ["*125", "*150"],
}
"""How codes that top up, lend or transfer begin, as operators' pages give them."""

SERVICES = re.compile(
    r"""
    [*\#]{1,3}(?:21|61|62|67|002|004|30|31|33|35|43|76|77|330|331|332|333|351|353)[*\#]
    | \*\*0[0-9]{1,2}\* | \*\#06\#
    """,
    re.VERBOSE,
)
"""What a network or a phone takes for a command: call forwarding, barring, PINs."""


def origin(where: str) -> str:
    """Return who speaks: the site, or the owner of the repository."""
    if "://" in where:
        return urlsplit(where).netloc.removeprefix("www.")
    return where.partition("/")[0]


def is_recent(source: dict[str, Any]) -> bool:
    """Tell whether a source is not known to be old."""
    return source["year"] is None or source["year"] >= RECENT


def agreeing(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sources that give the code of the entry."""
    return [source for source in entry["sources"] if "says" not in source]


def highest_state(entry: dict[str, Any]) -> str:
    """Return the most that the sources of an entry allow."""
    recent = [source for source in agreeing(entry) if is_recent(source)]
    if any(source.get("own") for source in recent):
        return "confirmed"
    if len(agreeing(entry)) < len(entry["sources"]) or not recent:
        return "unsure"
    several = len({origin(source["where"]) for source in recent}) > 1
    fresh = any(source["year"] is None or source["year"] >= FRESH for source in recent)
    return "confirmed" if several and fresh else "reported"


def test_the_file_is_as_its_schema_says() -> None:
    assert list(faults(DATA, SCHEMA, SCHEMA)) == []


def test_the_file_is_sorted_by_country_and_name() -> None:
    order = [(entry["country"], entry["name"].casefold()) for entry in ENTRIES]
    assert order == sorted(order)
    assert len(set(order)) == len(order)


def test_the_file_is_small_enough_to_be_read_at_each_start() -> None:
    assert len(TEXT.encode()) < 300_000


def test_many_countries_are_there() -> None:
    assert len({entry["country"] for entry in ENTRIES}) >= 60


def test_country_currency_and_networks_fit() -> None:
    for entry in ENTRIES:
        assert entry["country"] in CURRENCY_OF, entry
        assert entry["currency"] in CURRENCY_OF.values(), entry
        assert {COUNTRY_OF_MCC[mcc] for mcc in entry["networks"]} == {
            entry["country"]
        }, entry


def test_a_network_has_one_operator_besides_its_mvnos() -> None:
    hosts: defaultdict[str, set[str]] = defaultdict(set)
    for entry in ENTRIES:
        for mcc, mncs in entry["networks"].items():
            for mnc in mncs if not entry.get("mvno") else ():
                hosts[mcc + mnc].add(entry["name"])
    assert {key: names for key, names in hosts.items() if len(names) > 1} == {}


def test_names_tell_an_mvno_from_its_host() -> None:
    for guest in ENTRIES:
        for host in ENTRIES:
            if guest is host or not guest.get("mvno") or host.get("mvno"):
                continue
            if guest["country"] == host["country"]:
                names = {name.casefold() for name in (guest["name"], *guest["names"])}
                assert not names & {
                    name.casefold() for name in (host["name"], *host["names"])
                }, guest


def test_code_can_be_dialled_and_moves_no_money() -> None:
    for entry in ENTRIES:
        code = entry["code"]
        assert is_path(split_path(code)), entry
        assert join_path(split_path(code)) == code, entry
        assert not re.search(r"\d{6}", code), entry
        assert not SERVICES.match(code), entry
        for beginning in MOVES_MONEY.get(entry["country"], ()):
            assert not code.startswith(beginning), entry


def test_sources_allow_the_state() -> None:
    for entry in ENTRIES:
        order = ("unsure", "reported", "confirmed")
        assert agreeing(entry), entry
        assert order.index(entry["state"]) <= order.index(highest_state(entry)), entry
        assert date(2026, 1, 1) <= date.fromisoformat(entry["date"]), entry


def test_sources_are_told_once_and_differ_where_they_differ() -> None:
    for entry in ENTRIES:
        said = [(each["where"], each.get("says")) for each in entry["sources"]]
        assert len(set(said)) == len(said), entry
        assert all(each.get("says") != entry["code"] for each in entry["sources"]), (
            entry
        )


def test_who_sends_the_balance_is_told_only_where_it_is_sent() -> None:
    for entry in ENTRIES:
        assert "sms_sender" not in entry or entry["replies"] == "sms", entry
