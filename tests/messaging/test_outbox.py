"""Messages go out at most once, by the right SIM, or expire."""

import asyncio
from datetime import timedelta

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
    State,
)

from .fake_box import FakeBox
from .hand_clock import START, HandClock, settle
from .sending import NUMBER, Office

SMS = [(1, NUMBER, "Hallo")]


async def test_message_is_queued_sent_and_accepted(
    office: Office, box: FakeBox
) -> None:
    office.add(box)
    (message,) = await office.outbox.submit(
        [office.request("Hallo\0", to="+49 170 123-45-67")]
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

    async def send(*args: object, unicode: bool) -> None:
        seen.append(office.states("m1"))

    box.sender.send = send  # type: ignore[assignment]
    await office.submit()
    await settle()
    assert seen == [["queued", "sending"]]


@pytest.mark.parametrize(
    "error", [CannotConnect, InvalidAuth, ChannelUnavailable, ChannelBusy]
)
async def test_what_certainly_did_not_go_out_is_tried_again(
    office: Office, box: FakeBox, clock: HandClock, error: type[Exception]
) -> None:
    office.add(box)
    box.sender.endings = [error("not now")]
    message_id = await office.submit()
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
    await office.submit(minutes=24 * 60)
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
    message_id = await office.submit()
    await clock.advance(4000)
    assert office.states(message_id) == ["queued", "sending", "unknown"]
    assert len(box.sender.on_air) == 1


async def test_refused_for_good_is_failed(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    office.add(FakeBox(), "b", box_id="other")
    box.sender.endings = [SendRefused("bad number", 28)]
    message_id = await office.submit(route=Route(order=("a", "b")))
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
    message_id = await office.submit()
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
    message_id = await office.submit(route=Route(order=("a", "b")))
    await settle()
    assert office.message(message_id).line_id == "b"
    assert other.sender.on_air == SMS


async def test_least_busy_sims_share_the_work(office: Office, box: FakeBox) -> None:
    for number in range(3):
        office.add(box, f"sim{number}", channel=number)
    for number in range(9):
        await office.submit(f"Nr. {number}")
        await office.clock.advance(1)
    channels = [channel for channel, _, _ in box.sender.on_air]
    assert channels == [0, 1, 2] * 3


async def test_first_in_first_out_and_alarms_before(
    office: Office, box: FakeBox
) -> None:
    line = office.add(box, connected=False)
    for text in ("1", "2"):
        await office.submit(text)
    for text in ("A", "B"):
        await office.submit(text, priority=Priority.ALARM)
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
        await office.submit(text)
    await clock.advance(5)
    assert [text for _, _, text in box.sender.on_air] == ["1", "1", "2"]


async def test_message_waits_for_a_box_that_is_away(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    line = office.add(box, connected=False)
    message_id = await office.submit(minutes=60)
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
    await office.submit()
    await clock.advance(40)
    assert len(box.sender.on_air) == 4
    office.outbox.box_connected("box")
    await settle()
    assert len(box.sender.on_air) == 5


async def test_sim_that_registers_is_not_kept_waiting(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    line = office.add(box)
    box.sender.endings = [ChannelUnavailable("not registered")] * 4
    await office.submit()
    await clock.advance(40)
    line.registered = False
    await clock.advance(600)
    assert len(box.sender.on_air) == 4
    line.registered = True
    office.outbox.wake()
    await settle()
    assert len(box.sender.on_air) == 5


async def test_message_expires(office: Office, box: FakeBox, clock: HandClock) -> None:
    line = office.add(box, connected=False)
    message_id = await office.submit(minutes=1)
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
    await office.submit()
    await clock.advance(60)
    box.sender.not_ready.clear()
    await clock.advance(5)
    assert box.sender.on_air == SMS


async def test_named_sim_is_told_while_the_message_is_queued(
    office: Office, box: FakeBox
) -> None:
    office.add(box, connected=False)
    office.add(box, "b", connected=False)
    named = await office.submit(route=Route(order=("a",)))
    free = await office.submit(route=Route(order=("a", "b")))
    assert office.message(named).line_id == "a"
    assert office.message(free).line_id is None


async def test_no_sim_at_all(office: Office, box: FakeBox) -> None:
    with pytest.raises(NoSim):
        await office.submit()
    office.add(box, policy=SendPolicy.NEVER)
    with pytest.raises(NoSim):
        await office.submit(route=Route(order=("a",), then=Fallback.ANY))
    assert office.told == []


@pytest.mark.parametrize("number", ["", "MyBank", "+49 170 x"])
async def test_bad_number(office: Office, box: FakeBox, number: str) -> None:
    office.add(box)
    with pytest.raises(BadNumber):
        await office.submit(to=number)


async def test_text_too_long_for_every_sim(office: Office, box: FakeBox) -> None:
    office.add(box)
    with pytest.raises(TextTooLong):
        await office.submit("x" * 1001)


async def test_text_too_long_for_the_first_sim(office: Office, box: FakeBox) -> None:
    other = FakeBox()
    other.sender.longest = 5000
    office.add(box)
    office.add(other, "b", box_id="other")
    message_id = await office.submit("x" * 1001, route=Route(order=("a", "b")))
    await settle()
    assert office.message(message_id).line_id == "b"


async def test_only_sim_that_takes_it_goes_away_for_good(
    office: Office, box: FakeBox
) -> None:
    other = FakeBox()
    other.sender.longest = 5000
    line = office.add(box, connected=False)
    office.add(other, "b", box_id="other", connected=False)
    message_id = await office.submit("x" * 1001)
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
    assert office.message(await office.submit(text)).parts == parts
