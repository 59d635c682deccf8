"""What the next run makes of messages that were left."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.model import ChannelBusy, SendState
from custom_components.gsm_gateway.messaging.messages import (
    Priority,
    Reason,
    Route,
    State,
    TooLate,
)

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .runs import Runs, accept, queue, send_without_result
from .sending import Office


async def test_order_and_priority_are_kept(runs: Runs) -> None:
    for text in ("1", "2"):
        await runs.office.submit(text)
    await runs.office.submit("A", priority=Priority.ALARM)
    office = await runs.again(connected=False)
    await office.submit("3")
    await office.submit("B", priority=Priority.ALARM)
    await runs.connect()
    assert runs.box.order == ["A", "B", "1", "2", "3"]


async def test_message_waits_for_a_sim_that_comes_later(
    runs: Runs, clock: HandClock
) -> None:
    other = FakeBox()
    other.sender.longest = 5000
    line = runs.office.add(other, "b", box_id="other", connected=False)
    await runs.office.submit("x" * 1001, route=Route(order=("a", "b")))
    office = await runs.again()
    await clock.advance(60)
    assert office.state("m1") is State.QUEUED
    line = office.add(other, "b", box_id="other")
    line.connected = True
    office.outbox.box_connected("other")
    await settle()
    assert office.state("m1") is State.ACCEPTED


async def test_tokens_differ_over_restarts_although_the_clock_went_back(
    runs: Runs, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accept(runs)
    _set_back(clock, monkeypatch, timedelta(days=30))
    office = await runs.again()
    await office.submit()
    await settle()
    one, two = (int(token, 16) for token in runs.box.sender.tokens)
    assert two > one


async def test_message_that_expired_meanwhile(runs: Runs, clock: HandClock) -> None:
    await runs.office.submit(minutes=10)
    await runs.kill()
    await clock.leap(600)
    office = await runs.again()
    assert office.states("m1") == ["expired"]
    assert office.message("m1").reason_key is Reason.NO_SIM_IN_TIME
    assert runs.box.sender.on_air == []


async def test_rest_of_the_time_counts_after_a_restart(
    runs: Runs, clock: HandClock
) -> None:
    await runs.office.submit(minutes=10)
    await runs.kill()
    await clock.leap(540)
    office = await runs.again(connected=False)
    await clock.advance(59)
    assert office.state("m1") is State.QUEUED
    await clock.advance(1)
    assert office.state("m1") is State.EXPIRED


async def test_nothing_goes_out_when_the_clock_went_back(
    runs: Runs, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queue(runs)
    _set_back(clock, monkeypatch, timedelta(hours=1))
    office = await runs.again()
    await clock.advance(60)
    assert office.states("m1") == ["expired"]
    assert office.message("m1").reason_key is Reason.CLOCK_JUMPED
    assert runs.box.sender.on_air == []


async def test_nothing_goes_out_when_the_clock_stood_still_while_all_was_off(
    runs: Runs, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queue(runs)
    await clock.advance(20 * 60)
    _set_back(clock, monkeypatch, timedelta(minutes=10))
    office = await runs.again()
    assert office.message("m1").reason_key is Reason.CLOCK_JUMPED
    assert runs.box.sender.on_air == []


async def test_clock_that_is_set_right_by_seconds_stops_nothing(
    runs: Runs, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queue(runs)
    _set_back(clock, monkeypatch, timedelta(seconds=5))
    office = await runs.again()
    assert office.state("m1") is State.ACCEPTED


async def test_state_that_was_not_told_is_told_by_the_next_run(
    runs: Runs, clock: HandClock
) -> None:
    await accept(runs)
    runs.office.outbox.hold_news()
    runs.office.report(runs.box.sender.tokens[0], SendState.FAILED, "no credit", 38)
    await clock.advance(5)
    assert runs.office.states("m1")[-1] == "accepted"
    office = await runs.again()
    ((message, previous),) = office.told
    assert (message.state, message.code, previous) == (
        State.FAILED,
        38,
        State.ACCEPTED,
    )
    await clock.advance(5)
    assert (await runs.again()).told == []


async def test_news_are_kept_back_until_somebody_listens(runs: Runs) -> None:
    await send_without_result(runs)
    await runs.kill()
    office = Office(runs.clock, runs.office.new_id, runs.office.path)
    office.outbox.hold_news()
    await office.open()
    waiting = await office.outbox.wait("m1", State.SENT, 60)
    assert waiting.state is State.UNKNOWN
    assert office.told == []
    office.outbox.tell_news()
    assert office.states("m1") == ["unknown"]
    runs.office = office


async def test_killed_between_two_pieces(runs: Runs, clock: HandClock) -> None:
    sender = runs.box.sender
    sender.piece_length = 2
    sender.endings = [None, None]
    gate = asyncio.Event()
    await runs.office.submit("aabbcc")
    send = sender.send

    async def send_the_first(*args: Any, unicode: bool) -> None:
        await send(*args, unicode=unicode)
        if len(sender.on_air) == 2:
            await gate.wait()

    sender.send = send_the_first  # type: ignore[assignment]
    await runs.connect()
    office = await runs.again()
    await clock.advance(60)
    assert [text for _, _, text in sender.on_air] == ["aa", "bb"]
    assert office.state("m1") is State.UNKNOWN
    assert office.why("m1") == ("interrupted", Reason.INTERRUPTED, 2, 3)
    office.report(sender.tokens[1], SendState.FAILED, "no credit")
    await settle()
    assert office.why("m1") == ("no credit", Reason.BOX_WORDS, 2, 3)


async def test_rest_that_was_queued_goes_out_by_the_same_sim(
    runs: Runs, clock: HandClock
) -> None:
    sender = runs.box.sender
    sender.piece_length = 2
    sender.endings = [None, ChannelBusy("busy")]
    message_id = await runs.office.submit("aabbc")
    await runs.connect()
    assert runs.office.state(message_id) is State.QUEUED
    await runs.kill()
    other = FakeBox()
    runs.office = office = await runs.office.next_run()
    office.add(other, "b", box_id="other")
    await clock.advance(60)
    office.add(runs.box)
    office.outbox.box_connected("box")
    await clock.advance(60)
    assert other.sender.on_air == []
    assert [text for _, _, text in sender.on_air] == ["aa", "bb", "bb", "c"]
    assert office.state(message_id) is State.ACCEPTED


async def test_cancelled_message_does_not_come_back(
    runs: Runs, clock: HandClock
) -> None:
    message_id = await runs.office.submit()
    await runs.office.outbox.cancel(message_id)
    await clock.advance(2)
    office = await runs.again()
    await clock.advance(60)
    assert runs.box.sender.on_air == []
    assert office.told == []


async def test_cancel_of_what_a_restart_ended(runs: Runs) -> None:
    await send_without_result(runs)
    office = await runs.again()
    with pytest.raises(TooLate) as caught:
        await office.outbox.cancel("m1")
    assert caught.value.state is State.UNKNOWN


async def test_limits_count_over_a_restart(runs: Runs, clock: HandClock) -> None:
    await accept(runs)
    office = await runs.again()
    assert office.guard.used("a").month_parts == 1


def _set_back(clock: HandClock, monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let the wall clock show an earlier time from now on."""
    now = clock.now

    def earlier() -> datetime:
        return now() - by

    monkeypatch.setattr(clock, "now", earlier)
