"""Balances of a box's SIMs: when to ask, what came, what the sensors show."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceResult:
    """An operator's answer to the balance code."""

    balance: Decimal | None
    """None where no balance could be read in the answer."""
    currency: str | None
    answer: str


class Balances:
    """The balances of one box; keyed by the SIM's subentry id."""

    async def refresh(self, subentry_id: str) -> BalanceResult:
        """Ask now and return the answer. Raises `GatewayError`; `KeyError` without a code."""
        raise NotImplementedError
