"""Entries as the config flow leaves them."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.const import DOMAIN, SUBENTRY_CONTACT, SUBENTRY_SIM

BALANCE = {"balance_code": "*100#", "balance_interval": 24, "currency": "PLN"}


def sim(channel: int, **settings: Any) -> ConfigSubentryDataWithId:
    """Return a SIM of Orange Poland."""
    return ConfigSubentryDataWithId(
        subentry_id=f"sim{channel}",
        subentry_type=SUBENTRY_SIM,
        title=f"SIM {channel}",
        unique_id=f"sim_{channel}",
        data={
            "channel": channel,
            "operator": "Orange",
            "imsi": "260030000000001",
            "iccid": f"894803000000000000{channel}",
            "use_for_sending": "always",
            **settings,
        },
    )


def contact(name: str, number: str, **settings: Any) -> ConfigSubentryDataWithId:
    """Return a contact that any SIM may write to."""
    return ConfigSubentryDataWithId(
        subentry_id=name.lower(),
        subentry_type=SUBENTRY_CONTACT,
        title=name,
        unique_id=f"contact_{number}",
        data={
            "number": number,
            "sims": [],
            "fallback": "any",
            "priority": "normal",
            **settings,
        },
    )


def goip_entry(
    *subentries: ConfigSubentryDataWithId, host: str = "192.0.2.1", **facts: Any
) -> MockConfigEntry:
    """Return an entry of a GoIP named Cellar."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Cellar",
        unique_id="GOIP0001",
        data={
            "brand": "goip",
            "host": host,
            "tls": False,
            "verify_ssl": True,
            "http_port": 80,
            "username": "admin",
            "password": "secret",
            **facts,
        },
        options={"notify_name": "cellar"},
        subentries_data=subentries,
    )


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Add an entry and wait until it is ready, its link included."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)


async def settle(hass: HomeAssistant) -> None:
    """Wait until everything that can go on has gone on."""
    await hass.async_block_till_done(wait_background_tasks=True)
