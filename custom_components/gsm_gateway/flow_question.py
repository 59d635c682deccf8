"""What a page about a balance code offers to dial, and whom it asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from .cards import Card, OtherCard, card_since, other_card
from .const import CONF_BALANCE_CODE, CONF_CHANNEL


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A code, and the card that it asks."""

    channel: int
    code: str
    card: Card
    since: datetime | None
    """Since when the SIM has this card, if it had another one before."""
    other: OtherCard | None
    """The card that is in its port instead."""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self | None:
        """Return the question of a SIM with these settings; None without a code."""
        if not (code := settings.get(CONF_BALANCE_CODE)):
            return None
        return cls(
            channel=settings[CONF_CHANNEL],
            code=code,
            card=Card.of(settings),
            since=card_since(settings),
            other=other_card(settings),
        )

    def is_same(self, other: Self | None) -> bool:
        """Tell whether this dials the same for the same card, whatever is learned of it."""
        return (
            other is not None
            and (self.channel, self.code) == (other.channel, other.code)
            and (self.since, self.other) == (other.since, other.other)
            and self.card.is_same(other.card) is not False
        )
