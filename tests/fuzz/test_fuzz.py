"""No bytes from a box bring a reader down: a short run, the same every time."""

import asyncio

from hypothesis import given, settings
import pytest

from .target import Feeder, Target
from .targets import TARGETS

INPUTS = 300


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_nothing_but_gateway_errors_comes_out(target: Target) -> None:
    with asyncio.Runner() as runner:
        feeder = Feeder(target, runner)
        for capture in target.captures:
            feeder.feed(capture)

        @settings(max_examples=INPUTS, deadline=None, derandomize=True, database=None)
        @given(target.inputs)
        def fuzz(data: bytes) -> None:
            feeder.feed(data)

        fuzz()
    assert feeder.count >= INPUTS
