"""Errors inside the box."""


class CommandRefusedError(Exception):
    """The box does not take a command; the text is what its client reads."""
