"""What is told of balances inside Home Assistant, and which SIMs have one."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.util.signal_type import SignalTypeFormat

from .balance.readings import Drop, Reading
from .const import CONF_BALANCE_CODE, CONF_CURRENCY, DOMAIN


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceRead:
    """A balance that was read, with the one before."""

    sim_id: str
    before: Reading | None
    reading: Reading
    drop: Drop | None
    valid_until: date | None


# Both are keyed by the SIM's subentry id.
SIGNAL_BALANCE: Final[SignalTypeFormat[()]] = SignalTypeFormat(f"{DOMAIN}_balance_{{}}")
"""Something of what is known has changed."""
SIGNAL_BALANCE_READ: Final[SignalTypeFormat[BalanceRead]] = SignalTypeFormat(
    f"{DOMAIN}_balance_read_{{}}"
)
"""A balance was read, and is on disk unless that is full."""


def shows_balance(sim: ConfigSubentry) -> bool:
    """Tell whether there is a code to ask with, and a currency to show the answer in."""
    return bool(sim.data.get(CONF_BALANCE_CODE) and sim.data.get(CONF_CURRENCY))
