"""Switching and restarting take turns with what they would cut off."""

import asyncio
import logging

import pytest

from custom_components.gsm_gateway.gateways.model import ChannelBusy, NoReply
from custom_components.gsm_gateway.messaging.control import box_turn, module_turn
from custom_components.gsm_gateway.messaging.line import Line
from custom_components.gsm_gateway.messaging.messages import Priority, Route, State

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import Office


@pytest.fixture
def line(office: Office, box: FakeBox) -> Line:
    return office.add(box)


@pytest.fixture
def other(office: Office, box: FakeBox) -> Line:
    return office.add(box, "b", channel=2)


def restart(*lines: Line, box: FakeBox, clock: HandClock) -> asyncio.Task[None]:
    """Restart a module, or a box of several, in the background."""

    async def act() -> None:
        turn = (
            box_turn(lines, clock) if len(lines) > 1 else module_turn(lines[0], clock)
        )
        async with turn:
            box.order.append("restart")

    return asyncio.create_task(act())


async def hold(office: Office, box: FakeBox, text: str, line_id: str = "a") -> str:
    """Put an SMS on the air that ends when the gate is opened."""
    box.sender.gate = box.sender.gate or asyncio.Event()
    message_id = await office.submit(text, route=Route(order=(line_id,)))
    await settle()
    assert office.state(message_id) is State.SENDING
    return message_id


def let_go(box: FakeBox) -> None:
    """Let what is on the air end, and all that follows."""
    assert box.sender.gate is not None
    box.sender.gate.set()


async def test_a_module_is_restarted_after_the_sms_on_the_air_and_before_the_next(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    await hold(office, box, "first")
    second = await office.submit("second")
    box.ussd.gate.set()
    dialling = asyncio.create_task(line.run_ussd(["*100#"], waited_for=True))
    restarting = restart(line, box=box, clock=clock)
    await clock.advance(39)
    assert box.order == ["first"]
    let_go(box)
    await restarting
    await dialling
    await clock.advance(60)
    assert box.order == ["first", "restart", "*100#", "second"]
    assert office.state(second) is State.ACCEPTED


async def test_an_alarm_goes_before_a_restart(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    await hold(office, box, "first")
    restarting = restart(line, box=box, clock=clock)
    await office.submit("alarm", priority=Priority.ALARM)
    await settle()
    let_go(box)
    await restarting
    assert box.order == ["first", "alarm", "restart"]


async def test_a_restart_does_not_part_a_message_of_several_sms(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    line = office.router.get("a")
    assert line is not None
    await hold(office, cut, "aabbc")
    restarting = restart(line, box=cut, clock=clock)
    await settle()
    let_go(cut)
    await restarting
    assert cut.order == ["aa", "bb", "c", "restart"]


async def test_a_pause_between_two_sms_of_a_message_is_no_gap_for_a_restart(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    line = office.router.get("a")
    assert line is not None
    line.pacing = 3
    await office.submit("aabb")
    await clock.advance(1)
    restarting = restart(line, box=cut, clock=clock)
    await clock.advance(1)
    assert cut.order == ["aa"]
    await clock.advance(2)
    await restarting
    assert cut.order == ["aa", "bb", "restart"]


async def test_a_sim_that_stays_busy_is_not_cut_off(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    message_id = await hold(office, box, "long")
    restarting = restart(line, box=box, clock=clock)
    await clock.advance(41)
    with pytest.raises(ChannelBusy):
        await restarting
    assert box.order == ["long"]
    let_go(box)
    await settle()
    assert office.state(message_id) is State.ACCEPTED
    await office.submit("next")
    await settle()
    assert box.order == ["long", "next"]


async def test_nothing_leaves_by_a_module_that_has_just_been_restarted(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    await restart(line, box=box, clock=clock)
    await office.submit("later")
    await clock.advance(29)
    assert box.order == ["restart"]
    await clock.advance(2)
    assert box.order == ["restart", "later"]


async def test_a_module_that_is_back_is_used_at_once(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    await restart(line, box=box, clock=clock)
    line.registered = False
    line.registered = True
    await office.submit("now")
    await settle()
    assert box.order == ["restart", "now"]


async def test_a_module_that_is_switched_on_needs_no_rest(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    async with module_turn(line, clock, ends_silent=False):
        pass
    await office.submit("now")
    await settle()
    assert box.order == ["now"]


async def test_a_box_is_restarted_when_all_its_sims_are_free(
    line: Line, other: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    await hold(office, box, "one")
    await hold(office, box, "two", "b")
    await office.submit("three")
    restarting = restart(line, other, box=box, clock=clock)
    await clock.advance(39)
    assert box.order == ["one", "two"]
    let_go(box)
    await restarting
    assert box.order == ["one", "two", "restart"]
    await clock.advance(60)
    assert box.order == ["one", "two", "restart", "three"]


async def test_free_sims_of_a_box_begin_nothing_while_another_is_busy(
    line: Line, other: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    await hold(office, box, "one")
    restarting = restart(line, other, box=box, clock=clock)
    await settle()
    await office.submit("two", route=Route(order=("b",)))
    await clock.advance(30)
    assert box.order == ["one"]
    let_go(box)
    await restarting


async def test_a_box_is_restarted_after_40_s_whatever_its_sims_do(
    line: Line,
    other: Line,
    box: FakeBox,
    office: Office,
    clock: HandClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    await hold(office, box, "one")
    restarting = restart(line, other, box=box, clock=clock)
    await clock.advance(39)
    assert box.order == ["one"]
    await clock.advance(1)
    await restarting
    assert box.order == ["one", "restart"]
    (said,) = [r for r in caplog.records if "restarted" in r.message]
    assert said.message == "A box is restarted although its ports are busy: 1"
    assert said.levelno == logging.DEBUG
    assert not other.busy
    let_go(box)
    await settle()
    assert not line.busy


@pytest.mark.parametrize("seconds", [0, 20])
async def test_who_gives_up_waiting_leaves_the_sims_free(
    line: Line,
    other: Line,
    box: FakeBox,
    office: Office,
    clock: HandClock,
    seconds: float,
) -> None:
    await hold(office, box, "one")
    restarting = restart(line, other, box=box, clock=clock)
    await clock.advance(seconds)
    restarting.cancel()
    await settle()
    assert not other.busy
    let_go(box)
    await settle()
    await office.submit("two")
    await settle()
    assert box.order == ["one", "two"]


async def test_a_restart_without_an_answer_gives_the_sims_back(
    line: Line, other: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    with pytest.raises(NoReply):
        async with box_turn([line, other], clock):
            raise NoReply
    assert not line.busy
    assert not other.busy
    await office.submit("later")
    await clock.advance(31)
    assert box.order == ["later"]


async def test_a_box_without_sims_is_restarted(box: FakeBox, clock: HandClock) -> None:
    async with box_turn([], clock):
        box.order.append("restart")
    assert box.order == ["restart"]
