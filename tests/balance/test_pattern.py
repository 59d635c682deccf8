"""A pattern is understood as Python understands it, or refused with a reason."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
import re

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.gsm_gateway.balance.grammar import PatternError
from custom_components.gsm_gateway.balance.machine import compiled
from custom_components.gsm_gateway.balance.parser import parse_balance
from custom_components.gsm_gateway.balance.pattern import check_pattern

CATASTROPHIC = (
    "(a+)+$",
    "(a*)*$",
    "(a|a)*$",
    "(a|aa)+$",
    "(a|a?)+$",
    "([a-zA-Z]+)*$",
    r"(\d+)+x",
    r"(?:\d+\s?)+$",
    r"(\w+\s?)*$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    "(.*a){20}",
    "(.*a){3}",
    "(.*)*x",
    "(?:(?:a{0,50}){0,50}){0,50}$",
    r"(x+x+)+y",
    r"(?P<amount>(\d+)*)$",
    r"((\d{1,3},?)*)+EUR",
    "(a{1,1000}){1,1000}",
)


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_a_repeat_that_can_match_in_many_ways_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError) as refused:
        check_pattern(pattern)
    assert refused.value.reason in ("pattern_too_slow", "pattern_invalid")
    assert parse_balance("a" * 2000 + "!", pattern=pattern) is None


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "pattern_no_amount"),
        ("Balance", "pattern_no_amount"),
        (r"Balance (?P<amount>[a-z]+) \d+", "pattern_no_amount"),
        ("(", "pattern_invalid"),
        (")", "pattern_invalid"),
        ("[0-9", "pattern_invalid"),
        ("[9-0]", "pattern_invalid"),
        ("*5", "pattern_invalid"),
        (r"\d**", "pattern_invalid"),
        (r"\d{3}{2}", "pattern_invalid"),
        (r"\d{3,1}", "pattern_invalid"),
        (r"(\d?)*", "pattern_invalid"),
        (r"(?P<amount>\d)(?P<amount>\d)", "pattern_invalid"),
        (r"(?P<1>\d)", "pattern_unsupported"),
        (r"(\d)\1", "pattern_unsupported"),
        (r"(?=\d)", "pattern_unsupported"),
        (r"(?<!\d)\d", "pattern_unsupported"),
        (r"(?i:\d)", "pattern_unsupported"),
        (r"(?>\d+)", "pattern_unsupported"),
        (r"\d++", "pattern_unsupported"),
        (r"\p{Nd}", "pattern_unsupported"),
        ("\\", "pattern_unsupported"),
        (r"\d" * 251, "pattern_too_long"),
        (r"\d{0,999}", "pattern_too_slow"),
        (r"\d{99999999999}", "pattern_too_slow"),
        ("(" * 400 + r"\d" + ")" * 90, "pattern_too_slow"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    pattern: str, reason: str
) -> None:
    with pytest.raises(PatternError) as refused:
        check_pattern(pattern)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("pattern", "text", "country", "amount", "currency", "day"),
    [
        (r"Осн:\s*(?P<amount>[\d.]+)", "Осн:10.00 Бон:5.00", "UA", "10.00", None, None),
        (r"бон:\s*([\d.]+)", "Осн:10.00 Бон:5.00", "UA", "5.00", None, None),
        (r"\d+,\d\d", "Acc 12,50 EUR", "DE", "12.50", "EUR", None),
        (r"A (?P<currency>\S+) (\S+)", "A USD 12.50", "DE", "12.50", "USD", None),
        (r"A (\S+) (?P<currency>.+)", "A 12.50 pesos", "MX", "12.50", "MXN", None),
        (r"A (\S+) (?P<currency>\w+)", "A 5.00 apples", "DE", "5.00", None, None),
        (r"A (\S+) kr", "A 1.234 kr", "DK", "1234", "DKK", None),
        (r"A (\S+)", "A 1.234", "EC", None, None, None),
        (r"A (\S+)", "A 1,234.50 x", "IN", "1234.50", None, None),
        (r"A2:(\S+)", "A2:10,000.00 x", "IN", "10000.00", None, None),
        (r"A2:(\S+)", "A2:10.00 x", "IN", "10.00", None, None),
        (r"A2:(\S+)", "A2:10.000.00", "IN", None, None, None),
        (r"A (\S+)", "A 12:10.00", "IN", None, None, None),
        (r"A (\d+)", "A 0070", "IN", None, None, None),
        (r"A:? (.*) KES", "A -5.00 KES", "KE", "-5.00", "KES", None),
        (r"A:? ?-?(\d\S+) KES", "A: -5.00 KES", "KE", "-5.00", "KES", None),
        (r"Минус: (\S+)", "Минус: 5,00 р.", "RU", "-5.00", "RUB", None),
        (
            r"A (?P<amount>\S+) upto (?P<valid_until>\S+)",
            "A 5.00 upto 03/04/2027",
            "GB",
            "5.00",
            None,
            date(2027, 4, 3),
        ),
        (
            r"A (?P<amount>\S+)",
            "A 5.00 GBP, valid till 03/04/2027",
            "GB",
            "5.00",
            "GBP",
            date(2027, 4, 3),
        ),
    ],
)
def test_a_pattern_tells_where_the_balance_stands(
    pattern: str,
    text: str,
    country: str,
    amount: str | None,
    currency: str | None,
    day: date | None,
) -> None:
    check_pattern(pattern)
    read = parse_balance(text, country=country, pattern=pattern)
    if amount is None:
        assert read is None
        return
    assert read is not None
    assert (read.amount, read.currency, read.valid_until) == (
        Decimal(amount),
        currency,
        day,
    )


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"Balance (\d+)", "Balance 1,234.56 EUR"),
        (r"Balance (\d+)", "Balance 12 345.00 EUR"),
        (r"(\d+\.\d\d)", "Balance 1,234.56 EUR"),
        (r"Balance (.*)", "Balance 5.00 EUR bonus 3.00 EUR"),
        (r"Balance (\d+)-", "Balance 5-10 EUR"),
        (r"Balance ([\d.]+)", "Balance 5.00 DR"),
        (r"Balance (\d+)?", "Balance is 5"),
        (r"Guthaben (\S+)", "Balance 5.00 EUR"),
        (r"valid (\S+)", "Balance 5.00 EUR valid 12.12.2026"),
    ],
)
def test_a_piece_of_a_number_or_several_give_nothing(pattern: str, text: str) -> None:
    check_pattern(pattern)
    assert parse_balance(text, country="DE", pattern=pattern) is None


def test_a_pattern_takes_the_place_of_the_general_rules() -> None:
    assert parse_balance("Balance 5.00 EUR", pattern=r"Saldo (\S+)") is None
    assert parse_balance("Balance 5.00 EUR", pattern="(") is None


PIECES = st.sampled_from(
    ["a", "b", "1", ".", r"\d", r"\s", "[ab]", "[^a]", "[]b]", r"\b", "^", "$", "aB"]
)
SIGNS = st.sampled_from(
    ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{,2}", "{2,}", "{0,2}?"]
)
PATTERNS = st.recursive(
    PIECES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("(?:{0[0]}|{0[1]})".format),
        inner.map("({})".format),
        st.tuples(inner, SIGNS).map("(?:{0[0]}){0[1]}".format),
    ),
    max_leaves=8,
)


@settings(max_examples=2000)
@given(pattern=PATTERNS, text=st.text("abAB1 \n", max_size=12))
def test_a_pattern_finds_what_python_finds(pattern: str, text: str) -> None:
    """The machine of our own agrees with `re` in every group."""
    try:
        machine = compiled(pattern)
    except PatternError:
        return
    ours, theirs = (
        machine.search(text),
        re.search(pattern, text, re.IGNORECASE),
    )
    groups = range(machine.groups + 1)
    if theirs is None:
        assert ours is None
        return
    assert ours is not None
    assert [ours.span(number) for number in groups] == [
        None if theirs.start(number) < 0 else theirs.span(number) for number in groups
    ]


ODD_PATTERNS = st.text(alphabet="()[]{}?*+|\\.,019abPduwsx<>=!^$-:& ", max_size=60)


@given(pattern=ODD_PATTERNS | st.text(max_size=60), text=st.text(max_size=60))
def test_no_pattern_raises_anything_else(pattern: str, text: str) -> None:
    with suppress(PatternError):
        check_pattern(pattern)
    parse_balance(text, pattern=pattern)


class Counted:
    """A piece that counts in how many texts it was looked for."""

    def __init__(self, places: re.Pattern[str], count: list[str]) -> None:
        self.pattern = places.pattern
        self._places = places
        self._count = count

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        self._count.append(self.pattern)
        return self._places.finditer(text)


@pytest.mark.parametrize(
    ("pattern", "piece"),
    [
        (r".*.*.*.*.*.*.*.*\d", "a"),
        (r"a*a*a*a*a*a*a*a*\d", "a"),
        (r"\s*\s*\s*\s*\d", " "),
        (r"(?:a|aa){20}\d", "a"),
        (r"(?:a|b|ab){12}\d", "ab"),
        (r"(?P<amount>(a|aa){0,12}\d)", "a"),
        (r"(.*?),(.*?),(.*?),(.*?),(\d)", ","),
        (".?" * 49, "a"),
        ("[^b]?" * 48 + r"\d", "a"),
    ],
)
def test_each_piece_is_looked_for_once(pattern: str, piece: str) -> None:
    """Nothing else reads the text: how often it is read does not depend on it."""
    check_pattern(pattern)
    machine = compiled.__wrapped__(pattern)
    count: list[str] = []
    for step in machine._steps:
        if step.places is not None:
            step.places = Counted(step.places, count)  # type: ignore[assignment]
    machine.search((piece * 2000)[:2000])
    assert count
    assert len(count) == len(set(count))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?:ab){2,}(\d)", "ab" * 999 + "5"),
        (r"(?:a.|b){0,15}?(\d)x", "ab" * 500 + "5xx"),
        (r"(?:a.){9}.*?(\d)x", "ab" * 500 + "5y" * 99 + "5xx"),
        (r".*(\d+)", "1" * 2000),
        (r"(?:\w|\d\d){0,15}(\d)", "12" * 1000),
        (r"(?m)^x*(\d)$", "x\n" * 900 + "xx5\nx6"),
        (r"\b(\d+)\b.*?\b(\d+)\Z", "a 1 " * 450 + "17"),
    ],
)
def test_a_long_text_is_understood_as_python_understands_it(
    pattern: str, text: str
) -> None:
    theirs = re.search(pattern, text, re.IGNORECASE)
    ours = compiled(pattern).search(text)
    assert theirs is not None
    assert ours is not None
    for number in range(2):
        assert ours.span(number) == theirs.span(number)
