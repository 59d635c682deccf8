"""A number that a user picks is found again, whatever it becomes."""

from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.gsm_gateway.balance.answer import readable
from custom_components.gsm_gateway.balance.figures import SIGNS
from custom_components.gsm_gateway.balance.parser import parse_balance
from custom_components.gsm_gateway.balance.pattern import (
    Choice,
    PatternError,
    check_pattern,
    find_numbers,
    learn_pattern,
)
from tests.balance.answers import ANSWERS, Row

TOLD = [row for row in ANSWERS if row["amount"]]


def pick(text: str, number: str, country: str | None = None) -> Choice:
    """Return the choice that shows this number."""
    found = [c for c in find_numbers(text, country=country) if c.text == number]
    assert found, find_numbers(text, country=country)
    return found[0]


@pytest.mark.parametrize(
    ("text", "country", "numbers"),
    [
        ("Осн:10.00 Бон:5.00", "UA", ["10.00", "5.00"]),
        ("Bal:KES 45.00,Exp:01/01/2025,Data:120.50MB", "KE", ["45.00"]),
        ("Minuten: 12 min, 20.5 MB", "DE", ["12", "20.5"]),
        ("You have 5 at 08:15 on 12.05.2026, dial *100# or 0800123456", "DE", ["5"]),
        ("Saldo al 05-APR-25: $1,050.00 MXN", "MX", ["1,050.00"]),
        ("رصيدك ١٢٫٥٠ جنيه صالح حتى ٣١/١٢/٢٠٢٥", "EG", ["١٢٫٥٠"]),
        ("您当前帐户余额45.6元，其中基本帐户余额40元", "CN", ["45.6", "40"]),
        ("Баланс: -1 234,56 ₽", "RU", ["-1 234,56"]),
        ("Tele2 4G: 57,20 р.", "RU", ["57,20"]),
        ("1. Solde 5,00\n2. Menu", "FR", ["5,00"]),
        ("IMSI:123456789012345\n USD:5.87", None, ["5.87"]),
        ("You get 50% off 10/20 for 5", None, ["5"]),
        ("00420061006C002000350030002E00350030", None, ["50.50"]),
        ("No number", None, []),
        ("Calls (00-17) to 5", None, ["5"]),
        ("(5.00)", None, ["5.00"]),
        ("Bal EUR 5,00 (6,00)", "DE", ["5,00", "6,00"]),
        ("*7,35* 3", "DE", ["7,35", "3"]),
        ("*100*5# 7", None, ["7"]),
        ("5.00/10.00", None, ["5.00", "10.00"]),
        ("5.00 / Data : 1.2 GB", None, ["5.00"]),
        ("5/10 min, 24/7, 7.00", None, ["7.00"]),
        ("5.00 DR, 6.00", None, ["6.00"]),
        (
            " ".join(f"a {n}" for n in range(1, 40)),
            None,
            [str(n) for n in range(1, 21)],
        ),
    ],
)
def test_the_numbers_that_may_be_money_are_offered(
    text: str, country: str | None, numbers: list[str]
) -> None:
    found = find_numbers(text, country=country)
    assert [choice.text for choice in found] == numbers
    for choice in found:
        assert readable(text)[choice.start : choice.end] == choice.text
        assert choice.text in choice.around


def test_a_choice_shows_the_words_around_it() -> None:
    text = (
        "Dear customer, your very own main account is 12.50 and the bonus is 3.00 today"
    )
    assert (
        pick(text, "12.50").around
        == "…own main account is 12.50 and the bonus is 3.00…"
    )


@pytest.mark.parametrize(
    ("text", "country", "number", "pattern", "later", "amount"),
    [
        (
            "Осн:10.00 Бон:5.00",
            "UA",
            "10.00",
            r"^\s*Осн:\s*(?P<amount>[-−–]?\s?\d+(?:\s\d{3})*[\d.,'’٫٬，．$]*)",
            "осн: -1 234.56 Бон:7.00",
            "-1234.56",
        ),
        (
            "Осн:10.00 Бон:5.00",
            "UA",
            "5.00",
            r"\bБон:\s*(?P<amount>[-−–]?\s?\d+(?:\s\d{3})*[\d.,'’٫٬，．$]*)",
            "Осн:1.00 Бон:7",
            "7",
        ),
        (
            "Hi! On 12 Apr 08:15 AM you own Rs.25.50",
            "IN",
            "25.50",
            r"\bAM\s+you\s+own\s*(?P<amount>[-−–]?\s?Rs\.[-−–]?\s?\d+(?:\s\d{3})*[\d.,'’٫٬，．$]*)",
            None,
            None,
        ),
        (
            "12,50 EUR left for you",
            "DE",
            "12,50",
            r"^\s*(?P<amount>[-−–]?\s?\d+(?:\s\d{3})*[\d.,'’٫٬，．$]*)",
            "1.234,50 EUR left for you",
            "1234.50",
        ),
        (
            "A 5.00 A 6.00",
            "DE",
            "6.00",
            r"^\s*A\s+[\d.,:/]+\s+A\s*(?P<amount>[-−–]?\s?\d+(?:\s\d{3})*[\d.,'’٫٬，．$]*)",
            "A 77,10 A 1",
            "1",
        ),
        (
            "Sold la 12.05.2026 ora 10:11: 5,00",
            "RO",
            "5,00",
            None,
            "Sold la 1.5.26 ora 9:01: 12,00",
            "12.00",
        ),
        (
            "Bal as of 12-APR-26 is 5.00",
            "GB",
            "5.00",
            None,
            "Bal as of 1-May-27 is 6",
            "6",
        ),
    ],
)
def test_a_pattern_is_learned_that_a_person_can_read(
    text: str,
    country: str,
    number: str,
    pattern: str | None,
    later: str | None,
    amount: str | None,
) -> None:
    learned = learn_pattern(text, pick(text, number, country))
    if pattern is not None:
        assert learned == pattern
    if later is not None and amount is not None:
        read = parse_balance(later, country=country, pattern=learned)
        assert read is not None
        assert read.amount == Decimal(amount)


def learnable() -> list[tuple[Row, Choice]]:
    """Return every number of every answer that tells a balance."""
    return [
        (row, choice)
        for row in ANSWERS
        for choice in find_numbers(row["text"], country=row["country"] or None)
    ]


def test_the_balance_is_among_the_numbers() -> None:
    for row in TOLD:
        found = find_numbers(row["text"], country=row["country"] or None)
        assert Decimal(row["amount"]) in [choice.value for choice in found], row


def test_every_number_is_found_again_by_what_was_learned_from_it() -> None:
    choices = learnable()
    assert len(choices) > 1500
    for row, choice in choices:
        pattern = learn_pattern(row["text"], choice)
        check_pattern(pattern)
        read = parse_balance(
            row["text"], country=row["country"] or None, pattern=pattern
        )
        assert read is not None, (row, pattern)
        assert read.amount == choice.value, (row, pattern)


REPLACEABLE = [
    (row, choice)
    for row, choice in learnable()
    if choice.value
    and "коп" not in row["text"]
    and (choice.value.as_tuple().exponent == 0 or not choice.text.lstrip("-").isdigit())
]


@given(
    place=st.sampled_from(REPLACEABLE),
    cents=st.integers(0, 10**8),
    style=st.sampled_from(["{:.2f}", "{:,.2f}", "-{:.2f}", "-{:,.2f}"]),
    comma=st.booleans(),
)
def test_another_number_in_its_place_is_read(
    place: tuple[Row, Choice], cents: int, style: str, comma: bool
) -> None:
    """One pattern reads an amount with more or fewer digits, with marks, and a minus."""
    row, choice = place
    text, country = readable(row["text"]), row["country"] or None
    value = Decimal(cents) / 100
    written = style.format(value)
    if comma:
        written = written.translate(str.maketrans(",.", ".,"))
    minus = written.startswith("-")
    before = text[: choice.start]
    last = before.rstrip()[-1:]
    if last.isdigit() or (minus and (before[-1:].isalnum() or last in SIGNS)):
        return  # another number, or a dash that would only be a stroke
    later = before + written + text[choice.end :]
    read = parse_balance(
        later, country=country, pattern=learn_pattern(row["text"], choice)
    )
    assert read is not None, later
    owed = minus or (choice.value.is_signed() and choice.text[0].isdigit())
    assert read.amount == (-value if owed else value)


def test_a_number_too_far_from_any_word_is_told() -> None:
    text = ", ".join(["5"] * 400)
    pattern = learn_pattern(text, find_numbers(text)[9])
    assert parse_balance(text, pattern=pattern) is not None
    last = Choice("5", Decimal(5), len(text) - 1, len(text), "")
    with pytest.raises(PatternError) as refused:
        learn_pattern(text, last)
    assert refused.value.reason == "pattern_too_long"
