"""One thing at a time: who goes first on a SIM."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelUnavailable,
    NoReply,
    UssdReply,
)
from custom_components.gsm_gateway.messaging.line import Line
from custom_components.gsm_gateway.messaging.messages import Priority, Route, State
from custom_components.gsm_gateway.messaging.ussd import BrokenOff

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import Office


@pytest.fixture
def line(office: Office, box: FakeBox) -> Line:
    return office.add(box)


def ask(
    line: Line, code: str, *, waited_for: bool = True
) -> asyncio.Task[list[UssdReply]]:
    """Dial in the background."""
    return asyncio.create_task(line.run_ussd([code], waited_for=waited_for))


async def test_ussd_answer(line: Line, box: FakeBox) -> None:
    box.ussd.gate.set()
    (answer,) = await line.run_ussd(["*100#"], waited_for=True)
    assert answer.text == "answer to *100#"
    assert box.ussd.dialled == [(1, "*100#")]
    assert not line.busy


async def test_second_ussd_waits_for_the_first(line: Line, box: FakeBox) -> None:
    first, second = ask(line, "1"), ask(line, "2")
    await settle()
    assert box.ussd.dialled == [(1, "1")]
    assert line.busy_with_ussd
    box.ussd.gate.set()
    await asyncio.gather(first, second)
    assert box.ussd.dialled == [(1, "1"), (1, "2")]


async def test_sms_waits_for_a_ussd_and_other_sims_do_not(
    line: Line, box: FakeBox, office: Office
) -> None:
    other = FakeBox()
    office.add(other, "b", box_id="other")
    dialling = ask(line, "1")
    await settle()
    held = await office.submit(route=Route(order=("a",)))
    await office.submit(route=Route(order=("b",)))
    await settle()
    assert box.sender.on_air == []
    assert len(other.sender.on_air) == 1
    box.ussd.gate.set()
    await dialling
    await settle()
    assert office.state(held) is State.ACCEPTED


async def test_ussd_waits_for_an_sms(line: Line, box: FakeBox, office: Office) -> None:
    box.sender.gate = asyncio.Event()
    await office.submit()
    await settle()
    assert line.busy
    assert not line.busy_with_ussd
    dialling = ask(line, "1")
    await settle()
    assert box.ussd.dialled == []
    box.sender.gate.set()
    box.ussd.gate.set()
    await dialling


async def test_turns_alarm_then_asked_ussd_then_sms_then_other_ussd(
    line: Line, box: FakeBox, office: Office
) -> None:
    box.ussd.gate.set()
    holder = object()
    line.claim(holder)
    waiting = [ask(line, "idle", waited_for=False)]
    await settle()
    await office.submit("normal 1")
    waiting.append(ask(line, "asked"))
    await office.submit("normal 2")
    await office.submit("alarm", priority=Priority.ALARM)
    await settle()
    line.release(holder)
    await asyncio.gather(*waiting)
    assert box.order == ["alarm", "asked", "normal 1", "normal 2", "idle"]


async def test_alarm_takes_another_sim_during_a_ussd(
    line: Line, box: FakeBox, office: Office
) -> None:
    other = FakeBox()
    office.add(other, "b", box_id="other")
    dialling = ask(line, "1")
    await settle()
    route = Route(order=("a", "b"))
    waits = await office.submit("normal", route=route)
    alarm = await office.submit("alarm", route=route, priority=Priority.ALARM)
    await settle()
    assert office.message(alarm).line_id == "b"
    assert office.state(waits) is State.QUEUED
    box.ussd.gate.set()
    await dialling
    await settle()
    assert office.message(waits).line_id == "a"


async def test_alarm_without_another_sim_waits_for_the_end_of_the_ussd(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    dialling = ask(line, "1")
    await settle()
    alarm = await office.submit(priority=Priority.ALARM)
    await clock.advance(39)
    assert office.state(alarm) is State.QUEUED
    await clock.advance(2)
    assert office.state(alarm) is State.ACCEPTED
    with pytest.raises(NoReply):
        await dialling


async def test_time_in_the_queue_is_no_time_of_dialling(
    line: Line, box: FakeBox, clock: HandClock
) -> None:
    first, second = ask(line, "1"), ask(line, "2")
    await clock.advance(45)
    assert isinstance(first.exception(), NoReply)
    assert not second.done()
    box.ussd.gate.set()
    (answer,) = await second
    assert answer.text == "answer to 2"


async def test_error_of_the_box_gives_the_line_back(line: Line, box: FakeBox) -> None:
    async def run_ussd(channel: int, code: str) -> UssdReply:
        raise CannotConnect("away")

    line.gateway.ussd.run_ussd = run_ussd  # type: ignore[method-assign]
    with pytest.raises(CannotConnect):
        await line.run_ussd(["1"], waited_for=True)
    assert not line.busy


@pytest.mark.parametrize("running", [True, False])
async def test_cancelled_ussd_gives_the_turn_on(
    line: Line, box: FakeBox, running: bool
) -> None:
    tasks = [ask(line, code) for code in "123"]
    await settle()
    gone = tasks.pop(0 if running else 1)
    gone.cancel()
    await settle()
    box.ussd.gate.set()
    await asyncio.gather(*tasks)
    assert gone.cancelled()
    assert not line.busy


async def test_ussds_that_are_broken_off_end_at_once(line: Line, box: FakeBox) -> None:
    tasks = [ask(line, code) for code in "12"]
    await settle()
    line.break_off_ussd()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(end) for end in ends] == [BrokenOff, BrokenOff]
    assert box.ussd.dialled == [(1, "1")]
    assert not line.busy


async def test_cancelled_in_the_moment_of_its_turn(line: Line, box: FakeBox) -> None:
    holder = object()
    line.claim(holder)
    dialling = ask(line, "1")
    await settle()
    line.release(holder)
    dialling.cancel()
    await settle()
    assert box.ussd.dialled == []
    assert not line.busy


async def test_disabled_sim_does_not_dial(line: Line, box: FakeBox) -> None:
    line.enabled = False
    with pytest.raises(ChannelUnavailable):
        await line.run_ussd(["1"], waited_for=True)
    assert box.ussd.dialled == []


async def test_idle_ussd_goes_when_the_waiting_message_has_expired(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    box.ussd.gate.set()
    holder = object()
    line.claim(holder)
    await office.submit(minutes=1)
    dialling = ask(line, "1", waited_for=False)
    await settle()
    await clock.advance(61)
    line.release(holder)
    await dialling
    assert box.sender.on_air == []


async def test_idle_ussd_does_not_wait_for_a_message_that_cannot_leave_here(
    line: Line, box: FakeBox, office: Office
) -> None:
    box.ussd.gate.set()
    box.sender.not_ready.add(1)
    queued = await office.submit()
    await ask(line, "1", waited_for=False)
    assert office.state(queued) is State.QUEUED


async def test_pause_between_two_sms_of_one_sim(
    office: Office, clock: HandClock
) -> None:
    box = FakeBox(pacing=10)
    office.add(box)
    await office.submit("1")
    await office.submit("2")
    await clock.advance(9)
    assert len(box.sender.on_air) == 1
    await clock.advance(1)
    assert len(box.sender.on_air) == 2


async def test_asked_ussd_uses_the_pause(office: Office, clock: HandClock) -> None:
    box = FakeBox(pacing=10)
    line = office.add(box)
    await office.submit("1")
    await office.submit("2")
    await clock.advance(1)
    box.ussd.gate.set()
    await ask(line, "asked")
    idle = ask(line, "idle", waited_for=False)
    await clock.advance(8)
    assert not idle.done()
    await clock.advance(2)
    assert len(box.sender.on_air) == 2
    await idle


async def test_alarm_between_the_pieces_of_a_long_message(
    office: Office, clock: HandClock
) -> None:
    box = FakeBox(pacing=3)
    box.sender.piece_length = 2
    office.add(box)
    await office.submit("aabbcc")
    await office.submit("nn")
    await clock.advance(4)
    await office.submit("!!", priority=Priority.ALARM)
    await clock.advance(4)
    assert [text for _, _, text in box.sender.on_air] == ["aa", "bb", "!!"]
    await clock.advance(60)
    assert [text for _, _, text in box.sender.on_air] == ["aa", "bb", "!!", "cc", "nn"]
