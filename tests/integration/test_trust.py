"""Whose messages count, and whose texts are nobody else's business."""

import pytest

from custom_components.gsm_gateway.messaging.countries import COUNTRIES
from custom_components.gsm_gateway.trust import is_private, trusted

POLAND = COUNTRIES["260"]
GERMANY = COUNTRIES["262"]
ANNA = "+48601234567"


@pytest.mark.parametrize(
    ("sender", "listed", "is_listed"),
    [
        (ANNA, "601234567", True),
        (ANNA, "601 234 567", True),
        (ANNA, "0048 601-234-567", True),
        ("601234567", ANNA, True),
        ("48601234567", ANNA, True),
        (" +48601234567 ", ANNA, True),
        ("MyBank", "mybank", True),
        ("MYBANK ", " MyBank", True),
        ("ŻABKA", "żabka", True),
        ("8080", "8080", True),
        ("My Bank", "My Bank", True),
        # Last digits, first digits, one digit more
        ("234567", ANNA, False),
        (ANNA, "234567", False),
        ("+49601234567", ANNA, False),
        ("+486012345678", ANNA, False),
        ("1601234567", "601234567", False),
        # Names that are not quite the one
        ("MyBank2", "MyBank", False),
        ("MyBan", "MyBank", False),
        ("My Bank", "MyBank", False),
        ("MyBаnk", "MyBank", False),  # a Cyrillic a
        ("MyBank\u200b", "MyBank", False),
        # A name that looks like a number, and a number that is written as a name
        ("601 234 567", "601234567", False),
        ("(601)234567", "601234567", False),
        ("601-234-567", "601 234 567", False),
        ("\u202d601234567", "601234567", False),
        ("６０１２３４５６７", "601234567", False),  # full-width digits
        ("٦٠١٢٣٤٥٦٧", "601234567", False),
        ("6O1234567", "601234567", False),
        ("601234567", "6O1234567", False),
        ("", ANNA, False),
    ],
)
def test_a_sender_is_the_listed_one(sender: str, listed: str, is_listed: bool) -> None:
    assert trusted(sender, POLAND, [listed], []) is is_listed
    assert trusted(sender, POLAND, [], ["Somebody", listed]) is is_listed
    assert is_private(sender, POLAND, ["+4915112345678", listed]) is is_listed


@pytest.mark.parametrize("sender", [ANNA, "MyBank", "8080", ""])
def test_without_a_list_everybody_is_trusted_and_nobody_private(sender: str) -> None:
    assert trusted(sender, POLAND, [], [])
    assert not is_private(sender, POLAND, [])


def test_a_sims_own_list_replaces_the_boxs() -> None:
    assert trusted("Panel", POLAND, ["Panel"], [ANNA])
    assert not trusted(ANNA, POLAND, ["Panel"], [ANNA])
    assert trusted(ANNA, POLAND, [], [ANNA])


def test_a_national_number_is_one_of_the_sims_country() -> None:
    assert trusted(ANNA, POLAND, ["601234567"], [])
    assert not trusted(ANNA, GERMANY, ["601234567"], [])
    assert not trusted(ANNA, None, ["601234567"], [])
    assert trusted(ANNA, None, ["0048601234567"], [])
