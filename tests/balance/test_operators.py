"""A SIM's country, currency and balance code are proposed, never guessed."""

from datetime import date
import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from custom_components.gsm_gateway.balance import operators
from custom_components.gsm_gateway.balance.countries import COUNTRY_OF_MCC, CURRENCY_OF
from custom_components.gsm_gateway.balance.operators import propose

DATA: dict[str, list[dict[str, Any]]] = json.loads(
    Path(operators.__file__).with_name("operators.json").read_text(encoding="utf-8")
)
KEYS = {
    *("name", "names", "country", "currency", "mcc", "mnc"),
    *("code", "state", "sources", "date"),
}


@pytest.mark.parametrize(
    "entry", DATA["operators"], ids=lambda each: f"{each['country']} {each['name']}"
)
def test_entry_has_the_agreed_form(entry: dict[str, Any]) -> None:
    assert set(entry) == KEYS
    assert entry["country"] in CURRENCY_OF
    assert entry["currency"] == CURRENCY_OF[entry["country"]]
    assert COUNTRY_OF_MCC[entry["mcc"]] == entry["country"]
    assert entry["mnc"]
    assert all(re.fullmatch(r"\d{2,3}", mnc) for mnc in entry["mnc"])
    assert re.fullmatch(r"[*#]{1,2}\d[\d*]*#", entry["code"])
    assert entry["names"]
    assert all(name == name.strip() for name in (entry["name"], *entry["names"]))
    assert entry["state"] in {"confirmed", "reported", "unsure"}
    assert entry["sources"]
    assert all(len(source) > 10 for source in entry["sources"])
    assert date.fromisoformat(entry["date"]) > date(2000, 1, 1)


def test_only_what_the_operator_or_two_sources_say_is_confirmed() -> None:
    for entry in DATA["operators"]:
        bare = re.sub(r"\W", "", entry["name"].lower())
        hosts = [urlsplit(source).netloc.split(".") for source in entry["sources"]]
        own_words = len(bare) > 1 and any(
            label.startswith(bare) for host in hosts for label in host
        )
        confirmed = own_words or len(entry["sources"]) > 1
        assert (entry["state"] == "confirmed") == confirmed, entry


def test_nothing_is_listed_twice() -> None:
    seen = [
        (entry["mcc"], mnc, entry["name"])
        for entry in DATA["operators"]
        for mnc in entry["mnc"]
    ]
    assert len(seen) == len(set(seen))


def test_countries_and_currencies_are_iso_codes() -> None:
    for country, currency in CURRENCY_OF.items():
        assert re.fullmatch(r"[A-Z]{2}", country)
        assert re.fullmatch(r"[A-Z]{3}", currency)
    assert all(re.fullmatch(r"[2-7]\d{2}", mcc) for mcc in COUNTRY_OF_MCC)


@pytest.mark.parametrize(
    ("imsi", "operator", "country", "currency", "code"),
    [
        ("250011234567890", None, "RU", "RUB", "*100#"),
        ("250991234567890", "Beeline", "RU", "RUB", "*102#"),
        ("250201234567890", "", "RU", "RUB", "*105#"),
        ("255031234567890", "KYIVSTAR", "UA", "UAH", "*111#"),
        ("262011234567890", "Telekom.de", "DE", "EUR", "*100#"),
        ("621301234567890", "MTN", "NG", "NGN", "*310#"),
        ("620011234567890", "MTN", "GH", "GHS", "*124#"),
        ("404101234567890", "airtel", "IN", "INR", None),
        ("310410123456789", None, "US", "USD", None),
        ("25001", None, "RU", "RUB", "*100#"),
        (None, "25001", "RU", "RUB", "*100#"),
        (None, "Safaricom", "KE", "KES", "*144#"),
        (None, " мегафон ", "RU", "RUB", "*100#"),
    ],
)
def test_proposal(
    imsi: str | None,
    operator: str | None,
    country: str,
    currency: str,
    code: str | None,
) -> None:
    found = propose(imsi=imsi, operator=operator)
    assert found is not None
    assert (found.country, found.currency, found.code) == (country, currency, code)


def test_a_roaming_sim_is_asked_with_the_code_of_its_own_operator() -> None:
    found = propose(imsi="250011234567890", operator="Kyivstar")
    assert found is not None
    assert (found.country, found.code) == ("RU", "*100#")
    assert found == propose(imsi="250011234567890", operator="25503")


def test_two_operators_on_one_network_are_told_apart_by_name() -> None:
    shared = propose(imsi="234101234567890", operator=None)
    assert shared is not None
    assert (shared.country, shared.currency, shared.code) == ("GB", "GBP", None)
    named = propose(imsi="234101234567890", operator="giffgaff")
    assert named is not None
    assert named.code == "*100#"


@pytest.mark.parametrize(
    ("imsi", "operator"),
    [
        (None, None),
        ("", ""),
        (None, "MTN"),
        (None, "Vodafone Atlantis"),
        ("001010123456789", "Test PLMN"),
        ("999", None),
        ("unknown", "unknown"),
        ("١٢٣٤٥٦", None),
    ],
)
def test_nothing_is_proposed_where_not_even_the_country_is_certain(
    imsi: str | None, operator: str | None
) -> None:
    assert propose(imsi=imsi, operator=operator) is None
