"""A house with a box without wires in its cellar, for what people and automations do."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.const import DOMAIN, EVENT_SMS_RECEIVED
from custom_components.gsm_gateway.devices import async_device
from tests.integration.entries import (
    BALANCE,
    asked_just_now,
    contact,
    goip_entry,
    set_up,
    settle,
    sim,
)
from tests.integration.fakes import FakeBox, Sent

ANNA = "+48601234567"
BOB = "+48602345678"
STRANGER = "+491511234567"


@contextmanager
def wired(**boxes: FakeBox) -> Iterator[None]:
    """Let the driver for each host be a box without wires."""
    with patch(
        "custom_components.gsm_gateway.brands.compose",
        lambda hass, data, channels, clock: boxes[data["host"]].gateway(),
    ):
        yield


@pytest.fixture
def fake_box() -> FakeBox:
    """The box in the cellar, switched on."""
    return FakeBox()


@pytest.fixture
async def cellar(
    hass: HomeAssistant, fake_box: FakeBox
) -> AsyncGenerator[MockConfigEntry]:
    """The entry of the box in the cellar, with two SIMs and a contact, loaded.

    No balance is due within a day.
    """
    entry = goip_entry(sim(1, **BALANCE), sim(2), contact("Anna", ANNA), host="cellar")
    asked_just_now(hass, entry, "sim1")
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        yield entry


def attic_entry() -> MockConfigEntry:
    """Return the entry of a second box with one SIM, whose host is `attic`."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Attic",
        unique_id="GOIP0002",
        data=goip_entry(host="attic").data,
        options={"notify_name": "attic"},
        subentries_data=[{**sim(1), "subentry_id": "attic1"}],
    )


def device_id(
    hass: HomeAssistant, entry: ConfigEntry, subentry_id: str | None = None
) -> str:
    """Return the device of a SIM, a contact or the box."""
    device = async_device(hass, entry, subentry_id)
    assert device is not None
    return device.id


async def act(
    hass: HomeAssistant, action: str, context: Context | None = None, **data: Any
) -> Any:
    """Call an action of this integration and return its response."""
    response = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, context=context, return_response=True
    )
    await settle(hass)
    return response


async def automate(hass: HomeAssistant, *automations: dict[str, Any]) -> None:
    """Set up automations."""
    named = [
        {"alias": f"automation {index}", "mode": "queued", "max": 100, **automation}
        for index, automation in enumerate(automations)
    ]
    assert await async_setup_component(hass, "automation", {"automation": named})
    await settle(hass)


async def on_the_air(box: FakeBox, count: int = 1) -> list[Sent]:
    """Wait until a box has sent so many SMS, and return them all."""
    async with asyncio.timeout(10):
        while len(box.sent) < count:  # noqa: ASYNC110 # the box knows no events
            await asyncio.sleep(0)
    return box.sent


async def receive(
    hass: HomeAssistant, box: FakeBox, text: str = "hello", **where: Any
) -> dict[str, Any]:
    """Let a box receive an SMS and return the event."""
    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    box.receive(text, **where)
    await settle(hass)
    return dict(events[-1].data)
