"""A box that speaks UDP and SMPP, while the user changes between the two."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from random import Random
from typing import Any, Literal

from homeassistant.core import Event, HomeAssistant, callback
import pytest

from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from tests.integration.boxes import box_entry, call_home, goip_data, running, udp_data
from tests.integration.entries import settle, sim
from tests.integration.restarting import restarted
from tests.integration.scene import ANNA, BOB
from tests.integration.wires import connect, link, living
from tests.polling import until
from tests.simulator.core.clock import Clock
from tests.simulator.core.journal import SMS_HANDED_OVER, SMS_INCOMING
from tests.simulator.goip.box import GoipBox, default_lines
from tests.simulator.goip.options import GoipOptions

SCALE = 20.0
LINES = 8
MESSAGES = 64
PACE = 1.5
"""Seconds between two messages; no page rolls over."""

type Content = tuple[int | None, str, str]


class Bus:
    """What is announced as new, on the bus of each run of Home Assistant."""

    def __init__(self) -> None:
        self.contents: Counter[Content] = Counter()
        self.ids: Counter[str] = Counter()

    def listen(self, hass: HomeAssistant) -> None:
        """Listen to a run."""
        hass.bus.async_listen(EVENT_SMS_RECEIVED, self._hear)

    @callback
    def _hear(self, event: Event) -> None:
        told = event.data
        if not told["redelivered"]:
            self.ids[told["message_id"]] += 1
            self.contents[told["channel"], told["sender"], told["text"]] += 1


@pytest.fixture
async def box(
    hass: HomeAssistant, unbound: Literal["keep", "lost"]
) -> AsyncGenerator[GoipBox]:
    """A GoIP that keeps what no SMPP client is there for, or does not."""
    options = GoipOptions(smpp_unbound=unbound, smpp_unacked="repeat", smpp_long="udh")
    box = GoipBox(options, default_lines(LINES, LINES), clock=Clock(SCALE))
    with living(SCALE):
        async with running(hass, box):
            yield box


@pytest.fixture
def ways(box: GoipBox, port: int) -> list[dict[str, Any]]:
    """The data of its entry: SMPP and UDP."""
    ids = [f"home-{number}" for number in box.lines]
    udp = udp_data(port, udp_ids=ids)
    return [goip_data(box), goip_data(box, smpp=False) | {"udp": udp}]


async def feed(box: GoipBox, chance: Random) -> None:
    """Let messages come in, many of them alike."""
    for number in range(MESSAGES):
        text = chance.choice(
            (
                "ok",
                "да; msg:1",
                f"{number:03} hello",
                " ".join(f"{number:03}.{i}" for i in range(40)),
            )
        )
        line = 1 + number % LINES
        await box.receive(line, chance.choice((ANNA, BOB, "BANK")), text)
        await box.clock.sleep(PACE * chance.uniform(0.5, 1.5))


async def switch(
    hass: HomeAssistant, entry_id: str, ways: list[dict[str, Any]], chance: Random
) -> None:
    """Change the way to the box, and let it be for a while, often too short to connect."""
    entry = hass.config_entries.async_get_known_entry(entry_id)
    data = ways[0] if "udp" in entry.data else ways[1]
    hass.config_entries.async_update_entry(entry, data=data)
    await settle(hass)
    await asyncio.sleep(chance.uniform(1, 40) / SCALE)


async def compared(
    hass: HomeAssistant, entry_id: str, ways: list[dict[str, Any]], box: GoipBox
) -> None:
    """Wait until both ways and the page have brought all that they have."""
    for data in ways:
        entry = hass.config_entries.async_get_known_entry(entry_id)
        hass.config_entries.async_update_entry(entry, data=data)
        await settle(hass)
        await link(entry, up=True)
        await until(lambda: not box.deliveries())
        await box.clock.sleep(80)  # the page was read twice


@pytest.mark.parametrize("unbound", ["keep", "lost"])
async def test_a_message_that_comes_both_ways_is_announced_once(
    hass: HomeAssistant, box: GoipBox, ways: list[dict[str, Any]], port: int
) -> None:
    chance, bus = Random(7), Bus()
    bus.listen(hass)
    numbered = [sim(number) for number in box.lines]
    entry = box_entry(box, ways[0], subentries_data=numbered)
    await connect(hass, entry)
    await call_home(box, port)
    feeding = asyncio.create_task(feed(box, chance))
    for _ in range(4):
        await switch(hass, entry.entry_id, ways, chance)
    await hass.config_entries.async_reload(entry.entry_id)
    async with restarted(hass, entry, started=False) as second:
        bus.listen(second)
        await second.async_start()
        while not feeding.done():
            await switch(second, entry.entry_id, ways, chance)
        await feeding
        await compared(second, entry.entry_id, ways, box)

    came = box.journal.entries(SMS_INCOMING)
    assert bus.contents == Counter((e.line, e["sender"], e["text"]) for e in came)
    assert set(bus.ids.values()) == {1}
    handed = box.journal.entries(SMS_HANDED_OVER)
    both = {e["id"] for e in handed if e["how"] == "udp RECEIVE"} & {
        e["id"] for e in handed if "smpp" in e["how"].lower()
    }
    assert len(both) > MESSAGES / 4
