"""What a port's SIM is, and what its subentry begins with."""

from collections.abc import Mapping
from typing import Any

from .cards import card_told
from .const import (
    CONF_BALANCE_INTERVAL,
    CONF_CHANNEL,
    CONF_CURRENCY,
    CONF_USE_FOR_SENDING,
    DEFAULT_BALANCE_INTERVAL,
)
from .gateways.model import ChannelStatus
from .messaging.messages import SendPolicy


def has_sim(channel: ChannelStatus) -> bool:
    """Tell whether there is a SIM in a channel; one that is registered has one."""
    if channel.sim_present is None:
        return channel.registered is True
    return channel.sim_present


def sim_title(channel: int) -> str:
    """Return what the subentry of a port is called."""
    return f"SIM {channel}"


def sim_unique_id(channel: int) -> str:
    """Return what no other subentry of the box has."""
    return f"sim_{channel}"


def sim_data(sim: ChannelStatus, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a port's subentry: the card in it, and its settings."""
    return {
        CONF_CHANNEL: sim.channel,
        **card_told(sim).data,
        CONF_BALANCE_INTERVAL: DEFAULT_BALANCE_INTERVAL,
        CONF_CURRENCY: None,
        CONF_USE_FOR_SENDING: SendPolicy.ALWAYS.value,
        **settings,
    }
