"""Lines that call and that nobody has registered: boxes that a user may want to add."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from ipaddress import ip_address
from typing import Self

from ..clock import Clock
from .udp_packets import Address, Packet
from .udp_status import keepalive_status

MOST_ADDRESSES = 5
MOST_IDS = 64
FORGOTTEN_AFTER = 600.0
"""Seconds of silence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StrangerLine:
    """What the last keepalive of an unknown line told."""

    port: int
    """Where it called from."""
    signal_csq: int | None = None
    operator: str | None = None
    number: str | None = None
    imei: str | None = None
    imsi: str | None = None
    iccid: str | None = None
    _password: bytes = field(repr=False, default=b"")

    @classmethod
    def of(cls, keepalive: Packet, port: int) -> Self:
        """Return what a keepalive tells."""
        status = keepalive_status(0, keepalive)
        return cls(
            port=port,
            signal_csq=status.signal_csq,
            operator=status.operator,
            number=status.number,
            imei=status.imei,
            imsi=status.imsi,
            iccid=status.iccid,
            _password=keepalive.password.encode(),
        )

    def password_is(self, password: str) -> bool:
        """Compare a password with the one that came, in constant time."""
        return compare_digest(self._password, password.encode())


@dataclass(frozen=True, kw_only=True, slots=True)
class Stranger:
    """An address that unknown lines call from."""

    address: str
    lines: Mapping[str, StrangerLine]
    """By id."""


class Strangers:
    """The unknown addresses that have called lately, a few at most."""

    def __init__(self, clock: Clock, on_change: Callable[[], None]) -> None:
        """Know none; `on_change` hears of each that comes, grows or is forgotten."""
        self._clock = clock
        self._on_change = on_change
        self._lines: dict[str, dict[str, StrangerLine]] = {}
        self._heard: dict[str, float] = {}

    def present(self) -> Mapping[str, Stranger]:
        """Return them by address."""
        return {
            address: Stranger(address=address, lines=dict(lines))
            for address, lines in self._lines.items()
        }

    def add(self, keepalive: Packet, origin: Address) -> None:
        """Take note of a keepalive from the private network."""
        address, port = origin
        if not keepalive.id or not is_private(address):
            return
        if address not in self._lines and len(self._lines) >= MOST_ADDRESSES:
            return
        lines = self._lines.setdefault(address, {})
        self._heard[address] = self._clock.monotonic()
        is_new = keepalive.id not in lines
        if is_new and len(lines) >= MOST_IDS:
            return
        lines[keepalive.id] = StrangerLine.of(keepalive, port)
        if is_new:
            self._on_change()

    def drop(self, address: str) -> None:
        """Forget an address: a line that is known calls from there."""
        if self._lines.pop(address, None) is not None:
            self._on_change()

    def forget(self) -> None:
        """Forget those that are silent."""
        end = self._clock.monotonic() - FORGOTTEN_AFTER
        silent = [each for each in self._lines if self._heard[each] < end]
        for address in silent:
            del self._lines[address]
        if silent:
            self._on_change()

    def forget_all(self) -> None:
        """Forget all: nobody listens any more."""
        if self._lines:
            self._lines.clear()
            self._on_change()


def is_private(address: str) -> bool:
    """Tell whether an address is of a private network (RFC 1918 and its like)."""
    try:
        return ip_address(address).is_private
    except ValueError:
        return False
