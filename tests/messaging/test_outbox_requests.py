"""What is refused at once, what is taken back, and in which form a message goes."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    SendState,
)
from custom_components.gsm_gateway.gateways.text import Encoding
from custom_components.gsm_gateway.messaging.messages import (
    BadNumber,
    CannotReach,
    NothingToSend,
    Reason,
    State,
    TooLate,
    UnknownMessage,
)
from custom_components.gsm_gateway.messaging.numbers import NumberForm, country_of

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import NUMBER, Office


async def test_all_or_none(office: Office, box: FakeBox) -> None:
    office.add(box)
    with pytest.raises(BadNumber):
        await office.outbox.submit([office.request(), office.request(to="Bank")])
    await settle()
    assert office.told == []
    assert box.sender.on_air == []


async def test_nothing_is_asked_for(office: Office) -> None:
    assert await office.outbox.submit([]) == []


async def test_submit_returns_when_all_are_on_disk(
    office: Office, box: FakeBox
) -> None:
    office.add(box)
    office.store.executor.held = True
    requests = [office.request(str(number)) for number in range(3)]
    submitting = asyncio.create_task(office.outbox.submit(requests))
    await settle()
    assert not submitting.done()
    assert office.told == []
    assert box.sender.on_air == []
    office.store.executor.release()
    await settle()
    assert [message.state for message in await submitting] == [State.QUEUED] * 3
    assert box.order == ["0", "1", "2"]


async def test_caller_that_goes_away_changes_nothing(
    office: Office, box: FakeBox
) -> None:
    office.add(box)
    office.store.executor.held = True
    submitting = asyncio.create_task(office.outbox.submit([office.request()]))
    await settle()
    submitting.cancel()
    office.store.executor.release()
    await settle()
    assert office.states("m1") == ["queued", "sending", "accepted"]


async def test_cancel_while_it_waits(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    line = office.add(box, connected=False)
    message_id = await office.submit()
    message = await office.outbox.cancel(message_id)
    assert (message.state, message.reason_key) == (State.CANCELLED, Reason.CANCELLED)
    assert office.states(message_id) == ["queued", "cancelled"]
    line.connected = True
    office.outbox.box_connected("box")
    await clock.advance(60)
    assert box.sender.on_air == []


async def test_cancel_answers_when_it_is_on_disk(office: Office, box: FakeBox) -> None:
    line = office.add(box, connected=False)
    message_id = await office.submit()
    office.store.executor.held = True
    cancelling = asyncio.create_task(office.outbox.cancel(message_id))
    await settle()
    line.connected = True
    office.outbox.box_connected("box")
    await settle()
    assert not cancelling.done()
    office.store.executor.release()
    assert (await cancelling).state is State.CANCELLED
    assert box.sender.on_air == []


@pytest.mark.parametrize("committed", [False, True])
async def test_too_late_to_cancel(
    office: Office, box: FakeBox, committed: bool
) -> None:
    line = office.add(box, connected=False)
    message_id = await office.submit()
    box.sender.gate = asyncio.Event()
    office.store.executor.held = not committed
    line.connected = True
    office.outbox.wake()
    await settle()
    with pytest.raises(TooLate) as caught:
        await office.outbox.cancel(message_id)
    assert caught.value.state is State.SENDING
    office.store.executor.release()
    box.sender.gate.set()
    await settle()
    with pytest.raises(TooLate) as caught:
        await office.outbox.cancel(message_id)
    assert caught.value.state is State.ACCEPTED


async def test_too_late_to_cancel_the_rest(office: Office, cut: FakeBox) -> None:
    cut.sender.endings = [None, CannotConnect("away")]
    message_id = await office.submit("aabb")
    await settle()
    assert office.state(message_id) is State.QUEUED
    with pytest.raises(TooLate) as caught:
        await office.outbox.cancel(message_id)
    assert caught.value.state is State.SENDING


async def test_cancel_of_what_nobody_knows(office: Office) -> None:
    with pytest.raises(UnknownMessage):
        await office.outbox.cancel("nobody's")


async def test_only_sims_that_can_tell_of_the_state_are_used(
    office: Office, box: FakeBox
) -> None:
    box.sender.reach = SendState.SENT
    other = FakeBox()
    office.add(box)
    line = office.add(other, "b", box_id="other", connected=False)
    message_id = await office.submit(reach=State.DELIVERED)
    await settle()
    assert box.sender.on_air == []
    line.connected = True
    office.outbox.box_connected("other")
    await settle()
    assert office.message(message_id).line_id == "b"


async def test_no_sim_can_tell_of_the_state(office: Office, box: FakeBox) -> None:
    box.sender.reach = SendState.SENT
    office.add(box)
    with pytest.raises(CannotReach) as caught:
        await office.submit(reach=State.DELIVERED)
    assert caught.value.state is State.DELIVERED
    await office.submit(reach=State.SENT)


async def test_gsm7_writes_what_it_can_and_counts_the_rest(
    office: Office, box: FakeBox
) -> None:
    office.add(box)
    message_id = await office.submit("Привет 🎉", encoding=Encoding.GSM7)
    await settle()
    message = office.message(message_id)
    assert message.dropped == 1
    assert message.text.isascii()
    assert box.order == [message.text]
    assert box.sender.as_unicode == [False]


async def test_nothing_is_left_of_the_text(office: Office, box: FakeBox) -> None:
    office.add(box)
    with pytest.raises(NothingToSend):
        await office.submit("🎉", encoding=Encoding.GSM7)


async def test_unicode_is_asked_of_the_box(office: Office, box: FakeBox) -> None:
    office.add(box)
    message_id = await office.submit("x" * 71, encoding=Encoding.UNICODE)
    await settle()
    assert box.sender.as_unicode == [True]
    assert office.message(message_id).parts == 2


async def test_number_goes_in_the_form_that_the_box_wants(
    office: Office, box: FakeBox
) -> None:
    line = office.add(box)
    line.number_form = NumberForm.DOUBLE_ZERO
    line.country = country_of("262011234567890")
    message_id = await office.submit()
    await settle()
    assert box.sender.on_air == [(1, "00491701234567", "Hallo")]
    assert office.message(message_id).to == NUMBER


async def test_message_of_which_nothing_left_yet_waits_over_the_end(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    line = office.add(box, connected=False)
    message_id = await office.submit()
    office.store.executor.held = True
    line.connected = True
    office.outbox.wake()
    await settle()
    assert office.state(message_id) is State.SENDING
    closing = asyncio.create_task(office.outbox.close(1))
    await settle()
    office.store.executor.release()
    await clock.advance(3)
    assert closing.done()
    assert office.states(message_id)[-1] == "queued"
    assert box.sender.on_air == []
