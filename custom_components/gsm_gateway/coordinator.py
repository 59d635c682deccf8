"""Status of a box, read every now and then."""

from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .gateways.model import GatewayStatus


class StatusCoordinator(DataUpdateCoordinator[GatewayStatus]):
    """Reads what the box shows of itself."""
