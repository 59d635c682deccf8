"""What the tests of messaging share."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

import pytest

from .fake_box import FakeBox
from .hand_clock import HandClock
from .runs import Runs
from .sending import Office


@pytest.fixture
def clock() -> HandClock:
    """Time that a test moves by hand."""
    return HandClock()


@pytest.fixture
def new_id() -> Callable[[], str]:
    """Ids `m1`, `m2` and so on."""
    numbers = count(1)
    return lambda: f"m{next(numbers)}"


@pytest.fixture
async def office(
    clock: HandClock, new_id: Callable[[], str], tmp_path: Path
) -> AsyncIterator[Office]:
    """An outbox without a line, closed in the end."""
    office = Office(clock, new_id, tmp_path / "messages.db")
    await office.open()
    yield office
    closing = asyncio.create_task(office.outbox.close())
    await clock.advance(5)
    await closing
    await office.store.close()


@pytest.fixture
async def dialogues_end(office: Office, clock: HandClock) -> AsyncIterator[None]:
    """Let dialogues that a test leaves behind end while there is time."""
    yield
    for line in office.router:
        line.break_off_ussd()
    await clock.advance(60)


@pytest.fixture
def box() -> FakeBox:
    """A box that takes every message."""
    return FakeBox()


@pytest.fixture
def cut(office: Office, box: FakeBox) -> FakeBox:
    """A box that takes two letters at a time."""
    box.sender.piece_length = 2
    office.add(box)
    return box


@pytest.fixture
async def runs(office: Office, box: FakeBox, clock: HandClock) -> AsyncIterator[Runs]:
    """The first run, with one SIM of a box that is away; each run is ended well."""
    runs = Runs(office, box, clock)
    office.add(box, connected=False)
    yield runs
    closing = asyncio.create_task(runs.office.outbox.close())
    await clock.advance(5)
    await closing
    if runs.office is not office:
        await runs.office.store.close()
