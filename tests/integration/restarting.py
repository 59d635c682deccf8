"""Home Assistant stopped or killed, and started again on what is on disk."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
import shutil
from tempfile import TemporaryDirectory

from homeassistant import loader
from homeassistant.config_entries import ConfigEntry, ConfigSubentryDataWithId
from homeassistant.core import CoreState, HomeAssistant
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.gsm_gateway.const import DOMAIN
from custom_components.gsm_gateway.messenger import STORE_FILE
from tests.integration.entries import settle


def kept(entry: ConfigEntry) -> MockConfigEntry:
    """Return an entry as Home Assistant keeps it from one run to the next."""
    return MockConfigEntry(
        domain=entry.domain,
        disabled_by=entry.disabled_by,
        entry_id=entry.entry_id,
        title=entry.title,
        unique_id=entry.unique_id,
        data=entry.data,
        options=entry.options,
        subentries_data=[
            ConfigSubentryDataWithId(
                subentry_id=subentry.subentry_id,
                subentry_type=subentry.subentry_type,
                title=subentry.title,
                unique_id=subentry.unique_id,
                data=subentry.data,
            )
            for subentry in entry.subentries.values()
        ],
    )


def copy_log(hass: HomeAssistant, folder: Path) -> None:
    """Copy what would be on disk were the process killed now."""
    log = Path(hass.config.path(STORE_FILE))
    for file in log.parent.glob(f"{log.stem}.*"):
        shutil.copy(file, folder)


@asynccontextmanager
async def killed(
    hass: HomeAssistant, *entries: ConfigEntry, started: bool = True
) -> AsyncGenerator[HomeAssistant]:
    """Kill Home Assistant, and start it again."""
    with TemporaryDirectory() as folder:
        copy_log(hass, Path(folder))
        await hass.async_stop(force=True)
        async with running_in(folder, *entries, started=started) as again:
            yield again


@asynccontextmanager
async def restarted(
    hass: HomeAssistant, *entries: ConfigEntry, started: bool = True
) -> AsyncGenerator[HomeAssistant]:
    """Stop Home Assistant, and start it again, or let it wait for the end of its start."""
    await hass.async_stop(force=True)
    folder = hass.config.config_dir
    async with running_in(folder, *entries, started=started) as again:
        yield again


@asynccontextmanager
async def running_in(
    folder: str, *entries: ConfigEntry, started: bool = True
) -> AsyncGenerator[HomeAssistant]:
    """Run a further Home Assistant in a configuration folder."""
    state = CoreState.running if started else CoreState.not_running
    async with async_test_home_assistant(
        config_dir=folder, initial_state=state
    ) as hass:
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        for entry in entries:
            again = kept(entry)
            again.add_to_hass(hass)
            if not again.disabled_by:
                assert await hass.config_entries.async_setup(again.entry_id)
        await settle(hass)
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)
            for entry in hass.config_entries.async_loaded_entries(DOMAIN):
                await hass.config_entries.async_unload(entry.entry_id)
