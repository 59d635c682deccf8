"""A simulated GoIP: web pages and SMPP server, with the quirks of its firmwares."""

from .box import GoipBox
from .options import GoipOptions, firmware

__all__ = ["GoipBox", "GoipOptions", "firmware"]
