"""Messages go out at most once, and what became of them is told."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import logging

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    InvalidAuth,
    NoReply,
    SendRefused,
    SendState,
    TextTooLong,
    UnexpectedReply,
)
from custom_components.gsm_gateway.messaging.messages import (
    BadNumber,
    Fallback,
    NoSim,
    OutgoingMessage,
    Priority,
    Route,
    SendPolicy,
    ShuttingDown,
    State,
)

from .fake_box import FakeBox
from .hand_clock import START, HandClock, settle
from .sending import ANY, NUMBER, Office

SMS = [(1, NUMBER, "Hallo")]


async def test_message_is_queued_sent_and_accepted(
    office: Office, box: FakeBox
) -> None:
    office.add(box)
    message = office.outbox.submit(
        "+49 170 123-45-67", "Hallo\0", ANY, Priority.NORMAL, timedelta(hours=1)
    )
    assert message == OutgoingMessage(
        message_id="m1",
        to=NUMBER,
        text="Hallo",
        priority=Priority.NORMAL,
        parts=1,
        created_at=START,
        expires_at=START + timedelta(hours=1),
        state=State.QUEUED,
        changed_at=START,
    )
    assert office.told == [(message, None)]
    await settle()
    assert box.sender.on_air == SMS
    assert [(m.state, before, m.line_id) for m, before in office.told[1:]] == [
        (State.SENDING, State.QUEUED, "a"),
        (State.ACCEPTED, State.SENDING, "a"),
    ]


async def test_sending_is_told_before_the_first_byte_leaves(
    office: Office, box: FakeBox
) -> None:
    office.add(box)
    seen: list[list[str]] = []

    async def send(channel: int, to: str, text: str, token: str) -> None:
        seen.append(office.states(message_id))

    box.sender.send = send  # type: ignore[method-assign]
    message_id = office.submit()
    await settle()
    assert seen == [["queued", "sending"]]


async def test_reports_take_it_to_delivered(office: Office, box: FakeBox) -> None:
    office.add(box)
    message_id = office.submit()
    await settle()
    for state in (SendState.ACCEPTED, SendState.SENT, SendState.DELIVERED):
        office.report(box.sender.tokens[0], state)
    states = ["queued", "sending", "accepted", "sent", "delivered"]
    assert office.states(message_id) == states
    assert office.state(message_id).final


@pytest.mark.parametrize(
    ("reports", "end"),
    [
        ([SendState.SENT, SendState.SENT, SendState.ACCEPTED], State.SENT),
        ([SendState.DELIVERED, SendState.SENT, SendState.FAILED], State.DELIVERED),
        ([SendState.FAILED, SendState.DELIVERED], State.FAILED),
        ([SendState.SENT, SendState.UNKNOWN], State.SENT),
        ([SendState.SENT, SendState.FAILED], State.FAILED),
        ([SendState.UNKNOWN, SendState.ACCEPTED], State.UNKNOWN),
        ([SendState.UNKNOWN, SendState.SENT, SendState.DELIVERED], State.DELIVERED),
        ([SendState.UNKNOWN, SendState.FAILED], State.FAILED),
    ],
)
async def test_repeated_and_stale_reports_change_nothing(
    office: Office, box: FakeBox, reports: list[SendState], end: State
) -> None:
    office.add(box)
    message_id = office.submit()
    await settle()
    for state in reports:
        office.report(box.sender.tokens[0], state)
    states = office.states(message_id)
    assert states[-1] == end
    assert len(set(states)) == len(states)


async def test_report_while_send_is_still_running(office: Office, box: FakeBox) -> None:
    office.add(box)
    box.sender.gate = asyncio.Event()
    message_id = office.submit()
    await settle()
    office.report(box.sender.tokens[0], SendState.ACCEPTED)
    office.report(box.sender.tokens[0], SendState.SENT)
    assert office.state(message_id) is State.SENT
    box.sender.gate.set()
    await settle()
    assert office.state(message_id) is State.SENT


async def test_failure_report_tells_reason_and_code(
    office: Office, box: FakeBox
) -> None:
    office.add(box)
    message_id = office.submit()
    await settle()
    office.report(box.sender.tokens[0], SendState.FAILED, "no credit", 38)
    message = office.message(message_id)
    assert (message.state, message.reason, message.code) == (
        State.FAILED,
        "no credit",
        38,
    )


async def test_reports_of_strange_tokens_and_of_other_boxes(
    office: Office, box: FakeBox
) -> None:
    office.add(box, box_id="third")
    message_id = office.submit()
    await settle()
    office.report(box.sender.tokens[0], SendState.SENT)
    office.report("nobody's", SendState.SENT)
    assert office.state(message_id) is State.ACCEPTED


@pytest.mark.parametrize(
    "error", [CannotConnect, InvalidAuth, ChannelUnavailable, ChannelBusy]
)
async def test_what_certainly_did_not_go_out_is_tried_again(
    office: Office, box: FakeBox, clock: HandClock, error: type[Exception]
) -> None:
    office.add(box)
    box.sender.endings = [error("not now")]
    message_id = office.submit()
    await settle()
    message = office.message(message_id)
    assert (message.state, message.attempt) == (State.QUEUED, 2)
    assert message.reason == "not now"
    assert message.line_id is None
    await clock.advance(5)
    assert office.states(message_id)[-3:] == ["queued", "sending", "accepted"]
    assert len(box.sender.on_air) == 2
    assert len(set(box.sender.tokens)) == 2
    assert office.message(message_id).reason == ""


async def test_pauses_between_attempts_grow(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.endings = [ChannelBusy("busy")] * 99
    office.submit(minutes=24 * 60)
    moments = []
    for _ in range(200):
        before = len(box.sender.on_air)
        await clock.advance(1)
        if len(box.sender.on_air) > before:
            moments.append(clock.monotonic())
    assert moments == [1, 5, 15, 35, 75, 135, 195]


@pytest.mark.parametrize("error", [NoReply, UnexpectedReply, RuntimeError])
async def test_what_may_have_gone_out_is_unknown_and_never_sent_again(
    office: Office, box: FakeBox, clock: HandClock, error: type[Exception]
) -> None:
    office.add(box)
    box.sender.endings = [error("nobody knows")]
    message_id = office.submit()
    await clock.advance(4000)
    assert office.states(message_id) == ["queued", "sending", "unknown"]
    assert len(box.sender.on_air) == 1


async def test_refused_for_good_is_failed(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    office.add(FakeBox(), "b", box_id="other")
    box.sender.endings = [SendRefused("bad number", 28)]
    message_id = office.submit(route=Route(order=("a", "b")))
    await clock.advance(4000)
    message = office.message(message_id)
    assert message.state is State.FAILED
    assert (message.reason, message.code) == ("bad number", 28)
    assert len(box.sender.on_air) == 1


async def test_error_after_the_box_took_it_does_not_send_again(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.gate = asyncio.Event()
    box.sender.endings = [CannotConnect("link lost")]
    message_id = office.submit()
    await settle()
    office.report(box.sender.tokens[0], SendState.ACCEPTED)
    box.sender.gate.set()
    await clock.advance(600)
    assert len(box.sender.on_air) == 1
    assert office.state(message_id) is State.ACCEPTED


async def test_next_sim_takes_over_what_the_first_could_not_send(
    office: Office, box: FakeBox
) -> None:
    other = FakeBox()
    office.add(box)
    office.add(other, "b", box_id="other")
    box.sender.endings = [ChannelUnavailable("not registered")]
    message_id = office.submit(route=Route(order=("a", "b")))
    await settle()
    assert office.message(message_id).line_id == "b"
    assert other.sender.on_air == SMS


async def test_least_busy_sims_share_the_work(office: Office, box: FakeBox) -> None:
    for number in range(3):
        office.add(box, f"sim{number}", channel=number)
    for _ in range(9):
        office.submit()
        await office.clock.advance(1)
    channels = [channel for channel, _, _ in box.sender.on_air]
    assert channels == [0, 1, 2] * 3


async def test_first_in_first_out_and_alarms_before(
    office: Office, box: FakeBox
) -> None:
    line = office.add(box, connected=False)
    for text in ("1", "2"):
        office.submit(text)
    for text in ("A", "B"):
        office.submit(text, priority=Priority.ALARM)
    line.connected = True
    office.outbox.wake()
    await settle()
    assert [text for _, _, text in box.sender.on_air] == ["A", "B", "1", "2"]


async def test_order_is_kept_over_a_refusal(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.endings = [ChannelBusy("busy")]
    for text in ("1", "2"):
        office.submit(text)
    await clock.advance(5)
    assert [text for _, _, text in box.sender.on_air] == ["1", "1", "2"]


async def test_message_waits_for_a_box_that_is_away(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    line = office.add(box, connected=False)
    message_id = office.submit(minutes=60)
    await clock.advance(3000)
    assert office.states(message_id) == ["queued"]
    line.connected = True
    office.outbox.box_connected("box")
    await settle()
    assert box.sender.on_air == SMS


async def test_recovered_box_is_not_kept_waiting(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.endings = [CannotConnect("away")] * 4
    office.submit()
    await clock.advance(40)
    assert len(box.sender.on_air) == 4
    office.outbox.box_connected("box")
    await settle()
    assert len(box.sender.on_air) == 5


async def test_message_expires(office: Office, box: FakeBox, clock: HandClock) -> None:
    line = office.add(box, connected=False)
    message_id = office.submit(minutes=1)
    await clock.advance(59)
    assert office.state(message_id) is State.QUEUED
    await clock.advance(1)
    message = office.message(message_id)
    assert message.state is State.EXPIRED
    assert message.reason == "no SIM could send it in time"
    line.connected = True
    office.outbox.box_connected("box")
    await settle()
    assert box.sender.on_air == []


async def test_sender_that_becomes_ready_by_itself_is_found(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.not_ready.add(1)
    office.submit()
    await clock.advance(60)
    box.sender.not_ready.clear()
    await clock.advance(5)
    assert box.sender.on_air == SMS


async def test_named_sim_is_told_while_the_message_is_queued(
    office: Office, box: FakeBox
) -> None:
    office.add(box, connected=False)
    office.add(box, "b", connected=False)
    named = office.submit(route=Route(order=("a",)))
    free = office.submit(route=Route(order=("a", "b")))
    assert office.message(named).line_id == "a"
    assert office.message(free).line_id is None


async def test_no_sim_at_all(office: Office, box: FakeBox) -> None:
    with pytest.raises(NoSim):
        office.submit()
    office.add(box, policy=SendPolicy.NEVER)
    with pytest.raises(NoSim):
        office.submit(route=Route(order=("a",), then=Fallback.ANY))
    assert office.told == []


@pytest.mark.parametrize("number", ["", "MyBank", "+49 170 x"])
async def test_bad_number(office: Office, box: FakeBox, number: str) -> None:
    office.add(box)
    with pytest.raises(BadNumber):
        office.outbox.submit(number, "x", ANY, Priority.NORMAL, timedelta(hours=1))


async def test_text_too_long_for_every_sim(office: Office, box: FakeBox) -> None:
    office.add(box)
    with pytest.raises(TextTooLong):
        office.submit("x" * 1001)


async def test_text_too_long_for_the_first_sim(office: Office, box: FakeBox) -> None:
    other = FakeBox()
    other.sender.longest = 5000
    office.add(box)
    office.add(other, "b", box_id="other")
    message_id = office.submit("x" * 1001, route=Route(order=("a", "b")))
    await settle()
    assert office.message(message_id).line_id == "b"


async def test_only_sim_that_takes_it_goes_away_for_good(
    office: Office, box: FakeBox
) -> None:
    other = FakeBox()
    other.sender.longest = 5000
    line = office.add(box, connected=False)
    office.add(other, "b", box_id="other", connected=False)
    message_id = office.submit("x" * 1001)
    office.router.remove("b")
    line.connected = True
    office.outbox.wake()
    assert office.state(message_id) is State.FAILED


@pytest.mark.parametrize(
    ("text", "parts"), [("x" * 161, 2), ("П" * 71, 2), ("€" * 80, 1)]
)
async def test_parts_are_counted_as_the_network_does(
    office: Office, box: FakeBox, text: str, parts: int
) -> None:
    office.add(box)
    assert office.message(office.submit(text)).parts == parts


@pytest.fixture
def cut(office: Office, box: FakeBox) -> FakeBox:
    """A box that takes two letters at a time."""
    box.sender.piece_length = 2
    office.add(box)
    return box


async def test_pieces_go_out_once_each_in_turn(office: Office, cut: FakeBox) -> None:
    message_id = office.submit("aabbc")
    await settle()
    assert [text for _, _, text in cut.sender.on_air] == ["aa", "bb", "c"]
    assert len(set(cut.sender.tokens)) == 3
    assert office.states(message_id) == ["queued", "sending", "accepted"]
    assert office.message(message_id).parts == 3


async def test_pieces_of_two_messages_do_not_mix(office: Office, cut: FakeBox) -> None:
    office.submit("aabb")
    office.submit("ccdd")
    await settle()
    assert [text for _, _, text in cut.sender.on_air] == ["aa", "bb", "cc", "dd"]


async def test_pieces_together_are_as_far_as_the_slowest(
    office: Office, cut: FakeBox
) -> None:
    message_id = office.submit("aabb")
    await settle()
    one, two = cut.sender.tokens
    office.report(two, SendState.DELIVERED)
    assert office.state(message_id) is State.ACCEPTED
    office.report(one, SendState.SENT)
    assert office.state(message_id) is State.SENT
    office.report(one, SendState.DELIVERED)
    assert office.state(message_id) is State.DELIVERED


@pytest.mark.parametrize(
    ("error", "state"),
    [(SendRefused("no credit"), State.FAILED), (NoReply("silence"), State.UNKNOWN)],
)
async def test_after_a_bad_piece_the_rest_is_not_sent(
    office: Office, cut: FakeBox, clock: HandClock, error: Exception, state: State
) -> None:
    cut.sender.endings = [None, error]
    message_id = office.submit("aabbcc")
    await clock.advance(600)
    assert [text for _, _, text in cut.sender.on_air] == ["aa", "bb"]
    message = office.message(message_id)
    assert (message.state, message.reason) == (state, f"part 2 of 3: {error}")


async def test_reported_failure_of_a_piece_stops_the_rest(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    cut.sender.gate = asyncio.Event()
    message_id = office.submit("aabbcc")
    await settle()
    office.report(cut.sender.tokens[0], SendState.FAILED)
    cut.sender.gate.set()
    await clock.advance(600)
    assert [text for _, _, text in cut.sender.on_air] == ["aa"]
    assert office.message(message_id).reason == "part 1 of 3"


async def test_unknown_piece_that_turns_out_sent_leaves_the_message_cut_short(
    office: Office, cut: FakeBox
) -> None:
    cut.sender.endings = [None, NoReply("silence")]
    message_id = office.submit("aabbcc")
    await settle()
    office.report(cut.sender.tokens[1], SendState.SENT)
    message = office.message(message_id)
    assert message.state is State.FAILED
    assert message.reason == "part 3 of 3: not sent"


async def test_second_piece_is_tried_again_on_the_same_sim(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    other = FakeBox()
    office.add(other, "b", box_id="other")
    cut.sender.endings = [None, ChannelBusy("busy")]
    message_id = office.submit("aabb", route=Route(order=("a", "b")))
    await settle()
    message = office.message(message_id)
    assert (message.state, message.line_id) == (State.QUEUED, "a")
    assert message.reason == "part 2 of 2: busy"
    await clock.advance(5)
    assert [text for _, _, text in cut.sender.on_air] == ["aa", "bb", "bb"]
    assert other.sender.on_air == []
    assert office.state(message_id) is State.ACCEPTED


async def test_report_of_a_piece_while_the_rest_is_queued(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    cut.sender.endings = [None, ChannelBusy("busy")]
    message_id = office.submit("aabb")
    await settle()
    office.report(cut.sender.tokens[0], SendState.DELIVERED)
    assert office.state(message_id) is State.QUEUED
    await clock.advance(5)
    assert office.state(message_id) is State.ACCEPTED


async def test_failure_of_a_piece_takes_the_queued_rest_back(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    cut.sender.endings = [None, ChannelBusy("busy")]
    message_id = office.submit("aabb")
    await settle()
    office.report(cut.sender.tokens[0], SendState.FAILED, "no credit")
    await clock.advance(600)
    assert len(cut.sender.on_air) == 2
    assert office.states(message_id)[-2:] == ["queued", "failed"]


async def test_open_tokens_are_offered_after_a_reconnect(
    office: Office, box: FakeBox
) -> None:
    box.sender.reach = SendState.SENT
    office.add(box, channel=7)
    box.sender.endings = [None, None, NoReply("silence"), SendRefused("no")]
    ids = [office.submit() for _ in range(4)]
    await settle()
    _, done, lost, _ = box.sender.tokens
    office.report(done, SendState.SENT)
    office.outbox.box_connected("other")
    office.outbox.box_connected("box")
    await settle()
    assert box.sender.offered == [{box.sender.tokens[0]: 7, lost: 7}]
    office.report(lost, SendState.SENT)
    assert office.states(ids[2]) == ["queued", "sending", "unknown", "sent"]
    assert len(box.sender.on_air) == 4


async def test_tokens_are_not_offered_while_sending_nor_after_a_day(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.gate = asyncio.Event()
    office.submit()
    await settle()
    office.outbox.box_connected("box")
    await settle()
    assert box.sender.offered == []
    box.sender.gate.set()
    await settle()
    await clock.leap(24 * 3600)
    office.outbox.box_connected("box")
    await settle()
    assert box.sender.offered == []


async def test_wait_until_a_state_is_reached(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    message_id = office.submit()
    waiting = asyncio.create_task(office.outbox.wait(message_id, State.SENT, 60))
    await clock.advance(59)
    assert not waiting.done()
    office.report(box.sender.tokens[0], SendState.DELIVERED)
    assert (await waiting).state is State.DELIVERED
    again = await office.outbox.wait(message_id, State.ACCEPTED, 60)
    assert again.state is State.DELIVERED


@pytest.mark.parametrize("error", [NoReply("x"), SendRefused("x")])
async def test_wait_ends_with_a_final_state(
    office: Office, box: FakeBox, error: Exception
) -> None:
    office.add(box)
    box.sender.endings = [error]
    message = await office.outbox.wait(office.submit(), State.SENT, 60)
    assert message.state.final


async def test_wait_ends_with_the_state_reached_in_time(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    waiting = asyncio.create_task(
        office.outbox.wait(office.submit(), State.DELIVERED, 60)
    )
    await clock.advance(61)
    assert (await waiting).state is State.ACCEPTED
    with pytest.raises(KeyError):
        await office.outbox.wait("nobody's", State.SENT, 1)


async def test_close_lets_running_sends_end(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.gate = asyncio.Event()
    message_id = office.submit()
    waits = office.submit()
    await settle()
    closing = asyncio.create_task(office.outbox.close(1))
    await clock.advance(0.5)
    box.sender.gate.set()
    await settle()
    assert closing.done()
    assert office.state(message_id) is State.ACCEPTED
    assert office.states(waits) == ["queued"]
    with pytest.raises(ShuttingDown):
        office.submit()
    office.outbox.wake()
    office.outbox.box_connected("box")
    await clock.advance(600)
    assert len(box.sender.on_air) == 1


async def test_close_makes_what_is_still_sending_unknown(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    cut.sender.gate = asyncio.Event()
    message_id = office.submit("aabb")
    await settle()
    closing = asyncio.create_task(office.outbox.close(1))
    await clock.advance(1)
    assert closing.done()
    message = office.message(message_id)
    assert message.state is State.UNKNOWN
    assert message.reason == "part 1 of 2: interrupted"
    assert len(cut.sender.on_air) == 1


async def test_close_between_two_pieces(office: Office, clock: HandClock) -> None:
    box = FakeBox(pacing=30)
    box.sender.piece_length = 2
    office.add(box)
    message_id = office.submit("aabb")
    await settle()
    closing = asyncio.create_task(office.outbox.close(1))
    await clock.advance(1)
    assert closing.done()
    assert office.message(message_id).reason == "part 2 of 2: interrupted"
    assert office.state(message_id) is State.UNKNOWN


async def test_close_keeps_what_the_box_took(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.gate = asyncio.Event()
    message_id = office.submit()
    await settle()
    office.report(box.sender.tokens[0], SendState.ACCEPTED)
    closing = asyncio.create_task(office.outbox.close(1))
    await clock.advance(1)
    assert closing.done()
    assert office.state(message_id) is State.ACCEPTED


async def test_close_ends_although_a_driver_does_not(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    async def send(channel: int, to: str, text: str, token: str) -> None:
        for _ in range(5):
            try:
                await clock.sleep(100)
            except asyncio.CancelledError:
                continue

    office.add(box)
    box.sender.send = send  # type: ignore[method-assign]
    message_id = office.submit()
    await settle()
    closing = asyncio.create_task(office.outbox.close(1))
    await clock.advance(2)
    assert closing.done()
    assert office.state(message_id) is State.UNKNOWN
    await clock.advance(1000)
    assert office.states(message_id) == ["queued", "sending", "unknown"]


async def test_listener_that_raises_does_not_stop_the_queue(
    clock: HandClock,
    new_id: Callable[[], str],
    box: FakeBox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    office = Office(clock, new_id)

    def complain(message: OutgoingMessage, before: State | None) -> None:
        raise RuntimeError

    office.outbox._on_change = complain
    office.add(box)
    office.submit("secret")
    await settle()
    assert len(box.sender.on_air) == 1
    assert "secret" not in caplog.text


async def test_listener_that_sends_another_message(
    clock: HandClock, new_id: Callable[[], str], box: FakeBox
) -> None:
    office = Office(clock, new_id)

    def answer(message: OutgoingMessage, before: State | None) -> None:
        if message.state is State.EXPIRED:
            office.submit("instead", priority=Priority.ALARM)

    office.outbox._on_change = answer
    line = office.add(box, connected=False)
    office.submit(minutes=1)
    office.submit(minutes=2)
    await clock.advance(60)
    line.connected = True
    office.outbox.wake()
    await settle()
    assert [text for _, _, text in box.sender.on_air] == ["instead", "Hallo"]


async def test_listener_that_sends_while_the_queue_is_gone_through(
    clock: HandClock, new_id: Callable[[], str], box: FakeBox
) -> None:
    office = Office(clock, new_id)

    def answer(message: OutgoingMessage, before: State | None) -> None:
        if message.state is State.FAILED:
            office.submit("shorter")

    long_winded = FakeBox()
    long_winded.sender.longest = 5000
    office.add(long_winded, "long", connected=False)
    lines = [office.add(box, name, connected=False) for name in "abc"]
    office.submit("x" * 1001)
    office.submit()
    office.router.remove("long")
    office.outbox._on_change = answer
    for line in lines:
        line.connected = True
    office.outbox.wake()
    await settle()
    assert sorted(text for _, _, text in box.sender.on_air) == ["Hallo", "shorter"]


async def test_old_messages_are_forgotten_but_not_those_in_our_hands(
    office: Office, box: FakeBox
) -> None:
    office.add(box)
    office.add(FakeBox(), "away", box_id="other", connected=False)
    queued = office.submit(route=Route(order=("away",)))
    first = office.submit()
    await settle()
    for _ in range(1000):
        office.submit()
        await settle()
    assert office.outbox.get(queued) is not None
    assert office.outbox.get(first) is None
    office.report(box.sender.tokens[0], SendState.SENT)


async def test_numbers_and_texts_stay_out_of_the_log(
    office: Office, box: FakeBox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    office.add(box)
    box.sender.endings = [RuntimeError("boom")]
    office.submit("secret")
    await settle()
    assert "boom" in caplog.text
    assert "secret" not in caplog.text
    assert NUMBER not in caplog.text
