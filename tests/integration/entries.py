"""Entries as the config flow leaves them."""

import asyncio
from datetime import timedelta
import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigSubentry,
    ConfigSubentryDataWithId,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.const import DOMAIN, SUBENTRY_CONTACT, SUBENTRY_SIM
from custom_components.gsm_gateway.messaging.disk import Disk
from custom_components.gsm_gateway.messaging.line import Line
from custom_components.gsm_gateway.messenger import MESSENGER, STORE_FILE

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
    """Wait until everything that can go on has gone on.

    Home Assistant does not know of the tasks that keep the links: they get some
    turns of the loop.
    """
    for _ in range(20):
        await asyncio.sleep(0)
        await hass.async_block_till_done(wait_background_tasks=True)


def asked_just_now(
    hass: HomeAssistant,
    entry: ConfigEntry,
    *sim_ids: str,
    ago: timedelta = timedelta(),
) -> None:
    """Write into the log that SIMs were asked for their balance: none is due for a day."""
    now = dt_util.utcnow() - ago
    schedule = {
        "interval": 86400,
        "next_due": (now + timedelta(days=1)).isoformat(),
        "last_asked": now.isoformat(),
    }
    facts = {"schedule": schedule, "checked": None, "balance": None, "currency": None}
    disk = Disk(Path(hass.config.path(STORE_FILE)), lambda *_: None)
    disk.open()
    disk.open()
    sql = "INSERT INTO balance VALUES (?, ?, ?)"
    disk.commit(
        [(sql, (sim_id, entry.entry_id, json.dumps(facts))) for sim_id in sim_ids]
    )
    disk.close()


async def kept_balances(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, Any]:
    """Return what the log has of the balances of a box, by subentry id."""
    sql = "SELECT sim_id, facts FROM balance WHERE box_id = ?"
    rows = await hass.data[MESSENGER].store.read(
        lambda log: log.execute(sql, (entry.entry_id,)).fetchall()
    )
    return {sim_id: json.loads(facts) for sim_id, facts in rows}


async def add(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentryDataWithId
) -> None:
    """Add a SIM or a contact as a flow does."""
    facts = {**subentry, "data": MappingProxyType(dict(subentry["data"]))}
    hass.config_entries.async_add_subentry(entry, ConfigSubentry(**facts))  # type: ignore[arg-type]
    await settle(hass)


async def change(
    hass: HomeAssistant, entry: ConfigEntry, subentry_id: str, **settings: Any
) -> None:
    """Change settings of a SIM or a contact as a flow does."""
    subentry = entry.subentries[subentry_id]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, **settings}
    )
    await settle(hass)


def shown(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity that is there."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state


def line(hass: HomeAssistant, sim_id: str) -> Line:
    """Return the SIM as the queue sees it."""
    found = hass.data[MESSENGER].router.get(sim_id)
    assert found is not None, sim_id
    return found
