"""Whatever a GoIP brings by UDP, SMPP and its page, in any order and with kills, is heard once."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from .hand_clock import HandClock
from .ways import Losses, Ways

STEPS = 70


async def play(ways: Ways, message: Callable[[], tuple[str, int, bool]]) -> None:
    """Let it all happen, and check that no event says twice that it is the first."""
    await ways.start()
    await ways.wait(60)
    for _ in range(STEPS):
        await ways.step(message)
    await ways.end()
    assert ways.came.total() > 15
    first = Counter(m.message_id for m in ways.events if not m.redelivered)
    assert set(first.values()) == {1}


def heard(ways: Ways) -> Counter[tuple[int, str]]:
    """Return how many messages of each text there were, repeated events left out."""
    ids = {(m.message_id, (m.channel, m.text)) for m in ways.events}
    return Counter(what for _, what in ids)


@pytest.mark.parametrize("seed", range(3))
async def test_texts_that_differ(
    clock: HandClock, new_id: Callable[[], str], tmp_path: Path, seed: int
) -> None:
    ways = Ways(clock, new_id, tmp_path, Random(seed), Losses())
    await play(ways, lambda: (f"<{ways.came.total()}>", 0, False))
    assert heard(ways) == ways.came


@pytest.mark.parametrize("seed", range(3))
async def test_texts_that_are_alike(
    clock: HandClock, new_id: Callable[[], str], tmp_path: Path, seed: int
) -> None:
    ways = Ways(clock, new_id, tmp_path, Random(seed), Losses())
    await play(ways, lambda: (ways.dice.choice(["Motion", "Door", "ok"]), 0, False))
    assert heard(ways) == ways.came


@pytest.mark.parametrize("seed", range(3))
async def test_long_texts_whole_and_in_parts(
    clock: HandClock, new_id: Callable[[], str], tmp_path: Path, seed: int
) -> None:
    ways = Ways(clock, new_id, tmp_path, Random(seed), Losses(by_udp=0.9))

    def message() -> tuple[str, int, bool]:
        number = ways.came.total()
        body = "".join(f"<{number}.{place}>" for place in range(40))
        text = f"{body[: ways.dice.choice([20, 140, 280])]} end of {number}"
        return text, 67, len(text) > 67 and ways.dice.random() < 0.5

    await play(ways, message)
    times = heard(ways)
    for what in ways.came:
        whole, rows = times.pop(what, 0), ways.pieces.get(what, ())
        each = sorted({times.pop((what[0], row.rstrip()), 0) for row in rows})
        assert (whole, each) in [(1, []), (1, [0]), (0, [1])]
    assert not times


@pytest.mark.parametrize("seed", range(3))
async def test_disk_that_is_full_now_and_then(
    clock: HandClock, new_id: Callable[[], str], tmp_path: Path, seed: int
) -> None:
    ways = Ways(clock, new_id, tmp_path, Random(seed), Losses(full=0.8))
    await play(ways, lambda: (f"<{ways.came.total()}>", 0, False))
    assert heard(ways).keys() == ways.came.keys()
    assert any(not m.stored for m in ways.events)
    stored = {(m.message_id, m.text) for m in ways.events if m.stored}
    assert set(Counter(text for _, text in stored).values()) == {1}
