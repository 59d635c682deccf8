"""One channel of a box, and the messages that pass its radio."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from . import gsm0338
from .faults import LineFaults
from .sim_card import SimCard


@dataclass
class Line:
    """One channel of a box; `number` is the one printed on it, from 1.

    `signal` is CSQ 0-31 or 99. `reachable`: the network can be heard. `work` is held while the
    line sends an SMS or runs a USSD. `visited`: the foreign network's name while roaming.
    """

    number: int
    sim: SimCard | None = None
    signal: int = 20
    reachable: bool = True
    module_on: bool = True
    roaming: bool = False
    visited: str = ""
    faults: LineFaults = field(default_factory=LineFaults)
    work: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def registered(self) -> bool:
        """Whether the line is in the network."""
        return self.module_on and self.sim is not None and self.reachable

    @property
    def busy(self) -> bool:
        """Whether an SMS is being sent or a USSD is running."""
        return self.work.locked()

    @property
    def operator(self) -> str:
        """The network's name, empty while not registered."""
        if not self.registered or self.sim is None:
            return ""
        return self.visited if self.roaming and self.visited else self.sim.operator

    @property
    def shown_signal(self) -> int:
        """CSQ as the module tells it; 99 (unknown) without a network."""
        return self.signal if self.module_on and self.reachable else 99


@dataclass(frozen=True)
class AirMessage:
    """One SMS as the radio gets it.

    `raw`: the octets as the client gave them, where it gave octets. With encoding "binary" they
    are the user data and `text` is empty.
    """

    number: str
    text: str
    interface: str
    key: str = ""
    raw: bytes = b""
    encoding: gsm0338.RadioEncoding | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def parts(self) -> int:
        """How many SMS it takes on the air."""
        if self.encoding == "binary":
            return max(1, -(-len(self.raw) // 140))
        return len(gsm0338.split(self.text, self.encoding))


@dataclass(frozen=True)
class SendResult:
    """How sending ended: `error` is empty on success; without `told` the box never says.

    `delay`: simulated seconds by which the box says it late.
    """

    on_air: bool
    error: str = ""
    told: bool = True
    status: str = ""
    delay: float = 0.0


@dataclass(frozen=True)
class IncomingSms:
    """One SMS from the network; `id` is growing per box.

    `missing` names parts (from 1) of a long SMS that never came. `reference` is that of its parts.
    """

    id: int
    sender: str
    text: str
    encoding: gsm0338.RadioEncoding
    raw: bytes = b""
    missing: tuple[int, ...] = ()
    reference: int = 0

    @property
    def parts(self) -> list[str]:
        """The text cut as the radio cuts it; one empty part for binary messages."""
        return [""] if self.raw else gsm0338.split(self.text, self.encoding)
