"""What was said in simulated years of a SIM is near the truth; `year` prints the figures."""

from statistics import fmean
from typing import Final

import pytest

from .year import Figures, judge, live, watch

SEEDS: Final = (1, 2, 3, 4)
"""With a subscription of each kind, with and without calls, charged at once and late."""


pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def years() -> list[Figures]:
    """What was said in each year, against what happened."""
    lives = [live(seed) for seed in SEEDS]
    return [judge(life, watch(life)) for life in lives]


def test_the_price_is_learned_in_two_weeks_and_followed_in_four(
    years: list[Figures],
) -> None:
    for year in years:
        assert year.price_known_after < 14
        assert year.price_followed_after < 28
        assert year.price_right > 0.8


def test_the_cost_of_a_day_is_near_what_it_is_on_the_average(
    years: list[Figures],
) -> None:
    assert fmean(year.cost_error for year in years) < 0.3


def test_days_left_are_not_much_worse_than_of_one_who_knows_the_mean(
    years: list[Figures],
) -> None:
    said = fmean(year.days_left_error for year in years)
    best = fmean(year.days_left_best for year in years)
    assert said < 1.8 * best


def test_the_hidden_subscription_is_told_and_nothing_that_is_none(
    years: list[Figures],
) -> None:
    for year in years:
        assert year.drops_false == 0
        assert year.subscription_told_after is not None
        assert year.subscription_told_after < 14
    for year in (years[0], years[1], years[3]):  # paid weekly or monthly
        assert year.subscription_told_after == pytest.approx(0, abs=1)
        assert year.drops_missed == 0
