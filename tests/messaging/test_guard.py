"""The loop breaker, and the limit of alarms to one number."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from custom_components.gsm_gateway.messaging.guard import (
    GuardRefusal,
    Stop,
    StopKind,
    Stopped,
    TooManyAlarms,
)

from .guarding import (
    ALARM,
    DAY,
    HOUR,
    MINUTE,
    NUMBER,
    RUSSIA,
    JumpingClock,
    Watch,
    wishing,
)

OTHER = "+491707654321"


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A guard that has seen nothing."""
    watch = Watch(tmp_path, JumpingClock())
    await watch.begin()
    yield watch
    await watch.store.close()


def stop_of(watch: Watch, **facts: object) -> Stop:
    """Return the stop that refuses a message."""
    with pytest.raises(Stopped) as refused:
        watch.submit(**facts)
    return refused.value.stop


async def test_sixth_normal_message_with_the_same_text_is_stopped(watch: Watch) -> None:
    for _ in range(5):
        watch.submit()
        watch.clock.pass_by(MINUTE)
    stop = stop_of(watch, cause="Leak warning")
    assert stop.kind is StopKind.SAME_TEXT
    assert (stop.number, stop.cause) == (NUMBER, "Leak warning")
    assert stop.since == watch.clock.now()
    assert watch.stopped == watch.guard.stops() == [stop]


async def test_refusal_names_the_automation_and_not_the_number(watch: Watch) -> None:
    for _ in range(5):
        watch.submit()
    with pytest.raises(Stopped) as refused:
        watch.submit(number="0170 1234567", cause="Leak warning")
    assert refused.value.number == "0170 1234567"
    assert refused.value.cause == "Leak warning"
    assert "1234567" not in str(refused.value)


async def test_stop_holds_until_it_is_resumed(watch: Watch) -> None:
    for _ in range(5):
        watch.submit()
    first = stop_of(watch)
    watch.clock.pass_by(DAY)
    assert stop_of(watch) == first
    watch.guard.resume(first.number, first.text_hash)
    assert watch.guard.stops() == []
    for _ in range(5):
        watch.submit()
    assert stop_of(watch) != first
    assert len(watch.stopped) == 2


async def test_resuming_what_is_not_stopped_forgets_nothing(watch: Watch) -> None:
    for _ in range(5):
        watch.submit()
    watch.guard.resume(NUMBER, wishing().text_hash)
    stop_of(watch)


async def test_same_text_ten_minutes_later_passes(watch: Watch) -> None:
    watch.submit()
    watch.clock.pass_by(5 * MINUTE)
    for _ in range(4):
        watch.submit()
    watch.clock.pass_by(5 * MINUTE)
    watch.submit()


async def test_same_text_just_within_ten_minutes_is_stopped(watch: Watch) -> None:
    for _ in range(5):
        watch.submit()
    watch.clock.pass_by(10 * MINUTE - 1)
    stop_of(watch)


@pytest.mark.parametrize("other", [{"text": "Hallo!"}, {"number": OTHER}])
async def test_stop_concerns_one_text_to_one_number(
    watch: Watch, other: dict[str, str]
) -> None:
    for _ in range(5):
        watch.submit()
    stop_of(watch)
    watch.submit(**other)


async def test_writings_of_one_number_are_one_number(watch: Watch) -> None:
    for number in ("0170 1234567", "00491701234567", NUMBER, "491701234567", NUMBER):
        watch.submit(number=number)
    stop_of(watch, number="01701234567")


async def test_same_text_twice_in_one_call_counts_twice(watch: Watch) -> None:
    for _ in range(4):
        watch.submit()
    with pytest.raises(Stopped):
        watch.guard.check([wishing(), wishing(number="01701234567")])


async def test_refused_call_counts_nothing(watch: Watch) -> None:
    for _ in range(5):
        watch.submit()
    with pytest.raises(Stopped):
        watch.guard.check([wishing(number=OTHER), wishing()])
    for _ in range(5):
        watch.submit(number=OTHER)
    stop_of(watch, number=OTHER)


async def test_alert_repeated_every_minute_gets_through(watch: Watch) -> None:
    for _ in range(20):
        watch.send(text="Протечка воды! " * 8, parts=2, priority=ALARM)
        watch.clock.pass_by(MINUTE)
    assert watch.guard.used("a").today == 20
    assert watch.guard.used("a").month_parts == 40
    assert watch.stopped == []


async def test_alarm_with_a_text_that_is_stopped_for_normal_ones_passes(
    watch: Watch,
) -> None:
    for _ in range(5):
        watch.submit()
    stop_of(watch)
    watch.submit(priority=ALARM)


async def test_two_automata_answering_each_other_stop_at_the_eleventh(
    watch: Watch,
) -> None:
    for number in range(10):
        watch.hear()
        watch.submit(text=f"answer {number}")
        watch.clock.pass_by(20)
    watch.hear()
    stop = stop_of(watch, text="answer 11", cause="Auto reply")
    assert stop.kind is StopKind.LOOP
    assert stop.text_hash == ""
    assert watch.stopped == [stop]


async def test_loop_stops_alarms_as_well_and_only_to_that_number(watch: Watch) -> None:
    for number in range(10):
        watch.submit(text=str(number), priority=ALARM)
        watch.hear()
    stop_of(watch, priority=ALARM)
    watch.submit(number=OTHER, priority=ALARM)


async def test_loop_with_other_writings_of_the_number(watch: Watch) -> None:
    for number in range(10):
        watch.submit(number="89991234567", text=str(number), country=RUSSIA)
        watch.hear("+79991234567", RUSSIA)
    stop_of(watch, number="9991234567", country=RUSSIA)


async def test_loop_whose_messages_overtake_each_other(watch: Watch) -> None:
    for number in range(5):
        watch.submit(text=f"a{number}")
        watch.submit(text=f"b{number}")
        watch.hear()
        watch.hear()
    stop_of(watch)


async def test_one_thank_you_for_ten_alarms_is_no_loop(watch: Watch) -> None:
    for _ in range(10):
        watch.submit(priority=ALARM)
    watch.hear()
    watch.submit(priority=ALARM)


async def test_talk_without_an_answer_to_each_is_no_loop(watch: Watch) -> None:
    for number in range(30):
        watch.submit(text=str(number), priority=ALARM)
        watch.clock.pass_by(10)
        if number % 10 != 9:
            watch.hear()
    assert watch.stopped == []


async def test_many_messages_of_theirs_at_once_are_no_loop(watch: Watch) -> None:
    for _ in range(50):
        watch.hear()
    for number in range(15):
        watch.submit(text=str(number))


async def test_unanswered_message_before_the_ten_does_not_hide_a_loop(
    watch: Watch,
) -> None:
    watch.submit(text="good morning")
    for number in range(10):
        watch.submit(text=str(number))
        watch.hear()
    stop_of(watch)


async def test_loop_slower_than_ten_minutes_passes(watch: Watch) -> None:
    for number in range(20):
        watch.submit(text=str(number))
        watch.hear()
        watch.clock.pass_by(MINUTE)


async def test_resumed_loop_begins_anew(watch: Watch) -> None:
    for number in range(10):
        watch.submit(text=str(number))
        watch.hear()
    stop = stop_of(watch)
    watch.guard.resume(stop.number, stop.text_hash)
    watch.hear()
    for number in range(10):
        watch.submit(text=str(number))
        watch.hear()
    stop_of(watch)


async def test_jump_of_the_wall_clock_does_not_hide_a_loop(watch: Watch) -> None:
    for number in range(10):
        watch.submit(text=str(number))
        watch.hear()
        watch.clock.jump(DAY if number % 2 else -DAY)
    stop_of(watch)


async def test_thirty_alarms_an_hour_to_a_number(watch: Watch) -> None:
    for number in range(30):
        watch.submit(text=str(number), priority=ALARM)
        watch.clock.pass_by(MINUTE)
    watch.submit(priority=ALARM, number=OTHER)
    with pytest.raises(TooManyAlarms) as refused:
        watch.submit(priority=ALARM, number="01701234567", cause="Alert")
    assert (refused.value.number, refused.value.cause) == ("01701234567", "Alert")
    assert refused.value.limit == 30
    wait = timedelta(minutes=30)
    assert refused.value.frees_at == watch.clock.now() + wait
    watch.clock.pass_by(wait.total_seconds())
    watch.submit(priority=ALARM)


async def test_too_many_alarms_are_no_stop(watch: Watch) -> None:
    for _ in range(30):
        watch.submit(priority=ALARM)
    with pytest.raises(GuardRefusal):
        watch.submit(priority=ALARM)
    assert watch.stopped == []
    watch.clock.pass_by(HOUR)
    watch.submit(priority=ALARM)
