"""What a disk that takes nothing means for outgoing messages."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    SendState,
)
from custom_components.gsm_gateway.messaging.messages import Reason, State

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import Office


@pytest.fixture
async def later(office: Office, clock: HandClock) -> AsyncIterator[list[Office]]:
    """Further runs, closed in the end."""
    runs: list[Office] = []
    yield runs
    for run in runs:
        closing = asyncio.create_task(run.outbox.close())
        await clock.advance(5)
        await closing
        await run.store.close()


async def restart(office: Office, box: FakeBox, later: list[Office]) -> Office:
    """Kill a run and begin the next one."""
    office.kill()
    await settle()
    run = await office.next_run()
    later.append(run)
    run.add(box)
    run.outbox.box_connected("box")
    await settle()
    return run


async def test_message_without_a_row_lives_in_memory(
    office: Office, box: FakeBox, later: list[Office], clock: HandClock
) -> None:
    office.store.fill()
    office.add(box)
    message_id = await office.submit()
    await settle()
    assert office.states(message_id) == ["queued", "sending", "accepted"]
    run = await restart(office, box, later)
    await clock.advance(60)
    assert run.told == []
    assert len(box.sender.on_air) == 1


async def test_message_that_was_queued_before_goes_out_once(
    office: Office, box: FakeBox, later: list[Office], clock: HandClock
) -> None:
    line = office.add(box, connected=False)
    message_id = await office.submit()
    office.store.fill()
    line.connected = True
    office.outbox.box_connected("box")
    await settle()
    assert office.states(message_id) == ["queued", "sending", "accepted"]
    run = await restart(office, box, later)
    await clock.advance(60)
    assert run.states(message_id) == ["unknown"]
    assert run.message(message_id).reason_key is Reason.INTERRUPTED
    run = await restart(run, box, later)
    assert run.state(message_id) is State.UNKNOWN
    assert len(box.sender.on_air) == 1


async def test_second_attempt_needs_no_second_note(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    line = office.add(box, connected=False)
    message_id = await office.submit()
    office.store.fill()
    box.sender.endings = [CannotConnect("away")]
    line.connected = True
    office.outbox.box_connected("box")
    await settle()
    assert office.state(message_id) is State.QUEUED
    office.store.fill(even_the_list=True)
    await clock.advance(5)
    assert office.state(message_id) is State.ACCEPTED


async def test_message_stays_queued_when_not_even_its_id_can_be_noted(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    line = office.add(box, connected=False)
    message_id = await office.submit()
    office.store.fill(even_the_list=True)
    line.connected = True
    office.outbox.box_connected("box")
    await clock.advance(30)
    assert office.state(message_id) is State.QUEUED
    assert office.message(message_id).attempt == 1
    assert office.guard.used("a").month_parts == 0
    assert box.sender.on_air == []
    office.store.empty()
    await clock.advance(60)
    assert office.state(message_id) is State.ACCEPTED
    assert len(box.sender.on_air) == 1


async def test_present_states_are_written_when_the_disk_takes_them_again(
    office: Office, box: FakeBox, later: list[Office], clock: HandClock
) -> None:
    line = office.add(box, connected=False)
    before = await office.submit("before")
    office.store.fill()
    during = await office.submit("during")
    line.connected = True
    office.outbox.box_connected("box")
    await settle()
    office.report(box.sender.tokens[0], SendState.SENT)
    await settle()
    office.store.empty()
    office.outbox.on_store_back()
    await settle()
    run = await restart(office, box, later)
    assert (run.state(before), run.state(during)) == (State.SENT, State.ACCEPTED)
    run.report(box.sender.tokens[1], SendState.DELIVERED)
    await settle()
    assert run.states(during)[-1] == "delivered"
    again = await run.submit("again")
    await settle()
    run = await restart(run, box, later)
    assert run.state(again) is State.ACCEPTED
    assert len(box.sender.on_air) == 3


async def test_disk_that_takes_something_only_for_a_moment(
    office: Office, box: FakeBox, later: list[Office]
) -> None:
    line = office.add(box, connected=False)
    message_id = await office.submit()
    office.store.fill()
    line.connected = True
    office.outbox.box_connected("box")
    await settle()
    office.outbox.on_store_back()
    await settle()
    run = await restart(office, box, later)
    assert run.states(message_id) == ["unknown"]
    assert len(box.sender.on_air) == 1


async def test_disk_that_is_full_again_before_all_is_written(
    office: Office, box: FakeBox, later: list[Office]
) -> None:
    line = office.add(box, connected=False)
    ids = [await office.submit(text) for text in ("1", "2")]
    office.store.fill()
    line.connected = True
    office.outbox.box_connected("box")
    await settle()
    for commits in range(3):
        office.store.empty(commits)
        office.outbox.on_store_back()
        office.report(box.sender.tokens[0], SendState.SENT)
        await settle()
        office.store.fill()
    run = await restart(office, box, later)
    assert {run.state(each) for each in ids} <= {
        State.UNKNOWN,
        State.SENT,
        State.ACCEPTED,
    }
    assert box.order == ["1", "2"]


async def test_new_file_gets_what_is_remembered(
    office: Office, box: FakeBox, later: list[Office]
) -> None:
    office.add(box, connected=False)
    message_id = await office.submit()
    await asyncio.wait([office.store.write(("DELETE FROM sent", ()))])
    office.outbox.on_store_back(anew=True)
    await settle()
    run = await restart(office, box, later)
    assert run.state(message_id) is State.ACCEPTED


@pytest.mark.parametrize("runs_before", [0, 1])
async def test_what_was_told_is_not_told_again_from_a_new_file(
    office: Office, box: FakeBox, later: list[Office], runs_before: int
) -> None:
    office.add(box)
    message_id = await office.submit()
    office.store.fill()
    await settle()
    office.store.empty()
    office.outbox.on_store_back()
    await settle()
    run = office
    for _ in range(runs_before):
        run = await restart(run, box, later)
    await asyncio.wait([run.store.write(("DELETE FROM sent", ()))])
    run.outbox.on_store_back(anew=True)
    await settle()
    run = await restart(run, box, later)
    assert run.state(message_id) is State.ACCEPTED
    assert run.told == []


async def test_states_are_told_in_their_order(office: Office, box: FakeBox) -> None:
    office.add(box)
    office.store.fill()
    message_id = await office.submit()
    await settle()
    office.store.empty()
    office.report(box.sender.tokens[0], SendState.SENT)
    office.store.executor.held = True
    office.report(box.sender.tokens[0], SendState.DELIVERED)
    await settle()
    office.store.executor.release()
    await settle()
    assert office.states(message_id)[-3:] == ["accepted", "sent", "delivered"]


async def test_file_that_can_be_read_only_later(
    office: Office, box: FakeBox, later: list[Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = office.add(box)
    await office.submit("gone")
    await settle()
    line.connected = False
    old = await office.submit("old")
    office.kill()
    await settle()
    run = Office(office.clock, office.new_id, office.path)
    later.append(run)
    run.add(box)
    directory = office.path.with_name("away")
    office.path.rename(directory)
    office.path.mkdir()  # nothing can be opened there
    await run.open()
    new = await run.submit("new")
    await settle()
    assert box.order == ["gone", "new"]
    assert run.outbox.get(old) is None
    office.path.rmdir()
    directory.rename(office.path)
    await office.clock.advance(15)
    run.outbox.on_store_back()
    await settle()
    assert box.order == ["gone", "new", "old"]
    assert box.sender.tokens[0] in box.sender.offered[-1]
    assert run.state(new) is State.ACCEPTED
