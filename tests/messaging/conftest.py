"""What the tests of messaging share."""

from collections.abc import Callable
from itertools import count

import pytest

from .hand_clock import HandClock


@pytest.fixture
def clock() -> HandClock:
    """Time that a test moves by hand."""
    return HandClock()


@pytest.fixture
def new_id() -> Callable[[], str]:
    """Ids `m1`, `m2`, …"""
    numbers = count(1)
    return lambda: f"m{next(numbers)}"
