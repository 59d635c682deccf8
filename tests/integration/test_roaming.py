"""A SIM abroad: only alarms, no balance, and the user is told."""

import asyncio
from datetime import timedelta
from typing import Any, override
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.balance import schedule
from custom_components.gsm_gateway.const import EVENT_SMS_STATUS
from custom_components.gsm_gateway.gateways.model import GatewayStatus
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.entries import BALANCE, change, goip_entry, set_up, settle, sim
from tests.integration.fakes import FakeBox
from tests.integration.scene import ANNA, act, on_the_air, wired

ABROAD = "the SIMs that may send it are abroad, where they send only alarms"


async def travel(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    box: FakeBox,
    *,
    roaming: bool,
    channels: tuple[int, ...] = (1, 2),
) -> None:
    """Let the box tell of SIMs that they roam, or do not any more."""
    for channel in channels:
        box.change(channel, roaming=roaming)
    await entry.runtime_data.status.async_refresh()
    await settle(hass)


async def send(hass: HomeAssistant, text: str, **how: Any) -> str | None:
    """Send to Anna and return the reason that the action gives."""
    answer = await act(hass, "send_sms", to=ANNA, message=text, **how)
    reason: str | None = answer["messages"][0]["reason"]
    return reason


async def test_only_alarms_leave_until_the_sim_is_back(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await travel(hass, cellar, fake_box, roaming=True)
    assert await send(hass, "news") == ABROAD
    assert await send(hass, "Fire", priority="alarm") is None
    assert [sent.text for sent in fake_box.sent] == ["Fire"]
    listed = (await act(hass, "get_messages"))["messages"]
    assert [(each["text"], each["state"], each["reason"]) for each in listed] == [
        ("Fire", "sent", None),
        ("news", "queued", ABROAD),
    ]

    await travel(hass, cellar, fake_box, roaming=False)
    assert [sent.text for sent in fake_box.sent] == ["Fire", "news"]
    assert (await act(hass, "get_messages"))["messages"][1]["reason"] is None


async def test_a_sim_at_home_sends_instead(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await travel(hass, cellar, fake_box, roaming=True, channels=(1,))
    assert await send(hass, "news") is None
    assert [sent.channel for sent in fake_box.sent] == [2]


async def test_the_setting_lets_everything_leave_at_once(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await travel(hass, cellar, fake_box, roaming=True)
    await send(hass, "news")
    await change(hass, cellar, "sim2", roaming=True)
    assert [(sent.channel, sent.text) for sent in fake_box.sent] == [(2, "news")]


@pytest.mark.parametrize("priority", ["normal", "alarm"])
async def test_a_box_that_tells_nothing_of_roaming_sends(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox, priority: str
) -> None:
    assert await send(hass, "news", priority=priority) is None
    assert len(fake_box.sent) == 1


async def test_what_expires_abroad_says_so(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await travel(hass, cellar, fake_box, roaming=True)
    events = async_capture_events(hass, EVENT_SMS_STATUS)
    await act(hass, "send_sms", to=ANNA, message="news", expire_after={"minutes": 5})
    clock = hass.data[MESSENGER].clock
    later = clock.monotonic() + 301
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    hass.data[MESSENGER].outbox.wake()
    await settle(hass)

    assert fake_box.sent == []
    assert events[-1].data["state"] == "expired"
    assert events[-1].data["reason"] == ABROAD


class LateBox(FakeBox):
    """A box whose status takes its time."""

    def __init__(self, **facts: Any) -> None:
        """Show nothing yet."""
        super().__init__(**facts)
        self.shows = asyncio.Event()

    @override
    async def read_status(self) -> GatewayStatus:
        """Show the status once it is there."""
        await self.shows.wait()
        return await super().read_status()


@pytest.mark.parametrize("roaming", [True, False, None])
async def test_nothing_dear_leaves_before_the_box_has_told(
    hass: HomeAssistant, roaming: bool | None
) -> None:
    """A balance is due and a message waits when Home Assistant starts abroad."""
    box = LateBox(on=False, answers={1: "Saldo 12,50 PLN"})
    box.change(1, roaming=roaming)
    entry = goip_entry(sim(1, **BALANCE), host="cellar")
    with wired(cellar=box), patch.object(schedule, "GAP", timedelta()):
        await set_up(hass, entry)
        await act(hass, "send_sms", to=ANNA, message="news")
        await act(hass, "send_sms", to=ANNA, message="Fire", priority="alarm")
        box.switch(on=True)
        await on_the_air(box)
        await turns()
        assert [sent.text for sent in box.sent] == ["Fire"]
        assert box.dialled == []

        box.shows.set()
        await settle(hass)
    assert [sent.text for sent in box.sent] == ["Fire", "news"][: 2 - bool(roaming)]
    assert box.dialled == [(1, "*100#")][: 1 - bool(roaming)]


async def turns() -> None:
    """Let the loop turn; the task that waits for the status never ends by itself."""
    for _ in range(100):
        await asyncio.sleep(0)


async def test_a_box_that_shows_no_status_sends(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    await send(hass, "news")
    fake_box.status = GatewayStatus()
    fake_box.switch(on=True)
    await settle(hass)
    assert [sent.text for sent in fake_box.sent] == ["news"]


async def test_who_asks_for_the_balance_gets_it(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.answers = {1: "Saldo 12,50 PLN"}
    await travel(hass, cellar, fake_box, roaming=True)
    button = {"entity_id": "button.cellar_sim_1_refresh_balance"}
    await hass.services.async_call("button", "press", button, blocking=True)
    assert fake_box.dialled == [(1, "*100#")]


@pytest.mark.parametrize("allowed", [False, True])
async def test_a_balance_that_is_due_abroad_waits(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    allowed: bool,
) -> None:
    fake_box.answers = {1: "Saldo 12,50 PLN"}
    await change(hass, cellar, "sim1", roaming=allowed)
    await travel(hass, cellar, fake_box, roaming=True)
    freezer.tick(timedelta(days=2))
    await travel(hass, cellar, fake_box, roaming=True)
    assert fake_box.dialled == ([(1, "*100#")] if allowed else [])

    await travel(hass, cellar, fake_box, roaming=False)
    assert fake_box.dialled == [(1, "*100#")]
