"""What only a TG can go wrong with."""

from ..model import CannotConnect


class ApiClosed(CannotConnect):
    """The box is there, but its API is not open to us (Yeastar Q1)."""
