"""Contacts and SIMs come, change and go while a Yeastar delivers ten SMS a second."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from tests.integration.boxes import yeastar_data
from tests.integration.cards import look
from tests.integration.entries import (
    add,
    change,
    contact,
    goip_entry,
    set_up,
    settle,
    sim,
)
from tests.integration.repairing import fix
from tests.integration.scene import ANNA, BOB
from tests.simulator.core.journal import LOGIN
from tests.simulator.yeastar.box import YeastarBox

PAUSE = 0.1
ROUNDS = 4


@asynccontextmanager
async def flood(box: YeastarBox) -> AsyncGenerator[list[str]]:
    """Let both ports receive, ten SMS a second in all, and give their texts."""
    texts: list[str] = []
    enough = asyncio.Event()
    begin = asyncio.get_running_loop().time()

    async def pour() -> None:
        while not enough.is_set():
            text = f"number {len(texts)}"
            texts.append(text)
            await box.receive(1 + len(texts) % 2, ANNA, text)
            with suppress(TimeoutError):
                async with asyncio.timeout_at(begin + len(texts) * PAUSE):
                    await enough.wait()

    task = asyncio.create_task(pour())
    try:
        yield texts
    finally:
        enough.set()
        await task


async def until(there: Callable[[], bool]) -> None:
    """Wait for something that tells nobody."""
    async with asyncio.timeout(20):
        while not there():  # noqa: ASYNC110
            await asyncio.sleep(PAUSE)


async def contacts(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Add, change and remove a contact."""
    await add(hass, entry, contact("Bob", BOB))
    await change(hass, entry, "bob", number=ANNA, priority="alarm")
    hass.config_entries.async_remove_subentry(entry, "bob")
    await settle(hass)


async def sims(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Add, change and remove a SIM."""
    await add(hass, entry, sim(2))
    await change(hass, entry, "sim2", parts_per_hour=5, trusted_senders=[BOB])
    await change(hass, entry, "sim1", pacing=3, use_for_sending="never")
    hass.config_entries.async_remove_subentry(entry, "sim2")
    await settle(hass)


async def options(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Change options of the box, and its name."""
    for senders in ([BOB], []):
        changed = {**entry.options, "trusted_senders": senders, "show_texts": True}
        hass.config_entries.async_update_entry(entry, options=changed, title="Roof")
        await settle(hass)


async def cards(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Find out that the two cards have changed places, or that they are back."""
    channels = entry.runtime_data.status.data.channels
    known = {sim.data["channel"]: sim for sim in entry.get_subentries_of_type("sim")}
    for port, other in ((1, 2), (2, 1)):
        card = {**known[port].data, "imsi": channels[other - 1].imsi, "iccid": None}
        hass.config_entries.async_update_subentry(entry, known[port], data=card)
    await look(hass, entry)
    await fix(hass, f"other_card_{entry.entry_id}_1", next_step_id="moved")
    assert known[1].data["channel"] == 2


@pytest.mark.parametrize("work", [contacts, sims, options, cards])
async def test_no_message_is_missed_and_the_link_stays(
    hass: HomeAssistant,
    yeastar_box: YeastarBox,
    work: Callable[[HomeAssistant, MockConfigEntry], Coroutine[Any, Any, None]],
) -> None:
    entry = MockConfigEntry(
        domain="gsm_gateway",
        title="Cellar",
        data=yeastar_data(yeastar_box),
        options={**goip_entry().options, "known_ports": [1, 2]},
        subentries_data=[sim(1)] if work is not cards else [sim(1), sim(2)],
    )
    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    await set_up(hass, entry)
    await yeastar_box.journal.wait_for_kind(LOGIN)
    async with flood(yeastar_box) as texts:
        await until(lambda: bool(events))
        first = texts.index(events[0].data["text"])
        logins = len(yeastar_box.journal.entries(LOGIN))
        for poured in range(10, 10 * ROUNDS + 1, 10):
            await work(hass, entry)
            await until(lambda: len(texts) >= first + poured)  # noqa: B023
    await until(lambda: events[-1].data["text"] == texts[-1])

    assert [event.data["text"] for event in events] == texts[first:]
    assert len(texts) - first >= 10 * ROUNDS
    assert len(yeastar_box.journal.entries(LOGIN)) == logins
