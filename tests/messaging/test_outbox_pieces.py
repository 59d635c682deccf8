"""Messages that a box takes in several pieces."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import (
    ChannelBusy,
    NoReply,
    SendRefused,
    SendState,
)
from custom_components.gsm_gateway.messaging.messages import Reason, Route, State

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import Office


async def test_pieces_go_out_once_each_in_turn(office: Office, cut: FakeBox) -> None:
    message_id = await office.submit("aabbc")
    await settle()
    assert [text for _, _, text in cut.sender.on_air] == ["aa", "bb", "c"]
    assert len(set(cut.sender.tokens)) == 3
    assert office.states(message_id) == ["queued", "sending", "accepted"]
    assert office.message(message_id).parts == 3


async def test_pieces_of_two_messages_do_not_mix(office: Office, cut: FakeBox) -> None:
    await office.submit("aabb")
    await office.submit("ccdd")
    await settle()
    assert [text for _, _, text in cut.sender.on_air] == ["aa", "bb", "cc", "dd"]


async def test_pieces_together_are_as_far_as_the_slowest(
    office: Office, cut: FakeBox
) -> None:
    message_id = await office.submit("aabb")
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
    message_id = await office.submit("aabbcc")
    await clock.advance(600)
    assert [text for _, _, text in cut.sender.on_air] == ["aa", "bb"]
    assert office.state(message_id) is state
    assert office.why(message_id) == (str(error), Reason.BOX_WORDS, 2, 3)


async def test_reported_failure_of_a_piece_stops_the_rest(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    cut.sender.gate = asyncio.Event()
    message_id = await office.submit("aabbcc")
    await settle()
    office.report(cut.sender.tokens[0], SendState.FAILED)
    cut.sender.gate.set()
    await clock.advance(600)
    assert [text for _, _, text in cut.sender.on_air] == ["aa"]
    assert office.why(message_id) == ("", Reason.NONE, 1, 3)


async def test_unknown_piece_that_turns_out_sent_leaves_the_message_cut_short(
    office: Office, cut: FakeBox
) -> None:
    cut.sender.endings = [None, NoReply("silence")]
    message_id = await office.submit("aabbcc")
    await settle()
    office.report(cut.sender.tokens[1], SendState.SENT)
    assert office.state(message_id) is State.FAILED
    assert office.why(message_id) == ("not sent", Reason.NOT_SENT, 3, 3)


async def test_second_piece_is_tried_again_on_the_same_sim(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    other = FakeBox()
    office.add(other, "b", box_id="other")
    cut.sender.endings = [None, ChannelBusy("busy")]
    message_id = await office.submit("aabb", route=Route(order=("a", "b")))
    await settle()
    message = office.message(message_id)
    assert (message.state, message.line_id) == (State.QUEUED, "a")
    assert office.why(message_id) == ("busy", Reason.BOX_WORDS, 2, 2)
    await clock.advance(5)
    assert [text for _, _, text in cut.sender.on_air] == ["aa", "bb", "bb"]
    assert other.sender.on_air == []
    assert office.state(message_id) is State.ACCEPTED


async def test_report_of_a_piece_while_the_rest_is_queued(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    cut.sender.endings = [None, ChannelBusy("busy")]
    message_id = await office.submit("aabb")
    await settle()
    office.report(cut.sender.tokens[0], SendState.DELIVERED)
    assert office.state(message_id) is State.QUEUED
    await clock.advance(5)
    assert office.state(message_id) is State.ACCEPTED


async def test_failure_of_a_piece_takes_the_queued_rest_back(
    office: Office, cut: FakeBox, clock: HandClock
) -> None:
    cut.sender.endings = [None, ChannelBusy("busy")]
    message_id = await office.submit("aabb")
    await settle()
    office.report(cut.sender.tokens[0], SendState.FAILED, "no credit")
    await clock.advance(600)
    assert len(cut.sender.on_air) == 2
    assert office.states(message_id)[-2:] == ["queued", "failed"]
