"""What becomes of the outgoing messages that an earlier run has left."""

from datetime import datetime, timedelta
from typing import Any, Final

from ..gateways.clock import Clock
from .job import INTERRUPTED, Job
from .messages import Reason, State
from .outbox_log import Record
from .store import Opening

HEARD_OF: Final = timedelta(days=3)
"""How long after its last step a box may still tell of a message."""
_SKEW: Final = 60.0
"""Seconds by which a clock may be set back without being said to have jumped."""


def revive(record: Record, clock: Clock) -> Job:
    """Return a message as it was left."""
    remaining = record.message.expires_at - clock.now()
    return Job(
        message=record.message,
        need=record.need,
        serial=record.serial,
        deadline=clock.monotonic() + remaining.total_seconds(),
        pieces=record.pieces,
        revived=True,
        settled=record.message,
        on_disk=record.message.state,
        heard=record.told,
    )


def judge(
    job: Job, opening: Opening, now: datetime, newest: datetime | None
) -> dict[str, Any]:
    """Return what a message becomes since its run has ended, nothing if it goes on.

    Nothing old goes out by itself: not what may have been handed over, not
    what a backup brought back, not what has expired, and nothing at all where
    the clock went back behind `newest`, or behind the last sign of life.
    """
    message = job.message
    if message.state is State.SENDING:
        return _interrupted(job)
    if message.state is not State.QUEUED:
        return {}
    if opening.copied:
        words, key = "restored from a backup", Reason.RESTORED
        return {"state": State.UNKNOWN, "reason": words, "reason_key": key}
    if message.message_id in opening.begun:
        return _interrupted(job)
    known = [newest.timestamp()] if newest else []
    if opening.alive_at is not None:
        known.append(opening.alive_at)
    if known and now.timestamp() < max(known) - _SKEW:
        words, key = "the clock went back", Reason.CLOCK_JUMPED
    elif now >= message.expires_at:
        words, key = "no SIM could send it in time", Reason.NO_SIM_IN_TIME
    else:
        return {}
    return {"state": State.EXPIRED, "reason": words, "reason_key": key}


def _interrupted(job: Job) -> dict[str, Any]:
    """Return what a message is of which a piece may have gone out."""
    if (piece := job.next_piece) is not None:
        job.hear(piece, INTERRUPTED)
    if job.pieces:
        return job.standing()
    return {
        "state": State.UNKNOWN,
        "reason": INTERRUPTED.reason,
        "reason_key": INTERRUPTED.key,
    }
