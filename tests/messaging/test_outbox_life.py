"""The end of the queue, its listeners, and what it remembers."""

import asyncio
import logging

import pytest

from custom_components.gsm_gateway.gateways.model import (
    SendState,
)
from custom_components.gsm_gateway.messaging import book
from custom_components.gsm_gateway.messaging.messages import (
    OutgoingMessage,
    Priority,
    Reason,
    Route,
    ShuttingDown,
    State,
)

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import NUMBER, Office


async def test_close_lets_running_sends_end(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.gate = asyncio.Event()
    message_id = await office.submit()
    waits = await office.submit()
    await settle()
    closing = asyncio.create_task(office.outbox.close(1))
    await clock.advance(0.5)
    box.sender.gate.set()
    await settle()
    assert closing.done()
    assert office.state(message_id) is State.ACCEPTED
    assert office.states(waits) == ["queued"]
    with pytest.raises(ShuttingDown):
        await office.submit()
    office.outbox.wake()
    office.outbox.box_connected("box")
    await clock.advance(600)
    assert len(box.sender.on_air) == 1


async def test_close_makes_what_is_still_sending_unknown(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    cut.sender.gate = asyncio.Event()
    message_id = await office.submit("aabb")
    await settle()
    closing = asyncio.create_task(office.outbox.close(1))
    await clock.advance(1)
    assert closing.done()
    assert office.state(message_id) is State.UNKNOWN
    assert office.why(message_id) == ("interrupted", Reason.INTERRUPTED, 1, 2)
    assert len(cut.sender.on_air) == 1


async def test_close_between_two_pieces(office: Office, clock: HandClock) -> None:
    box = FakeBox(pacing=30)
    box.sender.piece_length = 2
    office.add(box)
    message_id = await office.submit("aabb")
    await settle()
    closing = asyncio.create_task(office.outbox.close(1))
    await clock.advance(1)
    assert closing.done()
    assert office.why(message_id) == ("interrupted", Reason.INTERRUPTED, 2, 2)
    assert office.state(message_id) is State.UNKNOWN


async def test_close_keeps_what_the_box_took(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.gate = asyncio.Event()
    message_id = await office.submit()
    await settle()
    office.report(box.sender.tokens[0], SendState.ACCEPTED)
    closing = asyncio.create_task(office.outbox.close(1))
    await clock.advance(1)
    assert closing.done()
    assert office.state(message_id) is State.ACCEPTED


async def test_close_ends_although_a_driver_does_not(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    async def send(*args: object, unicode: bool) -> None:
        for _ in range(5):
            try:
                await clock.sleep(100)
            except asyncio.CancelledError:
                continue

    office.add(box)
    box.sender.send = send  # type: ignore[assignment]
    message_id = await office.submit()
    await settle()
    closing = asyncio.create_task(office.outbox.close(1))
    await clock.advance(2)
    assert closing.done()
    assert office.state(message_id) is State.UNKNOWN
    await clock.advance(1000)
    assert office.states(message_id) == ["queued", "sending", "unknown"]


async def test_listener_that_raises_does_not_stop_the_queue(
    office: Office, box: FakeBox, caplog: pytest.LogCaptureFixture
) -> None:
    def complain(message: OutgoingMessage, before: State | None) -> None:
        raise RuntimeError

    office.outbox._journal.on_change = complain
    office.add(box)
    await office.submit("secret")
    await settle()
    assert len(box.sender.on_air) == 1
    assert "secret" not in caplog.text


async def test_listener_that_sends_another_message(
    office: Office, clock: HandClock, box: FakeBox
) -> None:
    def answer(message: OutgoingMessage, before: State | None) -> None:
        if message.state is State.EXPIRED:
            office.submit_soon("instead", priority=Priority.ALARM)

    office.outbox._journal.on_change = answer
    line = office.add(box, connected=False)
    await office.submit(minutes=1)
    await office.submit(minutes=2)
    await clock.advance(60)
    line.connected = True
    office.outbox.wake()
    await settle()
    assert [text for _, _, text in box.sender.on_air] == ["instead", "Hallo"]


async def test_listener_that_sends_while_the_queue_is_gone_through(
    office: Office, clock: HandClock, box: FakeBox
) -> None:
    def answer(message: OutgoingMessage, before: State | None) -> None:
        if message.state is State.FAILED:
            office.submit_soon("shorter")

    long_winded = FakeBox()
    long_winded.sender.longest = 5000
    office.add(long_winded, "long", connected=False)
    lines = [office.add(box, name, connected=False) for name in "abc"]
    await office.submit("x" * 1001)
    await office.submit()
    office.router.remove("long")
    office.outbox._journal.on_change = answer
    for line in lines:
        line.connected = True
    office.outbox.wake()
    await settle()
    assert sorted(text for _, _, text in box.sender.on_air) == ["Hallo", "shorter"]


async def test_old_messages_are_forgotten_but_not_those_in_our_hands(
    office: Office, box: FakeBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "_REMEMBERED", 20)
    office.add(box)
    office.add(FakeBox(), "away", box_id="other", connected=False)
    queued = await office.submit(route=Route(order=("away",)))
    first = await office.submit()
    await settle()
    for number in range(20):
        await office.submit(f"Nr. {number}")
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
    await office.submit("secret")
    await settle()
    assert "boom" in caplog.text
    assert "secret" not in caplog.text
    assert NUMBER not in caplog.text
