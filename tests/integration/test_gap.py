"""When nobody listened to a box that keeps nothing: as attributes, and in the logbook."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.gsm_gateway.gateways.model import InboxEntry
from custom_components.gsm_gateway.gateways.ports import Gateway
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.entries import goip_entry, set_up, settle, shown, sim
from tests.integration.fakes import FakeBox
from tests.integration.restarting import copy_log, kept, restarted, running_in
from tests.integration.scene import wired

EVENT_LOGBOOK_ENTRY = "logbook_entry"
CONNECTED = "binary_sensor.cellar_connected"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory, hass: HomeAssistant) -> FrozenDateTimeFactory:
    """Return the clock, which stands at noon in a Home Assistant with a logbook."""
    freezer.move_to(NOON)
    hass.config.components.add("logbook")
    return freezer


def gap(hass: HomeAssistant) -> tuple[datetime, datetime | None]:
    """Return what the attributes tell."""
    attributes = shown(hass, CONNECTED).attributes
    return attributes["not_listening_from"], attributes["not_listening_to"]


def at(minutes: float) -> datetime:
    """Return a moment after noon."""
    return NOON + timedelta(minutes=minutes)


async def test_the_first_contact_is_no_gap(
    hass: HomeAssistant, fake_box: FakeBox
) -> None:
    lines = async_capture_events(hass, EVENT_LOGBOOK_ENTRY)
    with wired(cellar=fake_box):
        await set_up(hass, goip_entry(sim(1), host="cellar"))
    assert lines == []


async def test_a_gap_is_told_once_it_is_over(
    hass: HomeAssistant, fake_box: FakeBox, noon: FrozenDateTimeFactory
) -> None:
    await hass.config.async_set_time_zone("Europe/Warsaw")
    lines = async_capture_events(hass, EVENT_LOGBOOK_ENTRY)
    with wired(cellar=fake_box):
        await set_up(hass, goip_entry(sim(1), host="cellar"))
        noon.move_to(at(5))
        fake_box.switch(on=False)
        await settle(hass)
        assert gap(hass) == (at(5), None)
        assert lines == []

        noon.move_to(at(7))
        fake_box.switch(on=True)
        await settle(hass)

    assert gap(hass) == (at(5), at(7))
    assert [line.data for line in lines] == [
        {
            "name": "Cellar",
            "message": "was not listened to"
            " from 2026-11-23 13:05:00 to 2026-11-23 13:07:00;"
            " SMS that came then are only in its own inbox",
            "domain": "gsm_gateway",
            "entity_id": CONNECTED,
        }
    ]


class PagedBox(FakeBox):
    """A box that keeps what nobody took."""

    @override
    def gateway(self) -> Gateway:
        """Return the box with its inbox page."""
        return replace(super().gateway(), inbox=self)

    async def read_inbox(self) -> tuple[InboxEntry, ...]:
        """Show an empty page."""
        return ()


async def test_a_box_that_keeps_its_messages_has_no_gap_in_the_logbook(
    hass: HomeAssistant,
) -> None:
    box = PagedBox()
    lines = async_capture_events(hass, EVENT_LOGBOOK_ENTRY)
    with wired(cellar=box):
        await set_up(hass, goip_entry(sim(1), host="cellar"))
        for on in (False, True):
            box.switch(on=on)
            await settle(hass)
    assert lines == []


@asynccontextmanager
async def listening(
    folder: str, box: FakeBox, entry: ConfigEntry
) -> AsyncGenerator[tuple[HomeAssistant, list[Event]]]:
    """Run a further Home Assistant with a logbook, and give its lines."""
    async with running_in(folder) as hass:
        hass.config.components.add("logbook")
        lines = async_capture_events(hass, EVENT_LOGBOOK_ENTRY)
        with wired(cellar=box):
            await set_up(hass, kept(entry))
        yield hass, lines


async def test_the_gap_of_a_restart_begins_with_its_stop(
    hass: HomeAssistant, fake_box: FakeBox, noon: FrozenDateTimeFactory
) -> None:
    entry = goip_entry(sim(1), host="cellar")
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        noon.move_to(at(5))
        await hass.async_stop(force=True)
        noon.move_to(at(8))
        folder = hass.config.config_dir
        async with listening(folder, fake_box, entry) as (second, lines):
            assert gap(second) == (at(5), at(8))
            assert len(lines) == 1
            noon.move_to(at(9))
            fake_box.switch(on=False)
            await settle(second)
            assert gap(second) == (at(9), None)


async def test_the_gap_of_a_kill_begins_with_the_last_sign_of_life(
    hass: HomeAssistant, fake_box: FakeBox, noon: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    entry = goip_entry(sim(1), host="cellar")
    folder = tmp_path / "killed"
    folder.mkdir()
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        store = hass.data[MESSENGER].store
        noon.move_to(at(5))
        await store.write(store._alive())
        noon.move_to(at(5.5))
        copy_log(hass, folder)
        await hass.async_stop(force=True)
        noon.move_to(at(60))
        fake_box.on = False
        async with listening(str(folder), fake_box, entry) as (second, lines):
            assert gap(second) == (at(5), None)
            assert lines == []
            noon.move_to(at(61))
            fake_box.switch(on=True)
            await settle(second)
            assert gap(second) == (at(5), at(61))
            assert len(lines) == 1


async def test_a_gap_that_was_open_at_the_stop_goes_on(
    hass: HomeAssistant, fake_box: FakeBox, noon: FrozenDateTimeFactory
) -> None:
    entry = goip_entry(sim(1), host="cellar")
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        noon.move_to(at(5))
        fake_box.switch(on=False)
        await settle(hass)
        noon.move_to(at(10))
        fake_box.on = True
        async with restarted(hass, entry) as second:
            assert gap(second) == (at(5), at(10))


async def test_a_reload_is_a_gap_from_its_begin(
    hass: HomeAssistant, fake_box: FakeBox, noon: FrozenDateTimeFactory
) -> None:
    entry = goip_entry(sim(1), host="cellar")
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        noon.move_to(at(5))
        await hass.config_entries.async_unload(entry.entry_id)
        noon.move_to(at(6))
        await hass.config_entries.async_setup(entry.entry_id)
        await settle(hass)
        assert gap(hass) == (at(5), at(6))
