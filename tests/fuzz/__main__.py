"""The long run: python -m tests.fuzz [--minutes N] [--seed S] [--only WORD]."""

import argparse
import asyncio
from itertools import count, islice
from random import Random
from time import monotonic
import traceback

from hypothesis import HealthCheck, Phase, given, seed, settings

from .inputs import changed_by
from .target import Feeder, Target
from .targets import TARGETS

INPUTS_PER_ROUND = 100
"""Thought out by hypothesis, which makes the smallest one of those that fail."""
MORE_PER_ROUND = 2000
"""Changed by chance alone: less clever, and many more."""


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201 # a program


def fuzz(feeder: Feeder, chance: int) -> None:
    """Give one round of inputs. Raises what came out, with the input as a note."""

    @seed(chance)
    @settings(
        max_examples=INPUTS_PER_ROUND,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(feeder.target.inputs)
    def one(data: bytes) -> None:
        feeder.feed(data)

    one()
    inputs = changed_by(Random(chance), feeder.target.captures)
    for data in islice(inputs, MORE_PER_ROUND):
        try:
            feeder.feed(data)
        except Exception as error:
            error.add_note(f"Failing input: {data!r}")
            raise


def run(targets: list[Target], minutes: float, chance: int) -> bool:
    """Give inputs to all targets in turn; print how many, and tell whether all is well."""
    end = monotonic() + 60 * minutes
    broken: set[str] = set()
    with asyncio.Runner() as runner:
        feeders = [Feeder(target, runner) for target in targets]
        for turn in count():
            for feeder in feeders:
                if monotonic() >= end:
                    break
                if feeder.target.name in broken:
                    continue
                try:
                    fuzz(feeder, chance * 1_000_003 + turn)
                except Exception:  # noqa: BLE001 # whatever it is, it is the finding
                    traceback.print_exc()
                    broken.add(feeder.target.name)
            else:
                continue
            break
    for feeder in feeders:
        verdict = "BROKEN" if feeder.target.name in broken else "ok"
        say(f"{feeder.target.name:24} {feeder.count:9,} inputs  {verdict}")
    say(f"{'together':24} {sum(each.count for each in feeders):9,} inputs")
    return not broken


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="readers whose name has this word")
    given_ones = parser.parse_args()
    targets = [target for target in TARGETS if given_ones.only in target.name]
    return 0 if run(targets, given_ones.minutes, given_ones.seed) else 1


if __name__ == "__main__":
    raise SystemExit(main())
