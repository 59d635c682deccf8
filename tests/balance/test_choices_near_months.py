"""A number with decimals is no day, whatever the word beside it begins with."""

import pytest

from custom_components.gsm_gateway.balance.pattern import find_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Bonus 5.00 Main 6.00", ["5.00", "6.00"]),
        ("Bonus 5,00 Main 6,00 Stufe 3", ["5,00", "6,00", "3"]),
        ("Konto 5.00, 12 May 2026", ["5.00"]),
    ],
)
def test_all_amounts_can_be_picked_and_no_date(text: str, numbers: list[str]) -> None:
    assert [choice.text for choice in find_numbers(text)] == numbers
