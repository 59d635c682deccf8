"""A simulated Yeastar NeoGate TG: HTTP pages, and AMI with its `smscommand`."""

from .box import YeastarBox
from .options import YeastarOptions

__all__ = ["YeastarBox", "YeastarOptions"]
