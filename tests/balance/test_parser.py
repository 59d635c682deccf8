"""An operator's answer is read right, or not at all."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
import random
import subprocess
import sys

import pytest

from custom_components.gsm_gateway.balance import (
    currencies,
    figures,
    parser,
    vocabulary,
)
from custom_components.gsm_gateway.balance.countries import CURRENCY_OF
from custom_components.gsm_gateway.balance.folding import fold_text
from custom_components.gsm_gateway.balance.parser import Balance, parse_balance
from custom_components.gsm_gateway.balance.pattern import find_numbers
from custom_components.gsm_gateway.balance.scanning import Token, scan
from tests.balance.answers import ANSWERS, BY_FILE, FILES, Row, told, wanted

every_answer = pytest.mark.parametrize(
    "row",
    ANSWERS,
    ids=[f"{name}-{number}" for name in FILES for number in range(len(BY_FILE[name]))],
)


@every_answer
def test_answer_is_read(row: Row) -> None:
    assert told(parse_balance(row["text"], country=row["country"] or None)) == wanted(
        row
    )


def misread(change: Callable[[Row], tuple[Balance | None, bool]]) -> list[str]:
    """Return the answers that, read in another way, give another amount.

    `change` reads one and tells whether giving nothing is right as well.
    """
    wrong = []
    for row in ANSWERS:
        read, may_be_nothing = change(row)
        if told(read) != wanted(row) and not (may_be_nothing and read is None):
            wrong.append(row["text"])
    return wrong


def test_the_currency_may_be_known_instead_of_the_country() -> None:
    def read(row: Row) -> tuple[Balance | None, bool]:
        return parse_balance(row["text"], currency=row["currency"]), not row["currency"]

    assert misread(read) == []


def test_a_sim_of_another_country_never_gets_another_amount() -> None:
    for row in ANSWERS:
        read = parse_balance(row["text"], country="SE", currency="SEK")
        assert read is None or row["amount"], row
        assert read is None or read.amount == Decimal(row["amount"]), row


@pytest.mark.parametrize("change", [str.upper, str.lower])
def test_the_case_of_letters_never_changes_the_amount(
    change: Callable[[str], str],
) -> None:
    def read(row: Row) -> tuple[Balance | None, bool]:
        return parse_balance(change(row["text"]), country=row["country"] or None), True

    assert misread(read) == []


def test_padding_and_other_blanks_change_nothing() -> None:
    def read(row: Row) -> tuple[Balance | None, bool]:
        padded = row["text"].replace(" ", "\u00a0") + "@@@\r\n"
        return parse_balance(padded, country=row["country"] or None), False

    assert misread(read) == []


@pytest.mark.parametrize(
    ("text", "country", "currency", "expected"),
    [
        ("Balance: $5.00", None, None, "USD"),
        ("Balance: $5.00", "CA", None, "CAD"),
        ("Balance: $5.00", None, "AUD", "AUD"),
        ("Balance: $5.00", "CA", "AUD", "AUD"),
        ("Balance: $5.00", "DE", "EUR", "USD"),
        ("Balance: $5.00 CAD", "US", None, "CAD"),
        ("Balance: 5.00 USD", "RU", "RUB", "USD"),
        ("Баланс: 5.00 руб", "BY", None, "BYN"),
        ("Баланс: 5.00 руб", "UA", "UAH", "RUB"),
        ("Saldo: 5,00 lei", "MD", None, "MDL"),
        ("Saldo: 5,00 lei", None, None, "RON"),
        ("Saldo: 5,00 kr", "DK", None, "DKK"),
        ("Saldo: 5,00 kr", None, None, None),
        ("Balance: Rs 5.00", "PK", None, "PKR"),
        ("Balance: Rs 5.00", None, None, None),
        ("Balance: 5.00", "DE", "EUR", None),
        ("Saldo 5,00 e", "FI", None, "EUR"),
        ("Saldo 5,00e", "ES", None, "EUR"),
        ("Balance: 5.00", "xx", None, None),
        ("Balance: $5.00", "ca", None, "CAD"),
        ("Balance: $5.00", None, "cad", "CAD"),
    ],
)
def test_currency_is_the_one_the_answer_names(
    text: str, country: str | None, currency: str | None, expected: str | None
) -> None:
    read = parse_balance(text, country=country, currency=currency)
    assert read is not None
    assert read.currency == expected


def test_a_sign_that_cannot_be_the_sims_currency_gives_nothing() -> None:
    assert parse_balance("Saldo: 5,00 kr", country="DE") is None
    assert parse_balance("Balance: Rs 5.00", currency="EUR") is None


@pytest.mark.parametrize(
    ("digits", "country", "amount"),
    [
        ("1,234", "US", "1234"),
        ("1,234", "IE", "1234"),
        ("1.234", "DE", "1234"),
        ("1,234", "DE", None),
        ("1.234", "RU", None),
        ("1.234", "EC", None),
        ("0.123", "DE", "0.123"),
        ("1.234,5", "DE", "1234.5"),
        ("1,234.5", "DE", "1234.5"),
        ("1'234.50", "CH", "1234.50"),
        ("1 234,50", "PL", "1234.50"),
        ("1.234.567", "ID", "1234567"),
        ("1,23,456.70", "IN", "123456.70"),
        ("12.345", "KW", "12.345"),
        ("12,345", "KW", None),
        ("12,345", "TN", "12.345"),
        ("12,345", "VN", "12345"),
        ("1,2345", "DE", "1.2345"),
        ("1,23,45", "IN", None),
        ("12.34.56", "DE", None),
        ("1.23,456", "DE", None),
        ("1,2.3,4", "DE", None),
        ("012345", "DE", None),
        ("9999999999999", "DE", None),
        ("1.23456", "DE", None),
        ("١٬٢٣٤٫٥٠", "EG", "1234.50"),
        ("১,২৩৪.৫০", "BD", "1234.50"),
    ],
)
def test_marks_of_thousands_and_decimals(
    digits: str, country: str, amount: str | None
) -> None:
    read = parse_balance(f"Balance: {digits} {CURRENCY_OF[country]}", country=country)
    assert told(read) == (
        None if amount is None else (Decimal(amount), CURRENCY_OF[country])
    )


def test_a_debt_of_nothing_says_nothing_of_the_balance() -> None:
    assert parse_balance("Ваш долг 0.00 руб", country="RU") is None


def test_zero_has_no_sign() -> None:
    read = parse_balance("Balance: -0.00 EUR", country="DE")
    assert read is not None
    assert str(read.amount) == "0.00"


def test_an_answer_that_is_looked_at_again_is_not_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An answer that nobody has settled is looked at whenever a box tells anything."""
    read: list[str] = []

    def noted(text: str) -> list[Token]:
        read.append(text)
        return scan(text)

    monkeypatch.setattr(parser, "scan", noted)
    monkeypatch.setattr(figures, "scan", noted)
    text = "Seen again and again: balance 5.00 EUR, bonus 6.00 EUR"
    for country in ("IE", "ie", "IE"):
        assert parse_balance(text, country=country) is not None
        assert parse_balance(text, country=country, pattern=r"bonus (6\S+)") is not None
        assert len(find_numbers(text, country=country)) == 2
    assert read == [text] * 3
    assert told(parse_balance(text, country="US")) == (Decimal("5.00"), "EUR")
    assert read == [text] * 4


def test_only_the_first_2000_characters_are_read() -> None:
    assert parse_balance("." * 1980 + "Balance: 5.00 EUR") is not None
    assert parse_balance("." * 2000 + "Balance: 5.00 EUR") is None


@pytest.mark.timeout(20)
def test_no_text_takes_long() -> None:
    """A search that goes back over its steps would need hours for one of these."""
    pieces = (
        *(
            "1",
            "1 ",
            "1.",
            "1,",
            "1'",
            "1:",
            "1/",
            "1-",
            "*",
            "#1",
            "*1",
            "1#",
            "a",
            "a'",
        ),
        *(" ", "\n", "@", "$", "(", "Balance", "Balance ", "Balance 1 ", "р", "5р "),
        *("\u0627.", "\ufdfa", "http://", "12.12.2024 ", "余额", "ยอดเงิน", "- ", "is "),
        *("e\u0301\u0301", "1 000 ", "minus ", "до ", "5 р на ", "5 EUR bonus "),
    )
    for piece in pieces:
        parse_balance((piece * 2000)[:2000], country="RU")


@pytest.mark.parametrize("text", ["", " ", "\x00", "@", "\ud800", "5", "½ 5²", "🙂 5"])
def test_odd_text_gives_nothing(text: str) -> None:
    assert parse_balance(text) is None


@pytest.mark.parametrize(
    ("beside", "country"),
    [
        ("Bonus: {0} EUR", "DE"),
        ("Bonusguthaben {0} EUR", "DE"),
        ("Preis {0} EUR", "DE"),
        ("Call cost {0} EUR", "IE"),
        ("Recharge of {0} EUR done", "IE"),
        ("5GB for {0} EUR", "IE"),
        ("Credit limit {0} EUR", "IE"),
        ("120 min, 50 SMS, 20.5 MB", "IE"),
        ("Dial *123*{0}#", "IE"),
        ("valid until 12.10.2026", "IE"),
        ("Call 0800 123 456", "IE"),
    ],
)
@pytest.mark.parametrize(
    "name", ["Balance: {0} EUR", "Your balance is {0} EUR", "Guthaben {0} EUR"]
)
@pytest.mark.parametrize("separator", [". ", ", ", "; ", "\n"])
def test_what_stands_beside_a_balance_is_not_taken_for_it(
    name: str, beside: str, country: str, separator: str
) -> None:
    chance = random.Random(name + beside + separator)
    for _ in range(10):
        amount = Decimal(chance.randint(0, 99999)) / 100
        other = Decimal(chance.randint(0, 99999)) / 100
        parts = [name.format(f"{amount:.2f}"), beside.format(f"{other:.2f}")]
        for text in (separator.join(parts), separator.join(reversed(parts))):
            read = parse_balance(text, country=country)
            assert read is None or read.amount == amount, text
        alone = parse_balance(beside.format(f"{other:.2f}"), country=country)
        assert alone is None


def test_a_word_has_one_meaning() -> None:
    """Two entries that fold to one word would leave the second without effect."""
    entries = [entry for entry, _ in vocabulary._entries()]
    twice = {entry for entry in entries if entries.count(entry) > 1}
    assert not twice


def test_a_mark_stands_once() -> None:
    marks = [
        mark
        for line in currencies._MARKS.strip().replace("\n    ", " ").splitlines()
        for mark in fold_text(line.rpartition(": ")[0]).casefold().split()
    ]
    assert not {mark for mark in marks if marks.count(mark) > 1}


def test_every_candidate_is_a_currency() -> None:
    for sense in (*currencies._WHOLE.values(), *currencies._STEMS.values()):
        assert set(sense.candidates) <= currencies._CODES


def test_balance_needs_no_home_assistant() -> None:
    """The package loads on its own, under any parent, with Home Assistant blocked."""
    program = (
        "import sys, types; sys.modules['homeassistant'] = None\n"
        "parent = types.ModuleType('parent'); parent.__path__ = [sys.argv[1]]\n"
        "sys.modules['parent'] = parent\n"
        "import parent.balance.parser, parent.balance.schedule, parent.balance.operators\n"
        "print(parent.balance.parser.parse_balance('Balance: 5.00 EUR').amount)\n"
    )
    root = Path(currencies.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", program, str(root)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout == "5.00\n", done.stderr
