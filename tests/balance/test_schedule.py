"""A SIM is asked once an interval, whatever happens to Home Assistant and its clock."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
import json
from random import Random
from typing import Any

import pytest

from custom_components.gsm_gateway.balance.schedule import (
    GAP,
    RETRY,
    Schedule,
    Timetable,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LOOK = timedelta(minutes=5)
"""How often a run looks at its timetables."""


class World:
    """A computer with SIMs whose Home Assistant is started and stopped.

    `true` is the time that passes; `clock` what the wall clock shows.
    """

    def __init__(self, sims: int = 1, seed: int = 1, interval: timedelta = DAY) -> None:
        self.true = START
        self.error = timedelta()
        self.disk: dict[int, str] = {}
        self.questions: dict[int, list[datetime]] = {sim: [] for sim in range(sims)}
        self.interval = interval
        self.chance = Random(seed)
        self.tables: dict[int, Timetable] = {}
        self.start()

    @property
    def clock(self) -> datetime:
        return self.true + self.error

    @property
    def monotonic(self) -> float:
        return (self.true - self.booted).total_seconds()

    def start(self) -> None:
        """Begin a run with what is on disk, and keep what it plans."""
        self.booted = self.true
        for sim in self.questions:
            stored = self.disk.get(sim)
            self.tables[sim] = Timetable(
                Schedule.from_dict(json.loads(stored)) if stored else None,
                interval=self.interval,
                index=sim,
                now=self.clock,
                monotonic=self.monotonic,
                chance=self.chance,
            )

    def store(self, sim: int, schedule: Schedule) -> None:
        self.disk[sim] = json.dumps(schedule.to_dict())

    def run(self, span: timedelta) -> None:
        """Let time pass in a running Home Assistant."""
        end = self.true + span
        while self.true < end:
            waits = {
                sim: table.delay(self.clock, self.monotonic)
                for sim, table in self.tables.items()
            }
            sim = min(waits, key=lambda each: waits[each])
            if waits[sim]:
                self.true += min(waits[sim], LOOK, end - self.true)
                continue
            others = [
                table.schedule.next_due
                for other, table in self.tables.items()
                if other != sim
            ]
            self.store(sim, self.tables[sim].ask(self.clock, self.monotonic, others))
            self.questions[sim].append(self.true)

    def off(self, span: timedelta) -> None:
        self.true += span

    def gaps(self) -> Iterable[timedelta]:
        """Return the true times between questions of the same SIM."""
        for asked in self.questions.values():
            yield from (after - before for before, after in pairwise(asked))

    @property
    def count(self) -> int:
        return sum(len(asked) for asked in self.questions.values())


def test_a_new_sim_is_asked_soon() -> None:
    world = World()
    world.run(timedelta(minutes=1))
    assert world.count == 1


def test_once_a_day_for_a_month() -> None:
    world = World()
    world.run(30 * DAY)
    assert 29 <= world.count <= 31
    assert all(abs(gap - DAY) < timedelta(minutes=30) for gap in world.gaps())


@pytest.mark.parametrize("interval", [DAY, timedelta(hours=1)])
def test_sims_of_a_box_are_never_asked_at_the_same_moment(interval: timedelta) -> None:
    world = World(sims=32, interval=interval)
    world.run(10 * interval)
    moments = sorted(moment for asked in world.questions.values() for moment in asked)
    assert len(moments) >= 32 * 9
    assert min(b - a for a, b in pairwise(moments)) >= GAP / 2


def test_fifty_restarts_in_a_day_give_one_question() -> None:
    world = World()
    world.run(timedelta(hours=1))
    for _ in range(50):
        world.run(timedelta(minutes=world.chance.uniform(0.1, 25)))
        world.off(timedelta(minutes=world.chance.uniform(0, 2)))
        world.start()
    assert timedelta(hours=5) < world.true - START < DAY
    assert world.count == 1


def test_fifty_restarts_a_day_over_a_month_give_one_question_a_day() -> None:
    world = World(sims=2)
    while world.true < START + 30 * DAY:
        world.run(timedelta(minutes=world.chance.uniform(1, 57)))
        world.start()
    assert 2 * 29 <= world.count <= 2 * 31
    assert min(world.gaps()) > DAY * 0.97


def test_a_crash_right_before_dialling_asks_no_second_time() -> None:
    world = World()
    table = world.tables[0]
    world.off(timedelta(minutes=1))
    world.store(0, table.ask(world.clock, world.monotonic))
    for _ in range(20):
        world.start()
        world.run(timedelta(hours=1))
    assert world.count == 0


def test_days_missed_while_off_are_asked_once_and_soon() -> None:
    world = World(sims=3)
    world.run(timedelta(hours=1))
    world.off(5 * DAY)
    world.start()
    world.run(timedelta(minutes=5))
    assert [len(asked) for asked in world.questions.values()] == [2, 2, 2]
    latest = sorted(asked[-1] for asked in world.questions.values())
    assert min(b - a for a, b in pairwise(latest)) >= GAP / 2
    world.run(timedelta(hours=23))
    assert world.count == 6


@pytest.mark.parametrize(
    "jump", [-400 * DAY, -DAY, -timedelta(hours=1), timedelta(hours=1), DAY, 400 * DAY]
)
def test_a_jump_of_the_clock_in_a_run_asks_neither_more_nor_less(
    jump: timedelta,
) -> None:
    world = World()
    world.run(timedelta(hours=3))
    world.error = jump
    world.run(10 * DAY)
    assert 10 <= world.count <= 12
    assert min(world.gaps()) > DAY * 0.97
    assert max(world.gaps()) < DAY * 1.05


def test_a_clock_that_wanders_all_the_time_asks_neither_more_nor_less() -> None:
    world = World(seed=3)
    while world.true < START + 20 * DAY:
        world.run(timedelta(hours=world.chance.uniform(0.1, 9)))
        world.error = timedelta(days=world.chance.uniform(-500, 500))
    assert 19 <= world.count <= 21
    assert min(world.gaps()) > DAY * 0.97


def test_a_clock_set_back_before_a_start_asks_no_more_and_not_never() -> None:
    world = World()
    world.error = 400 * DAY
    world.run(timedelta(hours=1))
    world.error = timedelta()
    for _ in range(20):
        world.start()
        world.run(timedelta(hours=1))
    assert world.count == 1
    world.run(DAY * 1.1)
    assert world.count == 2


def test_a_computer_that_boots_in_the_past_asks_when_its_clock_is_right() -> None:
    world = World()
    world.run(timedelta(hours=1))
    world.off(2 * DAY)
    world.error = -20000 * DAY
    world.start()
    world.run(timedelta(minutes=10))
    assert world.count == 1
    world.error = timedelta()
    world.run(timedelta(minutes=10))
    assert world.count == 2


def test_a_shorter_interval_counts_from_the_last_question() -> None:
    world = World()
    world.run(timedelta(hours=3))
    world.interval = timedelta(hours=6)
    world.tables[0].change_interval(world.interval)
    world.run(timedelta(hours=2))
    assert world.count == 1
    world.run(timedelta(hours=2))
    assert world.count == 2


@pytest.mark.parametrize("restart", [False, True])
def test_a_longer_interval_counts_from_the_last_question(restart: bool) -> None:
    world = World()
    world.run(timedelta(hours=23))
    world.interval = 7 * DAY
    if restart:
        world.start()
    else:
        world.tables[0].change_interval(world.interval)
    world.run(5.9 * DAY)
    assert world.count == 1
    world.run(DAY)
    assert world.count == 2


def test_a_question_of_a_person_moves_the_next_one() -> None:
    world = World()
    world.run(timedelta(hours=12))
    world.store(0, world.tables[0].ask(world.clock, world.monotonic))
    world.run(timedelta(hours=23))
    assert world.count == 1
    world.run(timedelta(hours=2))
    assert world.count == 2


def test_a_question_that_could_not_be_dialled_is_due_again_after_a_while() -> None:
    world = World()
    world.off(timedelta(minutes=1))
    table = world.tables[0]
    table.ask(world.clock, world.monotonic)
    world.store(0, table.revoke(world.clock, world.monotonic))
    assert table.schedule.last_asked is None
    world.run(RETRY - timedelta(minutes=1))
    assert world.count == 0
    world.run(timedelta(minutes=2))
    assert world.count == 1


def test_a_revoked_question_leaves_the_one_before_in_force_over_a_restart() -> None:
    world = World()
    world.run(timedelta(hours=1))
    before = world.tables[0].schedule
    world.tables[0].ask(world.clock, world.monotonic)
    world.store(0, world.tables[0].revoke(world.clock, world.monotonic))
    assert Schedule.from_dict(json.loads(world.disk[0])).last_asked == before.last_asked


def test_a_question_of_a_person_that_was_not_dialled_adds_none() -> None:
    world = World()
    world.run(timedelta(hours=1))
    due = world.tables[0].schedule.next_due
    world.tables[0].ask(world.clock, world.monotonic)
    assert world.tables[0].revoke(world.clock, world.monotonic).next_due == due
    world.run(timedelta(hours=20))
    assert world.count == 1
    world.run(timedelta(hours=5))
    assert world.count == 2


def test_schedule_survives_json() -> None:
    schedule = Schedule(interval=DAY, next_due=START, last_asked=None)
    asked = schedule.asked(START, Random(1))
    for each in (schedule, asked):
        assert Schedule.from_dict(json.loads(json.dumps(each.to_dict()))) == each


def test_times_come_back_in_utc() -> None:
    zone = timezone(timedelta(hours=3))
    schedule = Schedule(interval=DAY, next_due=START.astimezone(zone))
    assert Schedule.from_dict(schedule.to_dict()).next_due.tzinfo is UTC


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"interval": 1, "next_due": "2026-03-01T12:00:00+00:00"},
        {"interval": "x", "next_due": "2026-03-01T12:00:00+00:00", "last_asked": None},
        {"interval": 1, "next_due": "2026-03-01T12:00:00", "last_asked": None},
        {"interval": 1, "next_due": "soon", "last_asked": None},
        {"interval": 1, "next_due": None, "last_asked": None},
        {
            "interval": 1e300,
            "next_due": "2026-03-01T12:00:00+00:00",
            "last_asked": None,
        },
    ],
)
def test_what_is_no_schedule_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Schedule.from_dict(data)
