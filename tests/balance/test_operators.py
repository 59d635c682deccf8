"""A SIM's country, currency and balance code are proposed, never guessed."""

from dataclasses import replace
import re

import pytest

from custom_components.gsm_gateway.balance import operators
from custom_components.gsm_gateway.balance.countries import COUNTRY_OF_MCC, CURRENCY_OF
from custom_components.gsm_gateway.balance.operators import Operator, propose


def test_countries_and_currencies_are_iso_codes() -> None:
    for country, currency in CURRENCY_OF.items():
        assert re.fullmatch(r"[A-Z]{2}", country)
        assert re.fullmatch(r"[A-Z]{3}", currency)
    assert all(re.fullmatch(r"[2-7]\d{2}", mcc) for mcc in COUNTRY_OF_MCC)


@pytest.mark.parametrize(
    ("mcc", "country", "currency"),
    [
        ("284", "BG", "EUR"),  # since 2026
        ("219", "HR", "EUR"),  # since 2023
        ("362", "CW", "XCG"),  # since 2025
        ("619", "SL", "SLE"),
        ("734", "VE", "VES"),
        ("257", "BY", "BYN"),
        ("609", "MR", "MRU"),
        ("626", "ST", "STN"),
        ("553", "TV", "AUD"),
    ],
)
def test_money_is_what_is_paid_with_today(
    mcc: str, country: str, currency: str
) -> None:
    assert COUNTRY_OF_MCC[mcc] == country
    assert CURRENCY_OF[country] == currency


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
        ("302220123456789", "TELUS", "CA", "CAD", None),
        ("505011234567890", "Boost Mobile", "AU", "AUD", "#100# > 3"),
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
    assert (shared.operator, shared.state, shared.sure) == (None, None, True)
    named = propose(imsi="234101234567890", operator="giffgaff")
    assert named is not None
    assert named.code == "*100#"


def test_what_the_sources_say_beside_the_code_is_proposed_too() -> None:
    orange = propose(imsi="214031234567890", operator=None)
    assert orange is not None
    assert (orange.operator, orange.code, orange.sure) == ("Orange", "*111#", True)
    assert (orange.costs, orange.replies, orange.sms_sender) == (True, "ussd", None)
    assert orange.sources >= 2
    assert orange.date == "2026-11-23"
    play = propose(imsi="260061234567890", operator=None)
    assert play is not None
    assert play.sources == 3, "two more sources give other codes"
    altel = propose(imsi="401071234567890", operator=None)
    assert altel is not None
    assert (altel.costs, altel.replies, altel.sure) == (None, "sms", False)


ONE = Operator(
    name="One",
    names=("One", "Eins"),
    country="DE",
    currency="EUR",
    networks=("26201", "26202"),
    mvno=False,
    code="*1#",
    costs=False,
    replies="ussd",
    sms_sender=None,
    state="confirmed",
    sources=3,
    date="2026-01-01",
)
GUEST = replace(ONE, name="Guest", names=("Guest",), networks=("26201",), mvno=True)


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> list[Operator]:
    """Put operators of our own in place of the file's."""
    made: list[Operator] = []
    monkeypatch.setattr(operators, "OPERATORS", made)
    return made


def test_an_mvno_with_the_code_of_its_host_leaves_the_code(
    catalogue: list[Operator],
) -> None:
    weaker = replace(GUEST, state="reported", sources=1, costs=None)
    catalogue[:] = [weaker, ONE]
    found = propose(imsi="262010000000001", operator=None)
    assert found is not None
    assert (found.operator, found.code, found.costs) == ("One", "*1#", None)
    assert (found.state, found.sources, found.sure) == ("reported", 1, False)
    named = propose(imsi="262010000000001", operator="eins")
    assert named is not None
    assert (named.state, named.costs) == ("confirmed", False)


@pytest.mark.parametrize(
    "guest",
    [
        replace(GUEST, code="*2#"),
        replace(GUEST, code="*1# > 1"),
        replace(GUEST, replies="sms"),
        replace(GUEST, currency="USD"),
    ],
    ids=["code", "path", "reply", "currency"],
)
def test_an_mvno_that_is_asked_otherwise_takes_the_code_away(
    catalogue: list[Operator], guest: Operator
) -> None:
    catalogue[:] = [ONE, guest]
    found = propose(imsi="262010000000001", operator="Telekom.de")
    assert found is not None
    assert (found.country, found.currency, found.code) == ("DE", "EUR", None)
    alone = propose(imsi="262020000000001", operator="Telekom.de")
    assert alone is not None
    assert alone.code == "*1#"


def test_an_mvno_alone_is_not_taken_for_its_host(catalogue: list[Operator]) -> None:
    catalogue[:] = [GUEST]
    host = propose(imsi="262010000000001", operator="Telekom.de")
    assert host is not None
    assert (host.country, host.code, host.operator) == ("DE", None, None)
    named = propose(imsi="262010000000001", operator="GUEST")
    assert named is not None
    assert named.code == "*1#"


def test_one_that_may_cost_is_said_to_cost(catalogue: list[Operator]) -> None:
    catalogue[:] = [ONE, replace(GUEST, costs=True)]
    found = propose(imsi="262010000000001", operator=None)
    assert found is not None
    assert found.costs is True


def test_a_longer_network_code_wins(catalogue: list[Operator]) -> None:
    longer = replace(ONE, name="Long", networks=("262011",), code="*2#")
    catalogue[:] = [ONE, longer]
    codes = {
        imsi: found.code if (found := propose(imsi=imsi, operator=None)) else None
        for imsi in ("262011000000001", "262010000000001", "262030000000001")
    }
    assert list(codes.values()) == ["*2#", "*1#", None]


def test_money_of_the_balance_need_not_be_the_country_s(
    catalogue: list[Operator],
) -> None:
    catalogue[:] = [replace(ONE, country="LB", currency="USD", networks=("41503",))]
    found = propose(imsi="415030000000001", operator=None)
    assert found is not None
    assert (found.country, found.currency) == ("LB", "USD")


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
