"""What holds for the reading of any text at all."""

from decimal import Decimal

from hypothesis import assume, given, settings, strategies as st

from custom_components.gsm_gateway.balance import currencies
from custom_components.gsm_gateway.balance.choices import MOST_CHOICES
from custom_components.gsm_gateway.balance.countries import CURRENCY_OF
from custom_components.gsm_gateway.balance.grammar import PatternError
from custom_components.gsm_gateway.balance.meanings import LABELS, Meaning
from custom_components.gsm_gateway.balance.parser import parse_balance
from custom_components.gsm_gateway.balance.pattern import find_numbers, learn_pattern
from custom_components.gsm_gateway.balance.scanning import scan
from custom_components.gsm_gateway.balance.words import WORDS
from tests.balance.answers import ANSWERS, Row

NAMES = (*LABELS, Meaning.MINUS, Meaning.MAIN)
HARMLESS = [
    word.strip("*").replace("_", " ")
    for meaning, words in WORDS.items()
    if meaning not in NAMES
    for word in words.split()
]
NUMBERS = (
    *("12.50", "5", "1 234,56", "0.00", "500", "12:30", "31.12.2026", "*100#", "-5"),
    *("1,23,456.78", "٤٥", "५", "12", "1234567", "½"),
)
SIGNS = (":", "=", "-", ",", ".", "\n", "!", "/", "(", ")", "+7916", "lorem", "ipsum")
WORDS_WITHOUT_BALANCE = st.lists(
    st.sampled_from(HARMLESS) | st.sampled_from(NUMBERS) | st.sampled_from(SIGNS),
    max_size=14,
).map(" ".join)
ANY_TEXT = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("0123456789.,:-*#$€₽pRs \n"),
    max_size=80,
)
PIECES_OF_ANSWERS = st.lists(
    st.sampled_from(ANSWERS).flatmap(
        lambda row: st.tuples(
            st.just(row["text"]), st.integers(0, 40), st.integers(1, 40)
        ).map(lambda cut: cut[0][cut[1] : cut[1] + cut[2]])
    ),
    max_size=5,
).map("".join)
COUNTRIES = st.none() | st.sampled_from(sorted(CURRENCY_OF))


def has_currency(word: str, country: str | None) -> bool:
    """Tell whether a word may be taken for a currency somewhere."""
    return any(
        currencies.read_mark(
            word,
            word.upper(),
            currencies.Place(before=before, glued=glued),
            currencies.Locale(country),
            shouting=False,
        )
        for before in (False, True)
        for glued in (False, True)
    )


@settings(max_examples=600)
@given(text=WORDS_WITHOUT_BALANCE | ANY_TEXT, country=COUNTRIES)
def test_no_balance_word_and_no_currency_gives_nothing(
    text: str, country: str | None
) -> None:
    tokens = scan(text)
    assume(not any(token.meaning in NAMES for token in tokens))
    assume(not any(has_currency(token.word, country) for token in tokens))
    assert parse_balance(text, country=country) is None


@settings(max_examples=600)
@given(
    text=ANY_TEXT | PIECES_OF_ANSWERS,
    country=COUNTRIES | st.text(max_size=3),
    currency=st.none() | st.text(max_size=4),
)
def test_nothing_raises_whatever_the_text(
    text: str, country: str | None, currency: str | None
) -> None:
    read = parse_balance(text, country=country, currency=currency)
    assert read is None or read.amount.is_finite()
    found = find_numbers(text, country=country, currency=currency)
    assert len(found) <= MOST_CHOICES
    for choice in found:
        try:
            pattern = learn_pattern(text, choice)
        except PatternError:
            continue
        again = parse_balance(text, country=country, currency=currency, pattern=pattern)
        assert again is not None, pattern
        assert again.amount == choice.value


@st.composite
def beside_another(draw: st.DrawFn) -> tuple[str, Row]:
    """Return an answer that stands beside another without a balance, and its row."""
    row = draw(st.sampled_from([row for row in ANSWERS if row["amount"]]))
    others = [r for r in ANSWERS if r["country"] == row["country"] and not r["amount"]]
    assume(others)
    texts = [row["text"], draw(st.sampled_from(others))["text"]]
    return draw(st.sampled_from([". ", "\n", "; "])).join(
        draw(st.permutations(texts))
    ), row


@settings(max_examples=1000)
@given(both=beside_another())
def test_adverts_menus_and_bonuses_beside_a_balance_are_not_taken_for_it(
    both: tuple[str, Row],
) -> None:
    text, row = both
    read = parse_balance(text, country=row["country"] or None)
    assert read is None or read.amount == Decimal(row["amount"])


@settings(max_examples=20, deadline=None)
@given(piece=ANY_TEXT.filter(bool))
def test_a_megabyte_is_read_no_further_than_an_answer_can_be_long(piece: str) -> None:
    text = (piece * 2**20)[: 2**20]
    assert parse_balance(text) == parse_balance(text[:20_000])
    find_numbers(text)
