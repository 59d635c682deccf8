"""What a box tells of a message, and what it is asked for."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import (
    ChannelBusy,
    NoReply,
    SendRefused,
    SendReport,
    SendState,
)
from custom_components.gsm_gateway.messaging.messages import State, UnknownMessage

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import Office


async def test_reports_take_it_to_delivered(office: Office, box: FakeBox) -> None:
    office.add(box)
    message_id = await office.submit()
    await settle()
    for state in (SendState.ACCEPTED, SendState.SENT, SendState.DELIVERED):
        office.report(box.sender.tokens[0], state)
    await settle()
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
    message_id = await office.submit()
    await settle()
    for state in reports:
        office.report(box.sender.tokens[0], state)
    await settle()
    states = office.states(message_id)
    assert states[-1] == end
    assert len(set(states)) == len(states)


async def test_report_while_send_is_still_running(office: Office, box: FakeBox) -> None:
    office.add(box)
    box.sender.gate = asyncio.Event()
    message_id = await office.submit()
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
    message_id = await office.submit()
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
    message_id = await office.submit()
    await settle()
    office.report(box.sender.tokens[0], SendState.SENT)
    office.report("nobody's", SendState.SENT)
    assert office.state(message_id) is State.ACCEPTED


async def test_token_of_an_attempt_that_was_taken_back_is_nobodys(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.endings = [ChannelBusy("busy")]
    message_id = await office.submit()
    await clock.advance(10)
    assert office.state(message_id) is State.ACCEPTED
    office.report(box.sender.tokens[0], SendState.FAILED)
    assert office.state(message_id) is State.ACCEPTED


async def test_open_tokens_are_offered_after_a_reconnect(
    office: Office, box: FakeBox
) -> None:
    box.sender.reach = SendState.SENT
    office.add(box, channel=7)
    box.sender.endings = [None, None, NoReply("silence"), SendRefused("no")]
    ids = [await office.submit() for _ in range(4)]
    await settle()
    _, done, lost, _ = box.sender.tokens
    office.report(done, SendState.SENT)
    office.outbox.box_connected("other")
    office.outbox.box_connected("box")
    await settle()
    assert box.sender.offered == [{box.sender.tokens[0]: 7, lost: 7}]
    office.report(lost, SendState.SENT)
    await settle()
    assert office.states(ids[2]) == ["queued", "sending", "unknown", "sent"]
    assert len(box.sender.on_air) == 4


async def test_tokens_are_not_offered_while_sending_nor_after_a_day(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    box.sender.gate = asyncio.Event()
    await office.submit()
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
    message_id = await office.submit()
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
    message = await office.outbox.wait(await office.submit(), State.SENT, 60)
    assert message.state.final


async def test_wait_ends_with_the_state_reached_in_time(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    office.add(box)
    waiting = asyncio.create_task(
        office.outbox.wait(await office.submit(), State.DELIVERED, 60)
    )
    await clock.advance(61)
    assert (await waiting).state is State.ACCEPTED
    with pytest.raises(UnknownMessage):
        await office.outbox.wait("nobody's", State.SENT, 1)


async def test_news_are_acknowledged_once_they_are_on_disk(
    office: Office, box: FakeBox
) -> None:
    office.add(box)
    message_id = await office.submit()
    await settle()
    acknowledged: list[State] = []
    delivered = SendReport(
        token=box.sender.tokens[0],
        state=SendState.DELIVERED,
        acknowledge=lambda: acknowledged.append(office.state(message_id)),
    )
    office.store.executor.held = True
    office.outbox.on_report("box", delivered)
    await settle()
    assert acknowledged == []

    office.store.executor.release()
    await settle()
    assert acknowledged == [State.DELIVERED]


async def test_what_is_no_news_is_acknowledged_at_once(
    office: Office, box: FakeBox
) -> None:
    acknowledged: list[str] = []
    office.outbox.on_report(
        "box",
        SendReport(
            token="nobody",
            state=SendState.SENT,
            acknowledge=lambda: acknowledged.append("nobody"),
        ),
    )
    assert acknowledged == ["nobody"]
