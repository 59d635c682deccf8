"""What a word in an operator's answer can mean to a reader of balances."""

from enum import Enum, auto


class Meaning(Enum):
    """The part a word plays. A word has one; what is not listed has `UNKNOWN`."""

    UNKNOWN = auto()
    BALANCE = auto()
    """Names the balance."""
    CREDIT = auto()
    """Names prepaid credit; also said of limits and loans."""
    ACCOUNT = auto()
    """Names an account, or what remains."""
    AVAILABLE = auto()
    """Names what can be spent, which may include what is lent."""
    MAIN = auto()
    """Tells the own money from other purses."""
    DEBT = auto()
    """Names what the customer owes: the amount counts as negative."""
    MINUS = auto()
    """Says the sign."""
    OTHER_PURSE = auto()
    """Points to something else than the own money: bonus, limit, loan, package."""
    ACTION = auto()
    """Something is bought, charged, topped up, compared or refused."""
    CONDITION = auto()
    """What follows need not be so (if, when)."""
    FILLER = auto()
    """Changes nothing."""
    IS = auto()
    """Joins a name to its value."""
    PRICE = auto()
    """Directly before an amount makes it a price (for, per)."""
    OWNER = auto()
    """Opens a sentence of the kind "you have"."""
    UNIT = auto()
    """Counts minutes, megabytes, messages, days or points, not money."""
    PERIOD = auto()
    """What a rate is measured in; after an amount and "/", "per"."""
    RATE = auto()
    """Makes an amount a rate by itself (daily, monthly)."""
    UNTIL = auto()
    """Says that a date of validity follows."""


LABELS = frozenset(
    {
        Meaning.BALANCE,
        Meaning.CREDIT,
        Meaning.ACCOUNT,
        Meaning.AVAILABLE,
        Meaning.DEBT,
    }
)
"""The meanings that name an amount."""
