"""A process that ends at any moment sends nothing twice, and every message is reported."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime, timedelta
from itertools import chain
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
from .sending import NUMBER, Office

SMS = (1, NUMBER, "Hallo")


class Runs:
    """One run of the outbox after the other, on one file and with one box."""

    def __init__(self, office: Office, box: FakeBox, clock: HandClock) -> None:
        self.office = office
        self.box = box
        self.clock = clock

    async def kill(self) -> None:
        """End the run, and the call that the box was answering."""
        self.office.kill()
        self.box.sender.gate = None
        self.box.sender.endings = []
        await settle()

    async def again(self, *, connected: bool = True) -> Office:
        """Kill the run and begin the next one, with the same SIM."""
        await self.kill()
        self.office = await self.office.next_run()
        self.office.add(self.box, connected=connected)
        if connected:
            self.office.outbox.box_connected("box")
        await settle()
        return self.office

    async def connect(self) -> None:
        """Let the box come within reach."""
        line = self.office.router.get("a")
        assert line is not None
        line.connected = True
        self.office.outbox.box_connected("box")
        await settle()


@pytest.fixture
async def runs(office: Office, box: FakeBox, clock: HandClock) -> AsyncIterator[Runs]:
    runs = Runs(office, box, clock)
    office.add(box, connected=False)
    yield runs
    closing = asyncio.create_task(runs.office.outbox.close())
    await clock.advance(5)
    await closing
    if runs.office is not office:
        await runs.office.store.close()


async def _queue_uncommitted(runs: Runs) -> None:
    runs.office.store.executor.held = True
    runs.office.submit_soon("Hallo")
    await settle()


async def _queue(runs: Runs) -> None:
    await runs.office.submit()


async def _begin_uncommitted(runs: Runs) -> None:
    await _queue(runs)
    runs.office.store.executor.held = True
    await runs.connect()


async def _begin_without_a_byte(runs: Runs) -> None:
    async def send(*args: object, unicode: bool) -> None:
        await asyncio.get_running_loop().create_future()

    send_well = runs.box.sender.send
    runs.box.sender.send = send  # type: ignore[assignment]
    await _queue(runs)
    await runs.connect()
    runs.box.sender.send = send_well  # type: ignore[method-assign]


async def _send_without_result(runs: Runs) -> None:
    runs.box.sender.gate = asyncio.Event()
    await _queue(runs)
    await runs.connect()


async def _send_with_result_uncommitted(runs: Runs) -> None:
    await _send_without_result(runs)
    runs.office.store.executor.held = True
    assert runs.box.sender.gate is not None
    runs.box.sender.gate.set()
    await settle()


async def _accept(runs: Runs) -> None:
    await _queue(runs)
    await runs.connect()


async def _report_sent(runs: Runs) -> None:
    await _accept(runs)
    runs.office.report(runs.box.sender.tokens[0], SendState.SENT)
    await settle()


async def _report_delivered_uncommitted(runs: Runs) -> None:
    await _report_sent(runs)
    await runs.clock.advance(2)  # that it was told is written down
    runs.office.store.executor.held = True
    runs.office.report(runs.box.sender.tokens[0], SendState.DELIVERED)
    await settle()


@pytest.mark.parametrize(
    ("bring", "on_air", "states"),
    [
        (_queue_uncommitted, 0, []),
        (_queue, 1, ["queued", "sending", "accepted"]),
        (_begin_uncommitted, 1, ["queued", "sending", "accepted"]),
        (_begin_without_a_byte, 0, ["queued", "sending", "unknown"]),
        (_send_without_result, 1, ["queued", "sending", "unknown"]),
        (_send_with_result_uncommitted, 1, ["queued", "sending", "unknown"]),
        (_accept, 1, ["queued", "sending", "accepted"]),
        (_report_sent, 1, ["queued", "sending", "accepted", "sent"]),
        (_report_delivered_uncommitted, 1, ["queued", "sending", "accepted", "sent"]),
    ],
)
async def test_killed_at_any_step(
    runs: Runs,
    clock: HandClock,
    bring: Callable[[Runs], Coroutine[Any, Any, None]],
    on_air: int,
    states: list[str],
) -> None:
    first = runs.office
    await bring(runs)
    await clock.advance(2)  # what was told is written down as told
    second = await runs.again()
    await clock.leap(7200)
    third = await runs.again()
    await clock.advance(60)
    assert runs.box.sender.on_air == [SMS] * on_air
    told = [office.states("m1") for office in (first, second, third)]
    assert [*chain(*told)] == states


async def test_interrupted_message_says_so(runs: Runs) -> None:
    await _send_without_result(runs)
    office = await runs.again()
    assert office.why("m1") == ("interrupted", Reason.INTERRUPTED, None, 1)
    message, previous = office.told[0]
    assert (message.state, previous) == (State.UNKNOWN, State.SENDING)
    assert (message.line_id, message.box_id) == ("a", "box")


@pytest.mark.parametrize(
    ("report", "end"),
    [
        (SendState.SENT, State.SENT),
        (SendState.DELIVERED, State.DELIVERED),
        (SendState.FAILED, State.FAILED),
    ],
)
@pytest.mark.parametrize("bring", [_send_without_result, _accept])
async def test_news_of_an_earlier_runs_message_find_it(
    runs: Runs,
    bring: Callable[[Runs], Coroutine[Any, Any, None]],
    report: SendState,
    end: State,
) -> None:
    await bring(runs)
    office = await runs.again()
    token = runs.box.sender.tokens[0]
    assert runs.box.sender.offered[-1] == {token: 1}
    office.report(token, report)
    await settle()
    assert office.states("m1")[-1] == end
    assert len(runs.box.sender.on_air) == 1


async def test_tokens_are_offered_to_a_box_that_was_there_first(runs: Runs) -> None:
    await _accept(runs)
    await runs.kill()
    office = Office(runs.clock, runs.office.new_id, runs.office.path)
    office.add(runs.box)
    await office.open()
    await settle()
    assert runs.box.sender.offered[-1] == {runs.box.sender.tokens[0]: 1}
    runs.office = office


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
    await _accept(runs)
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
    await _queue(runs)
    _set_back(clock, monkeypatch, timedelta(hours=1))
    office = await runs.again()
    await clock.advance(60)
    assert office.states("m1") == ["expired"]
    assert office.message("m1").reason_key is Reason.CLOCK_JUMPED
    assert runs.box.sender.on_air == []


async def test_clock_that_is_set_right_by_seconds_stops_nothing(
    runs: Runs, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _queue(runs)
    _set_back(clock, monkeypatch, timedelta(seconds=5))
    office = await runs.again()
    assert office.state("m1") is State.ACCEPTED


async def test_state_that_was_not_told_is_told_by_the_next_run(
    runs: Runs, clock: HandClock
) -> None:
    await _accept(runs)
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
    await _send_without_result(runs)
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
    await _send_without_result(runs)
    office = await runs.again()
    with pytest.raises(TooLate) as caught:
        await office.outbox.cancel("m1")
    assert caught.value.state is State.UNKNOWN


async def test_limits_count_over_a_restart(runs: Runs, clock: HandClock) -> None:
    await _accept(runs)
    office = await runs.again()
    assert office.guard.used("a").month_parts == 1


def _set_back(clock: HandClock, monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let the wall clock show an earlier time from now on."""
    now = clock.now

    def earlier() -> datetime:
        return now() - by

    monkeypatch.setattr(clock, "now", earlier)
