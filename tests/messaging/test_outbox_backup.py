"""What waited when a backup was made goes out only if the user says so."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from custom_components.gsm_gateway.messaging.messages import (
    Priority,
    Reason,
    ShuttingDown,
    State,
)

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import Office


@pytest.fixture
async def restored(
    office: Office, box: FakeBox, clock: HandClock
) -> AsyncIterator[Office]:
    """A run on a copy that was made while two messages waited, ten hours ago."""
    office.add(box, connected=False)
    await office.submit("normal", minutes=60)
    await office.submit("alarm", priority=Priority.ALARM, minutes=30)
    await office.store.begin_copy()
    office.kill()
    await clock.leap(36_000)
    run = await office.next_run()
    run.add(box)
    run.outbox.box_connected("box")
    await settle()
    yield run
    closing = asyncio.create_task(run.outbox.close())
    await clock.advance(5)
    await closing
    await run.store.close()


async def test_nothing_old_goes_out(
    restored: Office, box: FakeBox, clock: HandClock
) -> None:
    await clock.advance(60)
    assert box.sender.on_air == []
    assert restored.states("m1") == ["unknown"]
    assert restored.message("m1").reason_key is Reason.RESTORED
    assert restored.outbox.restored == 2


async def test_new_messages_go_out(restored: Office, box: FakeBox) -> None:
    await restored.submit("new")
    await settle()
    assert box.order == ["new"]


async def test_what_was_queued_since_waits_over_a_restart(
    restored: Office, box: FakeBox
) -> None:
    line = restored.router.get("a")
    assert line is not None
    line.connected = False
    await restored.submit("new")
    restored.kill()
    run = await restored.next_run()
    run.add(box)
    run.outbox.box_connected("box")
    await settle()
    assert box.order == ["new"]
    assert run.outbox.restored == 2
    run.kill()


async def test_user_wants_them_sent(
    restored: Office, box: FakeBox, clock: HandClock
) -> None:
    line = restored.router.get("a")
    assert line is not None
    line.connected = False
    assert await restored.outbox.resume_restored() == 2
    assert restored.outbox.restored == 0
    assert restored.states("m1") == ["unknown", "queued"]
    message = restored.message("m1")
    assert (message.expires_at - clock.now()).total_seconds() == 3600
    await clock.advance(29 * 60)
    line.connected = True
    restored.outbox.box_connected("box")
    await settle()
    assert box.order == ["alarm", "normal"]
    assert restored.state("m1") is State.ACCEPTED
    assert await restored.outbox.resume_restored() == 0


async def test_user_does_not_want_them_sent(
    restored: Office, box: FakeBox, clock: HandClock
) -> None:
    assert restored.outbox.drop_restored() == 2
    assert restored.outbox.restored == 0
    assert restored.message("m1").reason_key is Reason.DROPPED
    assert restored.state("m1") is State.UNKNOWN
    assert await restored.outbox.resume_restored() == 0
    await settle()
    restored.kill()
    run = await restored.next_run()
    assert run.outbox.restored == 0
    run.kill()
    await settle()


async def test_question_is_asked_again_after_a_restart(
    restored: Office, box: FakeBox
) -> None:
    await restored.store.end_copy()
    restored.kill()
    run = await restored.next_run()
    assert run.outbox.restored == 2
    run.kill()
    await settle()
    assert box.sender.on_air == []


async def test_too_late_to_decide(
    restored: Office, box: FakeBox, clock: HandClock
) -> None:
    closing = asyncio.create_task(restored.outbox.close())
    await clock.advance(5)
    await closing
    with pytest.raises(ShuttingDown):
        await restored.outbox.resume_restored()
