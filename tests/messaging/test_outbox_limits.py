"""Limits, pace and turns: which message leaves when."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    SendRefused,
    SendState,
)
from custom_components.gsm_gateway.messaging.guard_budgets import Limits
from custom_components.gsm_gateway.messaging.guard_refusals import (
    LargerThanLimit,
    OverBudget,
)
from custom_components.gsm_gateway.messaging.messages import (
    Priority,
    Reason,
    Route,
    State,
)

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import Office


async def test_sim_without_budget_leaves_it_to_another(
    office: Office, box: FakeBox
) -> None:
    line = office.add(box)
    office.add(FakeBox(), "b", box_id="other")
    line.limits = Limits(parts_per_hour=1)
    ids = [
        await office.submit(text, route=Route(order=("a", "b"))) for text in ("1", "2")
    ]
    await settle()
    assert [office.message(each).line_id for each in ids] == ["a", "b"]


async def test_no_sim_has_budget_left(office: Office, box: FakeBox) -> None:
    line = office.add(box)
    line.limits = Limits(parts_per_hour=2)
    await office.submit("1")
    with pytest.raises(LargerThanLimit):
        await office.submit("x" * 400)
    with pytest.raises(OverBudget):
        await office.outbox.submit([office.request("2"), office.request("3")])
    await office.submit("2")
    with pytest.raises(OverBudget):
        await office.submit("3")


async def test_what_waits_uses_the_budget(office: Office, box: FakeBox) -> None:
    line = office.add(box, connected=False)
    line.limits = Limits(parts_per_hour=2)
    await office.submit("1")
    await office.submit("2")
    with pytest.raises(OverBudget):
        await office.submit("3")


async def test_limit_that_was_lowered_meanwhile(
    office: Office, box: FakeBox, clock: HandClock
) -> None:
    line = office.add(box, connected=False)
    message_id = await office.submit("x" * 200, minutes=10)
    line.limits = Limits(parts_per_hour=1)
    line.connected = True
    office.outbox.wake()
    await clock.advance(600)
    message = office.message(message_id)
    assert (message.state, message.reason_key) == (State.EXPIRED, Reason.OVER_LIMIT)
    assert box.sender.on_air == []


@pytest.mark.parametrize(
    ("error", "parts"),
    [(None, 1), (SendRefused("no"), 0), (RuntimeError("?"), 1)],
)
async def test_only_what_may_be_on_the_air_counts(
    office: Office, box: FakeBox, error: Exception | None, parts: int
) -> None:
    office.add(box)
    box.sender.endings = [error]
    await office.submit()
    await settle()
    assert office.guard.used("a").month_parts == parts


async def test_what_waits_again_does_not_count(office: Office, box: FakeBox) -> None:
    office.add(box)
    box.sender.endings = [CannotConnect("away")]
    await office.submit()
    await settle()
    assert office.guard.used("a").month_parts == 0


async def test_report_of_failure_gives_the_budget_back(
    office: Office, box: FakeBox
) -> None:
    office.add(box)
    await office.submit()
    await settle()
    office.report(box.sender.tokens[0], SendState.FAILED)
    assert office.guard.used("a").month_parts == 0


async def test_only_alarms_leave_while_roaming(office: Office, box: FakeBox) -> None:
    line = office.add(box)
    line.roaming = True
    normal = await office.submit("normal")
    await office.submit("alarm", priority=Priority.ALARM)
    await settle()
    assert box.order == ["alarm"]
    line.roaming_allowed = True
    office.outbox.wake()
    await settle()
    assert office.state(normal) is State.ACCEPTED


@pytest.mark.parametrize("roaming", [None, False])
async def test_at_home_everything_leaves(
    office: Office, box: FakeBox, roaming: bool | None
) -> None:
    office.add(box).roaming = roaming
    await office.submit()
    await settle()
    assert len(box.sender.on_air) == 1


async def test_pace_that_the_user_has_set(office: Office, clock: HandClock) -> None:
    box = FakeBox(pacing=10)
    line = office.add(box)
    line.pacing = 2.0
    await office.submit("1")
    await office.submit("2")
    await clock.advance(1)
    assert box.order == ["1"]
    await clock.advance(1)
    assert box.order == ["1", "2"]


async def test_alarm_behind_newsletters_waits_for_one_and_the_pace(
    office: Office, clock: HandClock
) -> None:
    box = FakeBox(pacing=3)
    office.add(box)
    box.sender.gate = asyncio.Event()
    await office.outbox.submit([office.request(f"news {n}") for n in range(100)])
    await settle()
    alarm = await office.submit("alarm", priority=Priority.ALARM)
    await settle()
    assert box.order == ["news 0"]
    box.sender.gate.set()
    await clock.advance(2.9)
    assert box.order == ["news 0"]
    await clock.advance(0.1)
    assert box.order == ["news 0", "alarm"]
    assert office.state(alarm) is State.ACCEPTED


async def test_how_many_wait(office: Office, box: FakeBox) -> None:
    office.add(box, connected=False)
    office.add(box, "b", channel=2, connected=False)
    await office.submit("1", route=Route(order=("a",)))
    await office.submit("2")
    assert office.outbox.waiting() == 2
    assert (office.outbox.waiting("a"), office.outbox.waiting("b")) == (2, 1)


async def test_queue_of_thousands_is_not_gone_through_for_nothing(
    office: Office, box: FakeBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.add(box, connected=False)
    office.add(FakeBox(), "b", box_id="other")
    only = Route(order=("a",))
    await office.outbox.submit(
        [office.request(f"news {n}", route=only) for n in range(1000)]
    )
    asked: list[str] = []

    def left(line_id: str, *_: object) -> int:
        asked.append(line_id)
        return 1

    monkeypatch.setattr(office.guard, "left", left)
    for _ in range(10):
        office.outbox.wake()
    assert len(asked) < 100
