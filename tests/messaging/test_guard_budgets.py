"""What SIMs may send in an hour, a day and a month."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from custom_components.gsm_gateway.messaging.guard import (
    Budget,
    LargerThanLimit,
    Limits,
    OverBudget,
    Wish,
)

from .guarding import (
    ALARM,
    DAY,
    HOUR,
    MINUTE,
    NORMAL,
    JumpingClock,
    Watch,
    one_form,
    wishing,
)

TWO = {"a": Limits(), "b": Limits()}


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A guard that has counted nothing."""
    watch = Watch(tmp_path, JumpingClock())
    await watch.begin()
    yield watch
    await watch.store.close()


def refusal(watch: Watch, *wishes: Wish, ahead: tuple[Wish, ...] = ()) -> OverBudget:
    """Return why these messages are refused."""
    with pytest.raises(OverBudget) as refused:
        watch.guard.check(wishes, ahead)
    return refused.value


async def test_thirty_parts_an_hour(watch: Watch) -> None:
    for _ in range(15):
        watch.spend(parts=2)
        watch.clock.pass_by(MINUTE)
    assert watch.left() == 0
    refused = refusal(watch, wishing(cause="Newsletter", number="0170 1"))
    assert (refused.which, refused.limit, refused.used) == (Budget.HOUR, 30, 30)
    assert (refused.cause, refused.number) == ("Newsletter", "0170 1")
    assert refused.frees_at == watch.clock.now() + timedelta(minutes=45)
    watch.clock.pass_by(45 * MINUTE)
    assert watch.left() == 2
    watch.guard.check([wishing(parts=2)])


async def test_time_when_a_longer_message_fits(watch: Watch) -> None:
    for _ in range(15):
        watch.spend(parts=2)
        watch.clock.pass_by(MINUTE)
    refused = refusal(watch, wishing(parts=5))
    assert refused.frees_at == watch.clock.now() + timedelta(minutes=47)


async def test_time_after_a_limit_was_lowered(watch: Watch) -> None:
    watch.spend(parts=20)
    watch.clock.pass_by(MINUTE)
    watch.spend(parts=5)
    watch.clock.pass_by(MINUTE)
    watch.spend(parts=5)
    refused = refusal(watch, wishing(limits={"a": Limits(parts_per_hour=10)}))
    assert refused.frees_at == watch.clock.now() + timedelta(minutes=59)


async def test_hundred_parts_a_day(watch: Watch) -> None:
    for _ in range(4):
        watch.spend(parts=25)
        watch.clock.pass_by(HOUR)
    assert watch.left() == 0
    refused = refusal(watch, wishing())
    assert (refused.which, refused.limit, refused.used) == (Budget.DAY, 100, 100)
    assert refused.frees_at == watch.clock.now() + timedelta(hours=20)
    watch.clock.pass_by(20 * HOUR)
    assert watch.left() == 25


async def test_alarms_are_outside_hour_and_day(watch: Watch) -> None:
    watch.spend(parts=30)
    watch.spend(parts=100, priority=ALARM)
    assert watch.left() == 0
    assert watch.left(priority=ALARM) == 20
    watch.clock.pass_by(HOUR)
    assert watch.left() == 30


async def test_hundred_and_twenty_parts_of_alarms_an_hour(watch: Watch) -> None:
    watch.spend(parts=119, priority=ALARM)
    watch.guard.check([wishing(priority=ALARM)])
    refused = refusal(watch, wishing(priority=ALARM, parts=2))
    assert (refused.which, refused.limit, refused.used) == (Budget.ALARM_HOUR, 120, 119)
    assert refused.frees_at == watch.clock.now() + timedelta(hours=1)


async def test_last_fifth_of_the_month_is_for_alarms(watch: Watch) -> None:
    wide = Limits(parts_per_hour=9999, parts_per_day=9999)
    watch.spend(parts=700)
    watch.spend(parts=100, priority=ALARM)
    assert watch.left(limits=wide) == 0
    assert watch.left(limits=wide, priority=ALARM) == 20
    watch.clock.pass_by(HOUR)
    assert watch.left(limits=wide, priority=ALARM) == 120
    refused = refusal(watch, wishing(limits={"a": wide}))
    assert (refused.which, refused.limit, refused.used) == (Budget.MONTH, 800, 800)
    assert refused.frees_at == datetime(2026, 12, 1, tzinfo=UTC)


async def test_month_is_over_for_alarms(watch: Watch) -> None:
    watch.spend(parts=1000)
    watch.clock.pass_by(DAY)
    refused = refusal(watch, wishing(priority=ALARM))
    assert (refused.which, refused.limit, refused.used) == (Budget.MONTH, 1000, 1000)


async def test_month_begins_in_the_zone_of_the_user(tmp_path: Path) -> None:
    watch = Watch(tmp_path, JumpingClock(), ZoneInfo("Europe/Berlin"))
    watch.clock.wall(2026, 11, 30, 22, 59, 0)
    watch.spend(parts=1000)
    refused = refusal(watch, wishing(priority=ALARM))
    assert refused.frees_at == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    watch.clock.pass_by(59)
    assert watch.guard.used("a").month_parts == 1000
    watch.clock.pass_by(1)
    assert watch.guard.used("a").month_parts == 0
    assert watch.left(priority=ALARM) == 120
    assert watch.left() == 0


async def test_zone_that_is_changed_while_we_run(watch: Watch) -> None:
    watch.clock.wall(2026, 11, 30, 23, 30, 0)
    watch.spend()
    watch.clock.pass_by(MINUTE)
    watch.guard.zone = ZoneInfo("Pacific/Auckland")
    assert watch.guard.used("a").month_parts == 1
    watch.clock.pass_by(HOUR)
    assert watch.guard.used("a").month_parts == 1
    watch.guard.zone = UTC
    assert watch.guard.used("a").month_parts == 0


async def test_messages_of_today_over_midnight(watch: Watch) -> None:
    watch.clock.wall(2026, 11, 14, 23, 0, 0)
    watch.spend(parts=3)
    watch.spend(parts=1)
    watch.spend(parts=1, first=False)
    assert watch.guard.used("a").today == 2
    watch.clock.pass_by(HOUR)
    assert watch.guard.used("a").today == 0
    assert watch.guard.used("a").month_parts == 5
    watch.spend(priority=ALARM)
    assert watch.guard.used("a").today == 1


async def test_message_at_midnight_belongs_to_the_new_day(watch: Watch) -> None:
    watch.clock.wall(2026, 11, 14, 23, 0, 0)
    watch.clock.pass_by(HOUR)
    watch.spend()
    assert watch.guard.used("a").today == 1


async def test_day_of_twenty_five_hours(tmp_path: Path) -> None:
    watch = Watch(tmp_path, JumpingClock(), ZoneInfo("Europe/Berlin"))
    watch.clock.wall(2026, 10, 24, 22, 30, 0)
    watch.spend()
    watch.clock.pass_by(24 * HOUR)
    assert watch.guard.used("a").today == 1
    watch.clock.pass_by(HOUR)
    assert watch.guard.used("a").today == 0


async def test_refund_gives_everything_back_once(watch: Watch) -> None:
    spending = watch.spend(parts=30)
    watch.guard.refund(spending)
    watch.guard.refund(spending)
    assert watch.left() == 30
    assert watch.guard.used("a").today == 0
    assert watch.guard.used("a").month_parts == 0


async def test_refund_of_what_has_left_the_hour(watch: Watch) -> None:
    spending = watch.spend(parts=30)
    watch.clock.pass_by(2 * HOUR)
    assert watch.left() == 30
    watch.guard.refund(spending)
    assert watch.left() == 30
    assert watch.guard.used("a").month_parts == 0
    for _ in range(3):
        watch.spend(parts=30)
        watch.clock.pass_by(HOUR)
    assert watch.left() == 10


async def test_each_sim_has_its_own_budget(watch: Watch) -> None:
    watch.spend("a", parts=30)
    assert (watch.left("a"), watch.left("b")) == (0, 30)
    watch.guard.check([wishing(limits=TWO, parts=30)])


async def test_refused_when_the_sims_together_have_none_left(watch: Watch) -> None:
    watch.spend("a", parts=30)
    watch.clock.pass_by(10 * MINUTE)
    watch.spend("b", parts=29)
    watch.guard.check([wishing(limits=TWO)])
    refused = refusal(watch, wishing(limits=TWO), wishing(limits=TWO, number="0170 2"))
    assert (refused.which, refused.limit, refused.used) == (Budget.HOUR, 60, 60)
    assert refused.number == "0170 2"
    assert refused.frees_at == watch.clock.now() + timedelta(minutes=50)


async def test_parts_of_one_message_are_not_shared_out(watch: Watch) -> None:
    watch.spend("a", parts=28)
    watch.clock.pass_by(MINUTE)
    watch.spend("b", parts=28)
    watch.guard.check([wishing(limits=TWO, parts=2), wishing(limits=TWO, parts=2)])
    refused = refusal(watch, wishing(limits=TWO, parts=3))
    assert (refused.which, refused.limit, refused.used) == (Budget.HOUR, 30, 28)


async def test_what_is_queued_ahead_counts(watch: Watch) -> None:
    watch.spend(parts=10)
    ahead = (wishing(parts=12), wishing(parts=6))
    watch.guard.check([wishing(parts=2)], ahead)
    refused = refusal(watch, wishing(parts=3), ahead=ahead)
    assert (refused.which, refused.used) == (Budget.HOUR, 28)


async def test_sims_short_of_different_things(watch: Watch) -> None:
    limits = {"a": Limits(parts_per_hour=5), "b": Limits(parts_per_day=5)}
    watch.guard.check([wishing(limits=limits, parts=5)] * 2)
    ahead = (wishing(limits=limits, parts=4), wishing(limits=limits, parts=4))
    watch.guard.check([wishing(limits=limits, parts=2)], ahead)
    refusal(watch, wishing(limits=limits, parts=3), ahead=ahead)


async def test_what_is_queued_for_other_sims_does_not_count(watch: Watch) -> None:
    ahead = (wishing(parts=30, limits={"b": Limits()}),)
    watch.guard.check([wishing(parts=30)], ahead)
    refusal(watch, wishing(), ahead=(wishing(parts=30, limits=TWO),))


async def test_alarm_goes_before_what_is_queued(watch: Watch) -> None:
    wide = {"a": Limits(parts_per_hour=9999, parts_per_day=9999)}
    newsletters = tuple(wishing(limits=wide) for _ in range(800))
    watch.guard.check([wishing(limits=wide, priority=ALARM)], newsletters)
    refused = refusal(watch, wishing(limits=wide), ahead=newsletters)
    assert refused.which is Budget.MONTH


async def test_queued_alarms_count_for_normal_ones_in_the_month_alone(
    watch: Watch,
) -> None:
    watch.spend(parts=775)
    watch.clock.pass_by(DAY)
    alarms = (wishing(parts=20, priority=ALARM),)
    watch.guard.check([wishing(parts=5)], alarms)
    refused = refusal(watch, wishing(parts=6), ahead=alarms)
    assert (refused.which, refused.used) == (Budget.MONTH, 795)


async def test_batch_is_refused_as_one(watch: Watch) -> None:
    wishes = [wishing(number=f"0170 12345{n:02}") for n in range(31)]
    watch.guard.check(wishes[:30])
    assert refusal(watch, *wishes).number == wishes[-1].number


@pytest.mark.parametrize(
    ("parts", "priority", "limits", "which", "limit"),
    [
        (31, NORMAL, Limits(), Budget.HOUR, 30),
        (11, NORMAL, Limits(parts_per_day=10), Budget.DAY, 10),
        (9, NORMAL, Limits(parts_per_month=10), Budget.MONTH, 8),
        (121, ALARM, Limits(), Budget.ALARM_HOUR, 120),
        (11, ALARM, Limits(parts_per_month=10), Budget.MONTH, 10),
        (1, NORMAL, Limits(parts_per_hour=0), Budget.HOUR, 0),
    ],
)
async def test_message_larger_than_a_whole_limit(
    watch: Watch,
    parts: int,
    priority: object,
    limits: Limits,
    which: Budget,
    limit: int,
) -> None:
    with pytest.raises(LargerThanLimit) as refused:
        watch.guard.check(
            [wishing(parts=parts, priority=priority, limits={"a": limits})]
        )
    told = refused.value
    assert (told.which, told.limit, told.parts) == (which, limit, parts)


async def test_sim_that_is_too_small_for_a_message_has_no_room_for_it(
    watch: Watch,
) -> None:
    limits = {"a": Limits(parts_per_hour=2), "b": Limits()}
    watch.spend("b", parts=28)
    refusal(watch, wishing(parts=3, limits=limits))


async def test_recipients_a_day(watch: Watch) -> None:
    limits = Limits(recipients_per_day=2)
    one, two, three = (one_form(f"0170 123456{n}") for n in range(3))
    watch.spend(number=one)
    watch.clock.pass_by(HOUR)
    watch.spend(number=two)
    watch.spend(number=one)
    assert watch.left(limits=limits, number=three) == 0
    assert watch.left(limits=limits, number=one) == 28
    assert watch.left(limits=limits, number=three, priority=ALARM) == 120
    refused = refusal(watch, wishing(limits={"a": limits}, number=three))
    assert (refused.which, refused.limit, refused.used) == (Budget.RECIPIENTS, 2, 2)
    assert refused.frees_at == watch.clock.now() + timedelta(days=1)
    watch.guard.check([wishing(limits={"a": limits}, number=two)])
    watch.guard.check([wishing(limits={"a": limits}, number=three, priority=ALARM)])
    watch.guard.check([wishing(limits={"a": limits, "b": Limits()}, number=three)])
    watch.clock.pass_by(DAY)
    watch.guard.check([wishing(limits={"a": limits}, number=three)])


async def test_recipients_of_one_call_and_of_the_queue(watch: Watch) -> None:
    limits = {"a": Limits(recipients_per_day=3)}
    wishes = [wishing(number=f"0170 123456{n}", limits=limits) for n in range(4)]
    watch.guard.check([*wishes[:3], *wishes[:3]])
    refusal(watch, *wishes)
    watch.guard.check(wishes[1:3], ahead=wishes[:1])
    refusal(watch, *wishes[2:], ahead=tuple(wishes[:2]))


async def test_refunded_recipient_is_none(watch: Watch) -> None:
    limits = Limits(recipients_per_day=1)
    watch.guard.refund(watch.spend(number="+491701111111"))
    assert watch.left(limits=limits) == 30


@pytest.mark.parametrize("jump", [DAY, -DAY, -400 * DAY])
async def test_jump_of_the_wall_clock_neither_clears_nor_freezes(
    watch: Watch, jump: float
) -> None:
    watch.clock.wall(2026, 11, 14, 12, 0, 0)
    watch.spend(parts=30)
    watch.clock.jump(jump)
    assert watch.left() == 0
    assert watch.guard.used("a").month_parts == 30
    watch.clock.pass_by(HOUR)
    assert watch.left() == 30
    assert watch.guard.used("a").month_parts == 30


async def test_month_ends_although_the_clock_fell_back(watch: Watch) -> None:
    watch.clock.wall(2026, 11, 29, 12, 0, 0)
    watch.spend(parts=1000)
    watch.clock.wall(1970, 1, 1, 0, 0, 0)
    watch.clock.pass_by(DAY)
    assert watch.left(priority=ALARM) == 0
    watch.clock.pass_by(DAY)
    assert watch.left(priority=ALARM) == 120


async def test_clock_that_is_wrong_for_a_moment_clears_no_month(watch: Watch) -> None:
    watch.clock.wall(2026, 11, 14, 12, 0, 0)
    watch.spend(parts=1000)
    watch.clock.pass_by(MINUTE)
    watch.clock.wall(2026, 12, 1, 0, 0, 30)
    assert watch.guard.used("a").month_parts == 0
    watch.clock.wall(2026, 11, 14, 12, 1, 0)
    assert watch.guard.used("a").month_parts == 1000


async def test_jump_into_the_next_month_takes_along_what_was_just_sent(
    watch: Watch,
) -> None:
    watch.clock.wall(2026, 11, 14, 12, 0, 0)
    watch.spend(parts=1000)
    watch.clock.pass_by(DAY)
    watch.clock.wall(2026, 12, 14, 12, 0, 0)
    assert watch.left(priority=ALARM) == 0
