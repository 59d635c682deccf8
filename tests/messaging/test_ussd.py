"""A dialogue with menus: its steps, its time, its end, and what it leaves open."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    InvalidAuth,
    NoReply,
    SendRefused,
    UnexpectedReply,
    UssdReply,
    UssdSession,
)
from custom_components.gsm_gateway.messaging.line import Line
from custom_components.gsm_gateway.messaging.messages import State
from custom_components.gsm_gateway.messaging.ussd import BrokenOff, MenuLeft, MenuOpen

from .dialling import Operator, dial, operated
from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import Office

FINISHED, OPEN, ENDED, UNTOLD = (
    UssdSession.FINISHED,
    UssdSession.OPEN,
    UssdSession.ENDED,
    UssdSession.UNTOLD,
)
PATH = ["*100#", "1", "3"]

pytestmark = pytest.mark.usefixtures("dialogues_end")


@pytest.fixture(name="closes", params=[False, True], ids=["stays open", "closes"])
def _closes(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def operator(box: FakeBox, clock: HandClock, closes: bool) -> Operator:
    return operated(box, clock, closes=closes)


@pytest.fixture
def line(office: Office, box: FakeBox, operator: Operator) -> Line:
    return office.add(box)


never_closes = pytest.mark.parametrize("closes", [False])
always_closes = pytest.mark.parametrize("closes", [True])


def texts(replies: list[UssdReply]) -> list[str]:
    """Return what the operator said."""
    return [reply.text for reply in replies]


async def assert_rests(line: Line, clock: HandClock, seconds: float) -> None:
    """Check that the SIM refuses codes, and for how long."""
    with pytest.raises(MenuOpen) as refused:
        await line.run_ussd(["*1#"], waited_for=True)
    assert refused.value.seconds == seconds
    await clock.advance(seconds - 1)
    with pytest.raises(MenuOpen):
        await line.run_ussd(["*1#"], waited_for=True)
    await clock.advance(1)
    dialling = dial(line, ["*1#"])
    await clock.advance(2)
    assert texts(await dialling) == ["answer to *1#"]


async def test_steps_are_taken_one_after_the_other_in_one_turn(
    line: Line, box: FakeBox, clock: HandClock
) -> None:
    dialling, other = dial(line, PATH), dial(line, ["*2#"])
    await clock.advance(5)
    assert box.order == PATH
    assert line.busy_with_ussd
    await clock.advance(1)
    assert texts(await dialling) == [f"answer to {code}" for code in PATH]
    other.cancel()


@pytest.mark.parametrize("session", [FINISHED, ENDED])
async def test_nothing_is_chosen_from_a_menu_that_is_none(
    line: Line, box: FakeBox, clock: HandClock, operator: Operator, session: UssdSession
) -> None:
    operator.tell("*100#", "Menu", OPEN)
    operator.tell("1", "No service", session)
    dialling = dial(line, PATH)
    await clock.advance(6)
    assert texts(await dialling) == ["Menu", "No service"]
    assert "3" not in box.order
    again = dial(line, ["*1#"])
    await clock.advance(2)
    assert texts(await again) == ["answer to *1#"]


async def test_all_steps_together_have_forty_seconds(
    line: Line, box: FakeBox, clock: HandClock, operator: Operator
) -> None:
    operator.seconds = 15
    dialling = dial(line, PATH)
    await clock.advance(39)
    assert not dialling.done()
    await clock.advance(1)
    error = dialling.exception()
    assert isinstance(error, MenuLeft)
    assert error.reply == 2
    assert box.order[:3] == PATH
    assert [box.order.count(code) for code in PATH] == [1, 1, 1]


@pytest.mark.parametrize(
    "error",
    [
        NoReply("silence"),
        CannotConnect("away"),
        InvalidAuth("no"),
        ChannelBusy("busy"),
        ChannelUnavailable("no network"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_step_that_fails_is_not_repeated_and_ends_the_dialogue(
    line: Line,
    box: FakeBox,
    clock: HandClock,
    operator: Operator,
    error: GatewayError,
) -> None:
    operator.answers["1"] = error
    dialling = dial(line, PATH)
    await clock.advance(60)
    left = dialling.exception()
    assert isinstance(left, MenuLeft)
    assert left.reply == 1
    assert left.__cause__ is error
    assert [code for code in box.order if "close" not in code] == ["*100#", "1"]
    assert not line.busy


@pytest.mark.parametrize("error", [SendRefused("no such tariff"), UnexpectedReply("?")])
async def test_a_refused_choice_is_told_as_it_is(
    line: Line, clock: HandClock, operator: Operator, error: GatewayError
) -> None:
    operator.answers["1"] = error
    dialling = dial(line, PATH)
    await clock.advance(4)
    assert dialling.exception() is error


@pytest.mark.parametrize(
    "error", [CannotConnect(""), InvalidAuth(""), ChannelUnavailable("")], ids=repr
)
async def test_what_was_not_dialled_leaves_nothing_open(
    line: Line,
    box: FakeBox,
    clock: HandClock,
    operator: Operator,
    error: GatewayError,
) -> None:
    operator.answers["*100#"] = error
    dialling = dial(line, PATH)
    await clock.advance(2)
    assert dialling.exception() is error
    again = dial(line, ["*1#"])
    await settle()
    assert box.order == ["*100#", "*1#"]
    again.cancel()


@always_closes
async def test_dialogue_is_closed_before_anybody_else_gets_the_sim(
    line: Line, box: FakeBox, office: Office, clock: HandClock, operator: Operator
) -> None:
    operator.closing_seconds = 1
    dialling = dial(line, ["*100#", "1"])
    await settle()
    await office.submit("text")
    other = dial(line, ["*2#"], waited_for=False)
    await clock.advance(10)
    await asyncio.gather(dialling, other)
    first = ["*100#", "1", "close 1", "closed 1"]
    assert box.order == [*first, "text", "*2#", "close 1", "closed 1"]


@always_closes
@pytest.mark.parametrize("how", ["error", "time", "broken off", "cancelled"])
async def test_dialogue_that_does_not_end_well_is_closed_as_well(
    line: Line, box: FakeBox, clock: HandClock, operator: Operator, how: str
) -> None:
    if how == "error":
        operator.answers["1"] = SendRefused("no")
    if how == "time":
        operator.seconds = 30
    dialling = dial(line, PATH)
    await clock.advance(3)
    if how == "broken off":
        line.break_off_ussd()
    if how == "cancelled":
        dialling.cancel()
    await clock.advance(40)
    with pytest.raises((GatewayError, asyncio.CancelledError)):
        await dialling
    assert box.order == ["*100#", "1", "close 1", "closed 1"]
    assert not line.busy
    again = dial(line, ["*1#"])
    await settle()
    assert box.order[-1] == "*1#"
    again.cancel()


@always_closes
@pytest.mark.parametrize("how", ["error", "time"])
async def test_dialogue_that_cannot_be_closed_is_left_alone(
    line: Line, box: FakeBox, clock: HandClock, operator: Operator, how: str
) -> None:
    if how == "error":
        operator.closing_error = NoReply("silence")
        operator.closing_seconds = 5
    else:
        operator.closing_seconds = 60
    dialling = dial(line, PATH)
    await clock.advance(10)
    assert not dialling.done()
    await clock.advance(1)
    assert len(await dialling) == 3
    operator.closing_error, operator.closing_seconds = None, 0
    await assert_rests(line, clock, 85)


@always_closes
async def test_end_of_home_assistant_does_not_wait_for_a_close(
    line: Line, clock: HandClock, operator: Operator
) -> None:
    operator.closing_seconds = 60
    dialling = dial(line, ["*100#"])
    await clock.advance(1)
    line.break_off_ussd()
    await settle()
    line.break_off_ussd()
    assert not dialling.done()
    await clock.advance(5)
    assert isinstance(dialling.exception(), BrokenOff)
    assert not line.busy


@never_closes
@pytest.mark.parametrize(
    ("codes", "text", "session"),
    [
        (["*100#"], "text", OPEN),
        (["*100#"], "1. Balance\n2. Tariff", UNTOLD),
        (["*100#", "1"], "Bought", UNTOLD),
        (["*100#", "1"], "More?", OPEN),
    ],
)
async def test_sim_dials_nothing_while_a_menu_may_be_open(
    line: Line,
    box: FakeBox,
    clock: HandClock,
    operator: Operator,
    codes: list[str],
    text: str,
    session: UssdSession,
) -> None:
    operator.tell("*100#", "Menu", OPEN)
    operator.tell(codes[-1], text, session)
    dialling = dial(line, codes)
    await clock.advance(2 * len(codes))
    assert len(await dialling) == len(codes)
    await assert_rests(line, clock, 90)
    assert box.order == [*codes, "*1#"]


@never_closes
@pytest.mark.parametrize(
    ("codes", "text", "session"),
    [
        (["*100#"], "Balance: 5.00", UNTOLD),
        (["*100#"], "1. Balance\n2. Tariff", FINISHED),
        (["*100#"], "1. Balance\n2. Tariff", ENDED),
        (["*100#", "1"], "Bought", FINISHED),
        (["*100#", "1"], "Bought", ENDED),
    ],
)
async def test_sim_dials_again_at_once_where_nothing_is_open(
    line: Line,
    clock: HandClock,
    operator: Operator,
    codes: list[str],
    text: str,
    session: UssdSession,
) -> None:
    operator.tell(codes[-1], text, session)
    dialling = dial(line, codes)
    await clock.advance(2 * len(codes))
    await dialling
    again = dial(line, ["*1#"])
    await clock.advance(2)
    assert texts(await again) == ["answer to *1#"]


@never_closes
@pytest.mark.parametrize(
    ("step", "error", "rests"),
    [
        ("*100#", NoReply("silence"), True),
        ("*100#", SendRefused("no such code"), False),
        ("1", NoReply("silence"), True),
        ("1", SendRefused("no such choice"), True),
    ],
)
async def test_rest_after_a_dialogue_that_failed(
    line: Line,
    clock: HandClock,
    operator: Operator,
    step: str,
    error: GatewayError,
    rests: bool,
) -> None:
    operator.answers[step] = error
    dialling = dial(line, PATH)
    await clock.advance(4)
    assert isinstance(dialling.exception(), GatewayError)
    again = dial(line, ["*1#"])
    await clock.advance(2)
    assert isinstance(again.exception(), MenuOpen) is rests


@never_closes
async def test_sms_leave_while_a_menu_may_be_open(
    line: Line, office: Office, clock: HandClock
) -> None:
    dialling = dial(line, PATH)
    await clock.advance(6)
    await dialling
    message = await office.submit()
    await settle()
    assert office.state(message) is State.ACCEPTED
    with pytest.raises(MenuOpen):
        await line.run_ussd(["*1#"], waited_for=True)


@never_closes
async def test_open_menu_outlives_a_reload(
    line: Line, box: FakeBox, office: Office, clock: HandClock
) -> None:
    dialling = dial(line, PATH)
    await clock.advance(6)
    await dialling
    await assert_rests(office.add(box), clock, 90)


async def test_one_that_waits_is_refused_when_a_menu_was_left_open(
    line: Line, box: FakeBox, clock: HandClock, closes: bool
) -> None:
    dialling, other = dial(line, PATH), dial(line, ["*2#"])
    await clock.advance(8)
    await dialling
    assert isinstance(other.exception(), MenuOpen) is not closes
