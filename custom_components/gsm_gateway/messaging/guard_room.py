"""Whether the messages of one call find room in the budgets of the SIMs."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from ..gateways.clock import Clock
from .guard_budgets import BUDGETS_OF, DAY, HOUR, Account, Limits
from .guard_refusals import Budget, LargerThanLimit, OverBudget
from .guard_wishes import Ahead, Wish
from .messages import Priority

type Sims = dict[str, tuple[Account, Limits]]
"""By line id."""


class Room:
    """What SIMs have left, together, beside what waits for them."""

    def __init__(self, clock: Clock, account: Callable[[str], Account]) -> None:
        """Look at the accounts that `account` gives by line id."""
        self._clock = clock
        self._account = account

    def check(self, wishes: Sequence[Wish], ahead: Iterable[Wish]) -> None:
        """Raise `LargerThanLimit` or `OverBudget` unless there is room for all.

        What is ahead counts whole against every SIM that it may use.
        """
        waiting = Ahead(ahead)
        for wish in wishes:
            sims = self._large_enough(wish)
            sims = self._for_recipient(wish, sims, waiting)
            self._for_parts(wish, sims, waiting)
            waiting.add(wish)

    def _large_enough(self, wish: Wish) -> Sims:
        """Return the SIMs whose limits, if nothing of them were used, take the message."""
        sims = {
            line_id: (self._account(line_id), limits)
            for line_id, limits in wish.limits.items()
            if limits.whole(wish.priority)[0] >= wish.parts
        }
        if not sims:
            wholes = (limits.whole(wish.priority) for limits in wish.limits.values())
            limit, which = max(wholes)
            raise LargerThanLimit(
                wish.number, wish.cause, which=which, limit=limit, parts=wish.parts
            )
        return sims

    def _for_recipient(self, wish: Wish, sims: Sims, waiting: Ahead) -> Sims:
        """Return those of the SIMs that may write to this number."""
        peer = wish.peer
        takers = {
            line_id: sim
            for line_id, sim in sims.items()
            if sim[0].takes(sim[1], wish.priority, peer)
        }
        if wish.priority is Priority.ALARM:
            return takers
        limits = [sim.recipients_per_day for _, sim in sims.values()]
        if None in limits or any(a.has_written_to(peer) for a, _ in sims.values()):
            return takers
        most = sum(limit for limit in limits if limit is not None)
        accounts = [account for account, _ in sims.values()]
        new = {
            other
            for other in waiting.peers(sims.keys())
            if not any(account.has_written_to(other) for account in accounts)
        }
        used = sum(account.recipients for account in accounts) + len(new - {peer})
        if used < most and takers:
            return takers
        leave = [a.recipient_leaves() for a in accounts if a.recipients]
        raise self._over(wish, Budget.RECIPIENTS, most, used, min(leave, default=DAY))

    def _for_parts(self, wish: Wish, sims: Sims, waiting: Ahead) -> None:
        """Raise `OverBudget` unless the parts have room beside what waits."""
        priority = wish.priority
        rooms = {
            which: sum(a.room(which, limits, priority) for a, limits in sims.values())
            - waiting.parts(sims.keys(), _before(priority, which))
            for which in BUDGETS_OF[priority]
        }
        tightest = min(rooms, key=rooms.__getitem__)
        together = sum(a.left(limits, priority) for a, limits in sims.values())
        together -= waiting.parts(sims.keys(), (priority,))
        if (room := min(rooms[tightest], together)) < wish.parts:
            self._refuse(wish, sims, tightest, rooms[tightest], wish.parts - room)
        most, line_id = max((a.left(x, priority), i) for i, (a, x) in sims.items())
        if most < wish.parts:  # it cannot be shared out among SIMs
            account, limits = sims[line_id]
            each = {b: account.room(b, limits, priority) for b in BUDGETS_OF[priority]}
            which = min(each, key=each.__getitem__)
            only = {line_id: sims[line_id]}
            self._refuse(wish, only, which, most, wish.parts - most)

    def _refuse(
        self, wish: Wish, sims: Sims, which: Budget, room: int, short: int
    ) -> None:
        """Raise `OverBudget`, with the time when `short` parts are free again."""
        limit = sum(limits.of(which, wish.priority) for _, limits in sims.values())
        frees = []
        for account, limits in sims.values():
            excess = account.used(which) - limits.of(which, wish.priority)
            for seconds, parts in account.leaving(which):
                if (freed := min(parts, parts - excess)) > 0:
                    frees.append((seconds, freed))
                excess -= parts
        longest = DAY if which is Budget.DAY else HOUR
        seconds = _seconds_until(short, sorted(frees), longest)
        raise self._over(wish, which, limit, limit - room, seconds)

    def _over(
        self, wish: Wish, which: Budget, limit: int, used: int, seconds: float
    ) -> OverBudget:
        frees_at = self._clock.now() + timedelta(seconds=seconds)
        return OverBudget(
            wish.number,
            wish.cause,
            which=which,
            limit=limit,
            used=used,
            frees_at=frees_at,
        )


def _seconds_until(
    parts: int, frees: Iterable[tuple[float, int]], longest: float
) -> float:
    """Return in how many seconds so many parts are free, as far as anybody can tell."""
    for seconds, freed in frees:
        parts -= freed
        if parts <= 0:
            return seconds
    return longest


def _before(priority: Priority, which: Budget) -> tuple[Priority, ...]:
    """Return whose messages, sent first, use what this budget has."""
    if priority is Priority.NORMAL and which is Budget.MONTH:
        return (Priority.ALARM, Priority.NORMAL)
    return (priority,)
