"""An alarm and the USSD codes that are in its way."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import NoReply
from custom_components.gsm_gateway.messaging.line import Line
from custom_components.gsm_gateway.messaging.messages import (
    Priority,
    Request,
    Route,
    State,
)
from custom_components.gsm_gateway.messaging.ussd import AlarmFirst

from .dialling import Operator, dial, operated
from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import Office

PATH = ["*100#", "1", "3"]

pytestmark = pytest.mark.usefixtures("dialogues_end")


@pytest.fixture
def operator(box: FakeBox, clock: HandClock) -> Operator:
    """An operator that takes ten seconds a step, and the box can leave its menus."""
    operator = operated(box, clock, closes=True)
    operator.seconds, operator.closing_seconds = 10, 1
    return operator


@pytest.fixture
def line(office: Office, box: FakeBox, operator: Operator) -> Line:
    return office.add(box)


class Neighbour:
    """Another SIM, of a box that can leave menus as well."""

    def __init__(self, office: Office, clock: HandClock, line_id: str = "b") -> None:
        self.box = FakeBox()
        self.operator = operated(self.box, clock, closes=True)
        self.operator.seconds, self.operator.closing_seconds = 10, 1
        self.line = office.add(self.box, line_id, box_id=f"box of {line_id}")


def alarm(office: Office, text: str = "alarm") -> Request:
    """Return an alarm that any SIM may send."""
    return office.request(text, priority=Priority.ALARM)


async def test_alarm_ends_a_ussd_and_leaves_when_it_is_closed(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    dialling = dial(line, PATH)
    await clock.advance(15)
    message = await office.submit("alarm", priority=Priority.ALARM)
    await settle()
    assert box.order == ["*100#", "1", "close 1"]
    assert office.state(message) is State.QUEUED
    await clock.advance(1)
    assert box.order == ["*100#", "1", "close 1", "closed 1", "alarm"]
    assert office.state(message) is State.ACCEPTED
    error = dialling.exception()
    assert isinstance(error, AlarmFirst)
    assert str(error) == "an alarm went first"


async def test_sim_dials_again_after_the_alarm(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    dialling, other = dial(line, PATH), dial(line, ["*2#"])
    await clock.advance(5)
    await office.submit("alarm", priority=Priority.ALARM)
    await clock.advance(12)
    assert isinstance(dialling.exception(), AlarmFirst)
    assert [reply.text for reply in await other] == ["answer to *2#"]


async def test_alarm_leaves_although_the_menu_cannot_be_closed(
    line: Line, box: FakeBox, operator: Operator, office: Office, clock: HandClock
) -> None:
    operator.closing_seconds = 60
    dialling = dial(line, PATH)
    await clock.advance(5)
    message = await office.submit("alarm", priority=Priority.ALARM)
    await clock.advance(4)
    assert office.state(message) is State.QUEUED
    await clock.advance(1)
    assert office.state(message) is State.ACCEPTED
    assert isinstance(dialling.exception(), AlarmFirst)


async def test_alarm_waits_where_a_menu_cannot_be_closed(
    office: Office, clock: HandClock
) -> None:
    box = FakeBox()
    operated(box, clock, closes=False).seconds = 15
    line = office.add(box)
    dialling = dial(line, PATH)
    await clock.advance(5)
    message = await office.submit("alarm", priority=Priority.ALARM)
    await clock.advance(34)
    assert office.state(message) is State.QUEUED
    await clock.advance(1)
    assert office.state(message) is State.ACCEPTED
    assert isinstance(dialling.exception(), NoReply)
    assert not isinstance(dialling.exception(), AlarmFirst)


async def test_normal_message_waits_for_the_end_of_the_dialogue(
    line: Line, office: Office, clock: HandClock
) -> None:
    dialling = dial(line, PATH)
    await clock.advance(5)
    message = await office.submit()
    await clock.advance(25)
    assert office.state(message) is State.QUEUED
    await clock.advance(1)
    assert len(await dialling) == 3
    await settle()
    assert office.state(message) is State.ACCEPTED


async def test_alarm_that_another_sim_takes_ends_nothing(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    other = FakeBox()
    office.add(other, "b", box_id="other")
    dialling = dial(line, ["*100#"])
    await clock.advance(5)
    await office.submit("alarm", priority=Priority.ALARM)
    await clock.advance(6)
    assert len(other.sender.on_air) == 1
    assert len(await dialling) == 1


async def test_alarm_ends_nothing_on_a_sim_that_it_may_not_use(
    line: Line, office: Office, clock: HandClock
) -> None:
    other = FakeBox()
    office.add(other, "b", box_id="other", connected=False)
    dialling = dial(line, ["*100#"])
    await clock.advance(5)
    await office.submit(
        "alarm", priority=Priority.ALARM, route=Route(order=("b",)), minutes=1
    )
    await clock.advance(6)
    assert len(await dialling) == 1


async def test_alarm_ends_one_ussd_only(
    line: Line, office: Office, clock: HandClock
) -> None:
    """Also when there is something else to send before the end."""
    other = Neighbour(office, clock)
    dialling = [dial(each, ["*100#"]) for each in (line, other.line)]
    await clock.advance(2)
    await office.outbox.submit([alarm(office)])
    await settle()
    await office.submit("text")
    await clock.advance(10)
    ends = await asyncio.gather(*dialling, return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["AlarmFirst", "list"]


async def test_alarm_takes_the_sim_whose_dialogue_is_just_being_closed(
    line: Line, office: Office, clock: HandClock
) -> None:
    other = Neighbour(office, clock)
    other.operator.seconds, other.operator.closing_seconds = 1, 4
    dialling, ending = (dial(each, ["*100#"]) for each in (line, other.line))
    await clock.advance(2)
    route = Route(order=("a", "b"))
    message = await office.submit("alarm", priority=Priority.ALARM, route=route)
    await clock.advance(2)
    assert office.state(message) is State.QUEUED
    await clock.advance(1)
    assert office.message(message).line_id == "b"
    assert len(await ending) == 1
    await clock.advance(6)
    assert len(await dialling) == 1


async def test_two_alarms_end_two_ussds(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    other = Neighbour(office, clock)
    dialling = [dial(each, ["*100#"]) for each in (line, other.line)]
    await clock.advance(2)
    await office.outbox.submit([alarm(office, "1"), alarm(office, "2")])
    await clock.advance(1)
    ends = await asyncio.gather(*dialling, return_exceptions=True)
    assert [type(end) for end in ends] == [AlarmFirst, AlarmFirst]
    assert len(box.sender.on_air) == len(other.box.sender.on_air) == 1


async def test_two_alarms_with_other_wishes_end_two_ussds(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    other = Neighbour(office, clock)
    dialling = [dial(each, ["*100#"]) for each in (line, other.line)]
    await clock.advance(2)
    only_a = Route(order=("a",))
    named = office.request("1", priority=Priority.ALARM, route=only_a)
    await office.outbox.submit([named, alarm(office, "2")])
    await clock.advance(1)
    ends = await asyncio.gather(*dialling, return_exceptions=True)
    assert [type(end) for end in ends] == [AlarmFirst, AlarmFirst]
    assert [text for _, _, text in box.sender.on_air] == ["1"]


async def test_alarms_one_upon_the_other_end_a_ussd_once(
    line: Line, office: Office, clock: HandClock
) -> None:
    dialling = dial(line, PATH)
    await clock.advance(5)
    for _ in range(10):
        line.dialogues.yield_to_alarm()
        await asyncio.sleep(0)
    await clock.advance(1)
    assert isinstance(dialling.exception(), AlarmFirst)
    assert not line.busy


async def test_alarm_goes_before_a_ussd_that_waits(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    holder = object()
    line.claim(holder)
    waiting = dial(line, ["*100#"])
    await office.submit("alarm", priority=Priority.ALARM)
    line.release(holder)
    await clock.advance(11)
    assert box.order == ["alarm", "*100#", "close 1", "closed 1"]
    assert len(await waiting) == 1


async def test_no_ussd_between_the_pieces_of_an_alarm(
    office: Office, clock: HandClock
) -> None:
    box = FakeBox(pacing=3)
    operated(box, clock, closes=True)
    box.sender.piece_length = 2
    line = office.add(box)
    await office.submit("aabb", priority=Priority.ALARM)
    await clock.advance(1)
    asked = dial(line, ["*100#"])
    await clock.advance(6)
    assert box.order == ["aa", "bb", "*100#", "close 1", "closed 1"]
    assert len(await asked) == 1


async def test_end_of_home_assistant_in_the_moment_of_an_alarm(
    line: Line, office: Office, clock: HandClock
) -> None:
    dialling = dial(line, PATH)
    await clock.advance(5)
    line.dialogues.yield_to_alarm()
    line.break_off_ussd()
    await clock.advance(5)
    assert isinstance(dialling.exception(), NoReply)
    assert not line.busy
