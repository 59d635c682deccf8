"""Whatever is asked for, whenever: no SIM hands over more than its limits."""

from datetime import UTC
from pathlib import Path
import tempfile

from hypothesis import given, settings, strategies as st

from custom_components.gsm_gateway.messaging.guard import GuardRefusal, Limits, Wish
from custom_components.gsm_gateway.messaging.guard_budgets import Spending
from custom_components.gsm_gateway.messaging.messages import Priority

from .guarding import ALARM, DAY, HOUR, NORMAL, JumpingClock, Watch, wishing

LIMITS = Limits(
    parts_per_hour=6, parts_per_day=15, parts_per_month=60, recipients_per_day=4
)
SIMS = {"a": LIMITS, "b": LIMITS}

pauses = st.sampled_from([0.0, 1.0, 60.0, 599.0, HOUR / 2, HOUR, 5 * HOUR, DAY])
jumps = st.sampled_from([0.0, 0.0, 0.0, HOUR, -HOUR, 3 * DAY, -3 * DAY])
asks = st.tuples(
    pauses,
    jumps,
    st.sampled_from([ALARM, NORMAL, NORMAL]),
    st.integers(1, 4),
    st.integers(0, 9),
    st.sampled_from([(), ("a",), ("b",)]),
    st.sampled_from(["taken", "taken", "refused", "waits"]),
)


class Model:
    """Remembers all that was handed over, and adds it up the slow way."""

    def __init__(self) -> None:
        self.taken: list[tuple[float, str, Priority, int, str]] = []

    def parts(self, now: float, line: str, priority: Priority, length: float) -> int:
        return sum(
            parts
            for at, where, kind, parts, _ in self.taken
            if where == line and kind is priority and now - at < length
        )

    def recipients(self, now: float, line: str) -> int:
        return len(
            {
                number
                for at, where, kind, _, number in self.taken
                if where == line and kind is NORMAL and now - at < DAY
            }
        )


def hand_over(watch: Watch, wish: Wish) -> tuple[str, Spending] | None:
    """Give a message to the first SIM that may take it, as the router does."""
    for line, limits in wish.limits.items():
        left = watch.left(line, limits=limits, priority=wish.priority, number=wish.peer)
        if left >= wish.parts:
            spending = watch.spend(
                line, parts=wish.parts, priority=wish.priority, number=wish.peer
            )
            return line, spending
    return None


@settings(max_examples=150, deadline=None)
@given(st.lists(asks, max_size=80))
def test_never_more_than_the_limits(
    steps: list[tuple[float, float, Priority, int, int, tuple[str, ...], str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        walk(Watch(Path(folder), JumpingClock(), UTC), steps)


def walk(
    watch: Watch,
    steps: list[tuple[float, float, Priority, int, int, tuple[str, ...], str]],
) -> None:
    """Live through the steps with the model beside the guard."""
    model, waiting = Model(), list[Wish]()
    for number, (pause, jump, priority, parts, whom, named, fate) in enumerate(steps):
        watch.clock.pass_by(pause)
        watch.clock.jump(jump)
        limits = {line: SIMS[line] for line in named or SIMS}
        wish = wishing(
            text=str(number),
            number=f"+49170123456{whom}",
            parts=parts,
            priority=priority,
            limits=limits,
        )
        try:
            watch.guard.check([wish], waiting)
        except GuardRefusal as refused:
            frees_at = getattr(refused, "frees_at", None)
            assert frees_at is None or frees_at > watch.clock.now()
            continue
        waiting.append(wish)
        if fate == "waits":
            continue
        for ready in list(waiting):
            if (found := hand_over(watch, ready)) is None:
                continue
            waiting.remove(ready)
            line, spending = found
            if fate == "refused":
                watch.guard.refund(spending)
                continue
            now = watch.clock.monotonic()
            model.taken.append((now, line, ready.priority, ready.parts, ready.peer))
        judge(watch, model)


def judge(watch: Watch, model: Model) -> None:
    """Compare what is left, and what went out, with the limits."""
    now = watch.clock.monotonic()
    for line in SIMS:
        hour = model.parts(now, line, NORMAL, HOUR)
        day = model.parts(now, line, NORMAL, DAY)
        alarms = model.parts(now, line, ALARM, HOUR)
        month = watch.guard.used(line).month_parts
        assert hour <= LIMITS.parts_per_hour
        assert day <= LIMITS.parts_per_day
        assert alarms <= 120
        assert month <= LIMITS.parts_per_month
        assert model.recipients(now, line) <= 4
        number = "+491701234560"
        known = any(
            n == number and w == line and k is NORMAL and now - at < DAY
            for at, w, k, _, n in model.taken
        )
        free = known or model.recipients(now, line) < 4
        left = max(0, min(6 - hour, 15 - day, 48 - month)) if free else 0
        assert watch.left(line, limits=LIMITS, number=number) == left
        left = min(120 - alarms, 60 - month)
        assert watch.left(line, limits=LIMITS, priority=ALARM) == left


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 4 * DAY), st.integers(1, 4)), max_size=120))
def test_month_by_the_calendar(steps: list[tuple[float, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        watch = Watch(Path(folder), JumpingClock(), UTC)
        taken = []
        for pause, parts in steps:
            watch.clock.pass_by(pause)
            watch.spend(parts=parts)
            now = watch.clock.now()
            taken.append((now.year, now.month, now.date(), parts))
            month = sum(p for y, m, _, p in taken if (y, m) == (now.year, now.month))
            today = sum(1 for _, _, day, _ in taken if day == now.date())
            used = watch.guard.used("a")
            assert (used.today, used.month_parts) == (today, month)
