"""The link: what is said of it, how it comes back, how it ends."""

import asyncio
from dataclasses import replace
import logging
from typing import override

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway import runtime, tasks
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.model import InboxEntry
from custom_components.gsm_gateway.gateways.ports import Gateway

from .entries import goip_entry, set_up, settle, shown, sim
from .fakes import FakeBox
from .scene import wired


def said(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    """Return what was said of the connection above debug."""
    return [
        (record.levelno, record.getMessage())
        for record in caplog.records
        if record.name.startswith("custom_components.gsm_gateway")
        and record.levelno > logging.DEBUG
    ]


async def test_loss_and_return_are_told_once_each(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.clear()
    for _ in range(3):
        fake_box.switch(on=False)
        await cellar.runtime_data.status.async_refresh()
        await settle(hass)
    for _ in range(3):
        fake_box.switch(on=True)
        await settle(hass)

    assert said(caplog) == [
        (logging.WARNING, "Cellar is not connected: no route"),
        (logging.INFO, "Cellar is connected again"),
    ]


class PagedBox(FakeBox):
    """A box that pushes, and shows an inbox page too."""

    reads = 0

    @override
    def gateway(self) -> Gateway:
        """Return the box with its page."""
        return replace(super().gateway(), inbox=self)

    async def read_inbox(self) -> tuple[InboxEntry, ...]:
        """Show an empty page."""
        self.reads += 1
        return ()


async def test_the_page_is_read_when_one_line_of_several_is_back(
    hass: HomeAssistant,
) -> None:
    box = PagedBox()
    with wired(cellar=box):
        await set_up(hass, goip_entry(sim(1), sim(2), host="cellar"))
        reads = box.reads
        box.switch(on=True)  # a driver tells so when a line is bound again
        await settle(hass)
        assert box.reads == reads + 1


async def test_a_reload_while_the_box_is_away_keeps_the_count(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.clear()
    fake_box.switch(on=False)
    assert await hass.config_entries.async_reload(cellar.entry_id)
    await settle(hass)
    fake_box.switch(on=True)
    await settle(hass)

    assert said(caplog) == [
        (logging.WARNING, "Cellar is not connected: no route"),
        (logging.INFO, "Cellar is connected again"),
    ]


async def test_a_box_that_is_off_at_the_start_is_told_once(
    hass: HomeAssistant, fake_box: FakeBox, caplog: pytest.LogCaptureFixture
) -> None:
    fake_box.on = False
    with wired(cellar=fake_box):
        await set_up(hass, goip_entry(sim(1), host="cellar"))
        fake_box.switch(on=False)
        fake_box.switch(on=True)
        await settle(hass)

    assert said(caplog) == [
        (logging.WARNING, "Cellar is not connected: no route"),
        (logging.INFO, "Cellar is connected again"),
    ]


async def test_a_goodbye_is_no_loss(
    hass: HomeAssistant, cellar: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    await hass.config_entries.async_reload(cellar.entry_id)
    await settle(hass)
    await hass.async_stop(force=True)

    assert said(caplog) == []


async def test_a_link_that_crashes_begins_again(
    hass: HomeAssistant,
    fake_box: FakeBox,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "RESTART_DELAY", 0)
    fake_box.crashes = 3
    with wired(cellar=fake_box):
        await set_up(hass, goip_entry(sim(1), host="cellar"))
        await asyncio.wait_for(fake_box.heard.wait(), 5)
        await settle(hass)

    assert fake_box.links == 4
    assert shown(hass, "binary_sensor.cellar_connected").state == "on"
    told = [text for level, text in said(caplog) if level == logging.ERROR]
    assert told == ["Cellar: the link task crashed and begins again"]


async def test_a_link_that_crashes_while_it_is_up_is_lost(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.breaks.set()
    await settle(hass)

    assert shown(hass, "binary_sensor.cellar_connected").state == "off"


async def test_refused_credentials_ask_the_user_and_try_again_afterwards(
    hass: HomeAssistant, fake_box: FakeBox
) -> None:
    fake_box.refuses = True
    entry = goip_entry(sim(1), host="cellar")
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        (flow,) = entry.async_get_active_flows(hass, {SOURCE_REAUTH})
        assert fake_box.links == 1

        fake_box.refuses = False
        hass.config_entries.flow.async_abort(flow["flow_id"])
        await settle(hass)

    assert fake_box.links == 2
    assert shown(hass, "binary_sensor.cellar_connected").state == "on"


async def test_credentials_that_stay_refused_are_asked_for_once(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.refuses = True
    for _ in range(3):
        fake_box.switch(on=True)
        await settle(hass)

    assert len(list(cellar.async_get_active_flows(hass, {SOURCE_REAUTH}))) == 1


async def test_stop_says_goodbye_to_all_boxes(
    hass: HomeAssistant,
) -> None:
    boxes = {"cellar": FakeBox(leaves_after=0.5), "attic": FakeBox(leaves_after=0.5)}
    with wired(**boxes):
        for host in boxes:
            entry = goip_entry(sim(1), host=host)
            await set_up(hass, entry)
        await hass.async_stop(force=True)

    assert [box.goodbyes for box in boxes.values()] == [1, 1]


async def test_stop_does_not_wait_for_a_box_that_hangs(hass: HomeAssistant) -> None:
    box = FakeBox(leaves_after=3600)
    with wired(cellar=box):
        await set_up(hass, goip_entry(sim(1), host="cellar"))
        async with asyncio.timeout(5):
            await hass.async_stop(force=True)

    assert box.goodbyes == 0


async def test_an_unload_does_not_wait_for_a_box_that_hangs(
    hass: HomeAssistant, fake_box: FakeBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "STOP_SECONDS", 0.01)
    fake_box.leaves_after = 3600
    entry = goip_entry(sim(1), host="cellar")
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        assert await hass.config_entries.async_unload(entry.entry_id)

    assert fake_box.goodbyes == 0


async def test_work_of_the_same_name_begins_after_the_end_of_the_first() -> None:
    happened: list[str] = []
    begun, replaced = asyncio.Event(), asyncio.Event()
    owned = tasks.OwnedTasks("Cellar", Clock())

    async def first() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            happened.append("first ended")

    async def second() -> None:
        happened.append("second began")
        replaced.set()

    owned.run("link", first)
    await begun.wait()
    owned.run("link", second)
    await replaced.wait()
    assert happened == ["first ended", "second began"]

    await owned.stop()
    owned.run("link", second)
    await asyncio.sleep(0)
    assert len(happened) == 2
