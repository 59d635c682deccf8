"""Repairs as their page shows them, and a disk whose room is in the test's hands."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import sqlite3
from typing import Any
from unittest.mock import patch

from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.gsm_gateway.const import DOMAIN
from custom_components.gsm_gateway.messaging.disk import Refused
from custom_components.gsm_gateway.messenger import MESSENGER, STORE_FILE
from tests.integration.entries import settle


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return the open repairs of this integration."""
    return {
        issue_id: issue
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


async def fix(hass: HomeAssistant, issue_id: str, **filled: Any) -> dict[str, Any]:
    """Go through the dialog of a repair, and return its first page."""
    assert await async_setup_component(hass, "repairs", {})
    flows = repairs_flow_manager(hass)
    assert flows is not None
    page = await flows.async_init(DOMAIN, data={"issue_id": issue_id})
    result = await flows.async_configure(page["flow_id"], filled)
    assert result["type"] == "create_entry"
    await settle(hass)
    return dict(page)


@contextmanager
def full_disk(hass: HomeAssistant) -> Iterator[None]:
    """Let the disk take nothing."""
    disk = hass.data[MESSENGER].store._disk
    with patch.object(disk, "commit", side_effect=Refused("the disk is full")):
        yield


async def cap_log(hass: HomeAssistant, further: int) -> None:
    """Let the file of the message log grow by so many pages and no more."""

    def query(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + further}")

    await hass.data[MESSENGER].store.read(query)


def garble(path: Path, start: int = 0) -> bytes:
    """Overwrite a file from there on, and return what it has then."""
    before = content(path)
    after = before[:start] + b"\xa5" * (len(before) - start)
    path.write_bytes(after)
    return after


def content(path: Path) -> bytes:
    """Return what a file has."""
    return path.read_bytes()


async def garble_log(hass: HomeAssistant) -> None:
    """Break the message log under Home Assistant's hands."""

    def query(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        garble(Path(hass.config.path(STORE_FILE)), 4096)
        connection.execute("PRAGMA shrink_memory")

    await hass.data[MESSENGER].store.read(query)
