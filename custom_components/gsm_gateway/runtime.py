"""What runs behind the entries: the queue that all boxes share, and each box's own side."""

from dataclasses import dataclass
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .balances import Balances
from .const import DOMAIN
from .coordinator import StatusCoordinator
from .gateways.clock import Clock
from .gateways.ports import Gateway
from .messaging.line import Line
from .messaging.outbox import Outbox
from .messaging.router import Router

type GsmGatewayConfigEntry = ConfigEntry[GatewayRuntime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a received message came from, for those who answer it."""

    entry_id: str
    sender: str
    line_id: str | None
    """Subentry id of the SIM that received it; none on a port that has no SIM here."""


class Messenger:
    """What all boxes share; one in each Home Assistant, at `hass.data[MESSENGER]`."""

    clock: Clock
    router: Router
    outbox: Outbox

    def received(self, message_id: str) -> Origin | None:
        """Return where one of the last thousand received messages came from."""
        raise NotImplementedError


MESSENGER: HassKey[Messenger] = HassKey(DOMAIN)


class GatewayRuntime:
    """One box at work: `entry.runtime_data`."""

    hass: HomeAssistant
    entry: GsmGatewayConfigEntry
    messenger: Messenger
    gateway: Gateway
    lines: dict[str, Line]
    """By the subentry id of the SIM, which is the line's id as well."""
    status: StatusCoordinator
    """Its data is the last `GatewayStatus`; empty while the box is away."""
    balances: Balances

    @property
    def connected(self) -> bool:
        """Tell whether the box is within reach."""
        raise NotImplementedError

    @property
    def last_gap(self) -> tuple[datetime, datetime | None] | None:
        """Return since when, and until when, nobody was listening last; none since the start."""
        raise NotImplementedError
