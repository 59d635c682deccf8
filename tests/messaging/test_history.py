"""What a user is shown of the message log, and when nobody listened to a box."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from custom_components.gsm_gateway.messaging.history import (
    Direction,
    Entry,
    Gap,
    Origin,
    Scope,
    Step,
    gaps,
    listening,
    messages,
    origin,
)

from .hand_clock import START, HandClock
from .rows import ago, moment, part, received, sent, sent_state
from .storing import Log


@pytest.fixture
async def log(tmp_path: Path, clock: HandClock) -> AsyncIterator[Log]:
    log = Log(tmp_path, clock, thread=False)
    await log.store.open()
    yield log
    await log.store.close()


async def ids(log: Log, **wanted: object) -> list[str]:
    """Return the ids of the messages that are found."""
    found = await messages(log.store, **({"limit": 50} | wanted))  # type: ignore[arg-type]
    return [entry.message_id for entry in found]


async def test_both_directions_come_in_one_list_the_newest_first(log: Log) -> None:
    await log.store.write(
        received("r1", ago(minutes=40)),
        sent("s2", ago(minutes=30)),
        received("r3", ago(minutes=20)),
        sent("s4", ago(minutes=10)),
    )
    assert await ids(log) == ["s4", "r3", "s2", "r1"]
    assert await ids(log, limit=2) == ["s4", "r3"]
    assert await ids(log, direction=Direction.SENT) == ["s4", "s2"]
    assert await ids(log, direction=Direction.RECEIVED) == ["r3", "r1"]
    assert await ids(log, since=moment(ago(minutes=20))) == ["s4", "r3"]


async def test_messages_of_a_box_of_a_sim_and_of_a_number(log: Log) -> None:
    await log.store.write(
        received("here 1", ago(minutes=9)),
        received("here 2", ago(minutes=8), channel=2, sender="012345"),
        received("other", ago(minutes=7), box_id="other", sender="BANK"),
        sent("by 1", ago(minutes=6)),
        sent("by 2", ago(minutes=5), line_id="sim2", number="BANK"),
        sent("meant for 2", ago(minutes=4), line_id="sim2", box_id=None),
        sent("by other", ago(minutes=3), line_id="sim9", box_id="other"),
        sent("by any", ago(minutes=2), line_id=None, box_id=None),
    )
    box = Scope(box_id="box", line_ids=frozenset({"sim1", "sim2"}))
    assert await ids(log, scope=box) == [
        "meant for 2",
        "by 2",
        "by 1",
        "here 2",
        "here 1",
    ]
    sim = Scope(box_id="box", channel=2, line_ids=frozenset({"sim2"}))
    assert await ids(log, scope=sim) == ["meant for 2", "by 2", "here 2"]
    port = Scope(box_id="box", channel=1)
    assert await ids(log, scope=port) == ["here 1"]
    bank = Scope(numbers=frozenset({"BANK", "Bank"}))
    assert await ids(log, scope=bank) == ["by 2", "other"]
    assert await ids(log, scope=Scope(numbers=frozenset())) == []
    both = Scope(box_id="box", numbers=frozenset({"012345"}))
    assert await ids(log, scope=both) == ["here 2"]


async def test_a_repeat_that_was_dropped_is_not_shown(log: Log) -> None:
    await log.store.write(
        received("twin", ago(minutes=2)),
        received("again", ago(minutes=1), state="dropped"),
    )
    assert await ids(log) == ["twin"]


async def test_all_that_is_known_of_a_received_message(log: Log) -> None:
    at = ago(minutes=5)
    changes = {"parts": 3, "complete": 0, "time_guessed": 1, "redelivered": 1}
    await log.store.write(received("r1", at, changed_at=at + 1, **changes))
    assert await messages(log.store, limit=1) == [
        Entry(
            message_id="r1",
            direction=Direction.RECEIVED,
            box_id="box",
            channel=1,
            line_id=None,
            number="+4912345",
            text="text of r1",
            kind="text",
            state="announced",
            parts=3,
            complete=False,
            time_guessed=True,
            redelivered=True,
            at=moment(at),
            changed_at=moment(at + 1),
        )
    ]


async def test_all_that_is_known_of_a_sent_message(log: Log) -> None:
    at = ago(minutes=5)
    changes = {"reason": "refused", "reason_key": "box_words", "code": 50}
    await log.store.write(
        sent(
            "s1", at, state="failed", parts=2, attempt=2, changed_at=at + 9, **changes
        ),
        sent_state("s1", "queued", at, line_id=None),
        sent_state("s1", "sending", at + 1),
        sent_state("s1", "queued", at + 2, reason="busy", attempt=2),
        sent_state("s1", "failed", at + 9, reason="refused", code=50, attempt=2),
        sent_state("s0", "failed", at + 9),
    )

    def step(state: str, seconds: float, **known: object) -> Step:
        rest = {"reason": "", "code": None, "attempt": 1, "line_id": "sim1"} | known
        return Step(state=state, at=moment(at + seconds), **rest)  # type: ignore[arg-type]

    assert await messages(log.store, limit=1) == [
        Entry(
            message_id="s1",
            direction=Direction.SENT,
            box_id="box",
            channel=None,
            line_id="sim1",
            number="+4912345",
            text="text of s1",
            kind="text",
            state="failed",
            reason="refused",
            reason_key="box_words",
            code=50,
            parts=2,
            attempt=2,
            at=moment(at),
            changed_at=moment(at + 9),
            expires_at=moment(at + 3600),
            steps=(
                step("queued", 0, line_id=None),
                step("sending", 1),
                step("queued", 2, reason="busy", attempt=2),
                step("failed", 9, reason="refused", code=50, attempt=2),
            ),
        )
    ]


async def test_bytes_that_are_no_text_are_shown(log: Log) -> None:
    at = ago(minutes=5)
    binary = {"message_id": "r1", "coding": "binary"}
    await log.store.write(
        received("r1", at, kind="binary", text=""),
        part("p2", at, payload=b"\x02\xff", place=2, **binary),
        part("p1", at + 1, payload=b"\x01", place=1, **binary),
        received("r2", at - 1),
        part("q1", at, payload=b"hello", message_id="r2"),
        received("r3", at - 2),
        part("w1", at, payload=b"what", raw=b"\xde\xad", message_id="r3"),
    )
    found = await messages(log.store, limit=3)
    assert [entry.raw for entry in found] == ["01 02ff", "", "dead"]


async def test_where_a_message_came_from(log: Log) -> None:
    await log.store.write(received("r1", ago(minutes=5), channel=7, sender="BANK"))
    expected = Origin(box_id="box", channel=7, sender="BANK")
    assert await origin(log.store, "r1") == expected
    assert await origin(log.store, "r2") is None


async def test_a_gap_lasts_from_the_loss_to_the_return(
    log: Log, clock: HandClock
) -> None:
    listening(log.store, "box", clock.now(), connected=True)
    assert await gaps(log.store, "box", 9) == []
    await clock.advance(600)
    lost = clock.now()
    listening(log.store, "box", lost, connected=False)
    await clock.advance(5)
    listening(log.store, "box", clock.now(), connected=False)
    assert await gaps(log.store, "box", 9) == [Gap(since=lost, until=None)]
    await clock.advance(300)
    back = clock.now()
    listening(log.store, "box", back, connected=True)
    await clock.advance(5)
    listening(log.store, "box", clock.now(), connected=True)
    assert await gaps(log.store, "box", 9) == [Gap(since=lost, until=back)]
    assert await gaps(log.store, "other", 9) == []


async def test_the_last_gaps_come_first(log: Log, clock: HandClock) -> None:
    for _ in range(3):
        listening(log.store, "box", clock.now(), connected=False)
        await clock.advance(10)
        listening(log.store, "box", clock.now(), connected=True)
        await clock.advance(10)
    found = await gaps(log.store, "box", 2)
    assert [(gap.since - START).seconds for gap in found] == [40, 20]


@pytest.mark.parametrize("says_lost_first", [True, False])
async def test_after_a_crash_the_gap_begins_with_the_last_sign_of_life(
    tmp_path: Path, clock: HandClock, says_lost_first: bool
) -> None:
    first = Log(tmp_path, clock, thread=False)
    await first.store.open()
    await listening(first.store, "box", clock.now(), connected=True)
    await clock.advance(100)  # the last sign of life comes after 61 s
    await first.crash()
    await clock.advance(1000)
    second = Log(tmp_path, clock, thread=False)
    opening = await second.store.open()
    alive_at = opening.alive_at
    assert alive_at is not None
    assert 55 < alive_at - START.timestamp() < 100
    if says_lost_first:
        listening(second.store, "box", clock.now(), connected=False)
        assert await gaps(second.store, "box", 9) == [
            Gap(since=moment(alive_at), until=None)
        ]
        await clock.advance(10)
    back = clock.now()
    listening(second.store, "box", back, connected=True)
    expected = [Gap(since=moment(alive_at), until=back)]
    assert await gaps(second.store, "box", 9) == expected
    await clock.advance(100)
    listening(second.store, "box", clock.now(), connected=True)
    assert await gaps(second.store, "box", 9) == expected
    await second.store.close()


async def test_a_crash_soon_after_the_connection(
    tmp_path: Path, clock: HandClock
) -> None:
    first = Log(tmp_path, clock, thread=False)
    await first.store.open()
    await clock.advance(90)  # the last sign of life comes before
    connected = clock.now()
    listening(first.store, "box", connected, connected=True)
    await first.put("written")
    await first.crash()
    await clock.advance(1000)
    second = Log(tmp_path, clock, thread=False)
    await second.store.open()
    expected = [Gap(since=connected, until=None)]
    assert await gaps(second.store, "box", 9) == expected
    await second.store.close()


async def test_a_run_that_ended_well_leaves_a_gap_too(
    tmp_path: Path, clock: HandClock
) -> None:
    first = Log(tmp_path, clock, thread=False)
    await first.store.open()
    await listening(first.store, "box", clock.now(), connected=True)
    await clock.advance(90)
    ended = clock.now()
    await first.store.close()
    await clock.advance(1000)
    second = Log(tmp_path, clock, thread=False)
    await second.store.open()
    assert await gaps(second.store, "box", 9) == [Gap(since=ended, until=None)]
    await second.store.close()


async def test_a_clock_that_goes_back_makes_no_gap_end_before_it_begins(
    log: Log, clock: HandClock
) -> None:
    listening(log.store, "box", clock.now(), connected=False)
    listening(log.store, "box", moment(ago(hours=1)), connected=True)
    assert await gaps(log.store, "box", 9) == [Gap(since=START, until=START)]


async def test_a_gap_outlives_a_crash_in_it(tmp_path: Path, clock: HandClock) -> None:
    first = Log(tmp_path, clock, thread=False)
    await first.store.open()
    lost = clock.now()
    await listening(first.store, "box", lost, connected=False)
    await clock.advance(200)
    await first.crash()
    second = Log(tmp_path, clock, thread=False)
    await second.store.open()
    back = clock.now()
    listening(second.store, "box", back, connected=True)
    assert await gaps(second.store, "box", 9) == [Gap(since=lost, until=back)]
    await second.store.close()
