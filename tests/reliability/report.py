"""What a process under test tells the harness, at the moment it happens."""

import json
import os
from typing import Any

from .timing import Timing


class Reporter:
    """Writes JSON lines into a pipe; what is written outlives a kill of the writer."""

    def __init__(self, descriptor: int, timing: Timing) -> None:
        """Write to this descriptor."""
        self._descriptor = descriptor
        self._timing = timing

    def tell(self, kind: str, **fields: Any) -> None:
        """Write one line; it is out when this returns."""
        line = {"kind": kind, "at": self._timing.now(), **fields}
        data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        while data:
            data = data[os.write(self._descriptor, data) :]
