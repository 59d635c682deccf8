"""What is heard, after a restart, of messages of an earlier run."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.model import NoReply, SendState
from custom_components.gsm_gateway.messaging.messages import (
    Reason,
    State,
)

from .hand_clock import settle
from .runs import Runs, accept, send_without_result
from .sending import Office


async def test_interrupted_message_says_so(runs: Runs) -> None:
    await send_without_result(runs)
    office = await runs.again()
    assert office.why("m1") == ("interrupted", Reason.INTERRUPTED, None, 1)
    message, previous = office.told[0]
    assert (message.state, previous) == (State.UNKNOWN, State.SENDING)
    assert (message.line_id, message.box_id) == ("a", "box")


@pytest.mark.parametrize(
    ("report", "end"),
    [
        (SendState.SENT, State.SENT),
        (SendState.DELIVERED, State.DELIVERED),
        (SendState.FAILED, State.FAILED),
    ],
)
@pytest.mark.parametrize("bring", [send_without_result, accept])
async def test_news_of_an_earlier_runs_message_find_it(
    runs: Runs,
    bring: Callable[[Runs], Coroutine[Any, Any, None]],
    report: SendState,
    end: State,
) -> None:
    await bring(runs)
    office = await runs.again()
    token = runs.box.sender.tokens[0]
    assert runs.box.sender.offered[-1] == {token: 1}
    office.report(token, report)
    await settle()
    assert office.states("m1")[-1] == end
    assert len(runs.box.sender.on_air) == 1


@pytest.mark.parametrize("bring", [send_without_result, accept])
async def test_what_the_box_calls_a_message_outlives_the_run(
    runs: Runs, bring: Callable[[Runs], Coroutine[Any, Any, None]]
) -> None:
    await bring(runs)
    token = runs.box.sender.tokens[0]
    runs.office.report(token, SendState.ACCEPTED, box_key="4711")
    await settle()
    runs.box.sender.recalled.clear()
    await runs.again()
    assert runs.box.sender.recalled == {token: "4711"}


async def test_box_that_is_not_there_yet_may_tell_of_a_message_before(
    runs: Runs,
) -> None:
    await accept(runs)
    token = runs.box.sender.tokens[0]
    runs.office.report(token, SendState.SENT, box_key="37")
    await settle()
    runs.box.sender.recalled.clear()
    office = await runs.again(connected=False)
    assert runs.box.sender.recalled == {}
    office.outbox.recall("box")
    office.outbox.recall("another box")
    assert runs.box.sender.recalled == {token: "37"}


async def test_key_in_a_late_answer_outlives_the_run(runs: Runs) -> None:
    runs.box.sender.endings = [NoReply("silence")]
    await accept(runs)
    token = runs.box.sender.tokens[0]
    assert runs.office.state("m1") is State.UNKNOWN
    runs.office.report(token, SendState.ACCEPTED, box_key="4711")
    await settle()
    await runs.again()
    assert runs.box.sender.recalled == {token: "4711"}
    assert runs.office.told == []


async def test_removed_box_is_forgotten(runs: Runs) -> None:
    await accept(runs)
    line = runs.office.router.get("a")
    assert line is not None
    line.connected = False
    queued = await runs.office.submit("waits")
    runs.office.outbox.forget("box")
    assert runs.office.outbox.get("m1") is None
    assert runs.office.state(queued) is State.QUEUED


async def test_tokens_are_offered_to_a_box_that_was_there_first(runs: Runs) -> None:
    await accept(runs)
    await runs.kill()
    office = Office(runs.clock, runs.office.new_id, runs.office.path)
    office.add(runs.box)
    await office.open()
    await settle()
    assert runs.box.sender.offered[-1] == {runs.box.sender.tokens[0]: 1}
    runs.office = office
