"""What is known of a SIM's money over time, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A balance that an operator told."""

    at: datetime
    """Aware UTC."""
    amount: Decimal
    parts: int
    """Parts of SMS that the SIM sent since the reading before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TopUp:
    """Money that was put on a SIM."""

    at: datetime
    """When it was first seen."""
    amount: Decimal
    """At least so much: what was spent since the reading before is not in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop:
    """A fall of the balance that the SMS sent meanwhile do not explain."""

    at: datetime
    amount: Decimal
    """The whole fall since the reading before."""
    unexplained: Decimal
    """The part of it that neither SMS nor the usual daily cost explain."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What the readings of a SIM say of its future; `None` is what cannot be known yet."""

    cost_per_day: Decimal | None = None
    days_left: float | None = None
    """Until the money is gone at that cost."""
    price_per_part: Decimal | None = None
    sms_left: int | None = None
    """Parts that the money lasts for."""
    last_top_up: TopUp | None = None
