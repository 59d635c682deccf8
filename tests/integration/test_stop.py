"""The end of Home Assistant: short, and everything is on disk."""

import asyncio
from pathlib import Path
import sqlite3
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED, EVENT_SMS_STATUS
from custom_components.gsm_gateway.gateways.model import (
    Coding,
    Concatenation,
    SmsPart,
    Transport,
)
from custom_components.gsm_gateway.messenger import (
    MESSENGER,
    STOP_SECONDS,
    STORE_FILE,
    Messenger,
)
from tests.integration.entries import goip_entry, set_up, settle, sim
from tests.integration.fakes import FakeBox
from tests.integration.repairing import full_disk
from tests.integration.scene import ANNA, BOB, act, on_the_air, wired

HOSTS = ("attic", "barn", "cellar", "den")


class SlowBox(FakeBox):
    """A box that never answers, and never takes leave."""

    @override
    async def send(self, *args: Any, **options: Any) -> None:
        """Put an SMS on the air, and hang."""
        await super().send(*args, **options)
        await asyncio.Event().wait()


def entry_of(host: str) -> MockConfigEntry:
    """Return the entry of a box with one SIM."""
    return MockConfigEntry(
        domain="gsm_gateway",
        title=host.title(),
        data=goip_entry(host=host).data,
        options={"notify_name": host},
        subentries_data=[{**sim(1), "subentry_id": f"{host}1"}],
    )


async def occupied(hass: HomeAssistant) -> dict[str, FakeBox]:
    """Set up four boxes; all are sending, have more to send, and three hang at the end."""
    boxes: dict[str, FakeBox] = {
        host: SlowBox(reports=None, leaves_after=0 if host == "den" else 3600)
        for host in HOSTS
    }
    with wired(**boxes):
        for host in HOSTS:
            await set_up(hass, entry_of(host))
        for number in range(8):
            await act(hass, "send_sms", to=f"{ANNA}{number}", message=f"{number}")
        for box in boxes.values():
            await on_the_air(box)
            box.receive("hello", sender=BOB)
    return boxes


def on_disk(hass: HomeAssistant, query: str) -> list[Any]:
    """Return what a query finds in a file that nobody has open."""
    log = Path(hass.config.path(STORE_FILE))
    connection = sqlite3.connect(f"file:{log}?mode=ro&immutable=1", uri=True)
    try:
        return [row[0] for row in connection.execute(query)]
    finally:
        connection.close()


async def test_all_boxes_together_have_two_seconds(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    took: list[float] = []
    stop = Messenger._async_stop

    async def timed(self: Messenger) -> None:
        before = hass.loop.time()
        await stop(self)
        took.append(hass.loop.time() - before)

    monkeypatch.setattr(Messenger, "_async_stop", timed)
    boxes = await occupied(hass)
    await hass.async_stop(force=True)

    assert len(took) == 1
    assert took[0] < STOP_SECONDS + 0.3  # not two seconds for each
    assert [box.goodbyes for box in boxes.values()] == [0, 0, 0, 1]


async def test_what_was_under_way_is_on_disk(hass: HomeAssistant) -> None:
    boxes = await occupied(hass)
    states = async_capture_events(hass, EVENT_SMS_STATUS)
    await hass.async_stop(force=True)

    assert sum(len(box.sent) for box in boxes.values()) == 4
    assert [event.data["state"] for event in states] == ["unknown"] * 4
    found = sorted(on_disk(hass, "SELECT state FROM sent"))
    assert found == ["queued"] * 4 + ["unknown"] * 4
    # The next run announces what came just now.
    assert on_disk(hass, "SELECT state FROM received") == ["stored"] * 4
    assert not Path(hass.config.path(f"{STORE_FILE}-wal")).exists()  # noqa: ASYNC240


async def test_who_comes_too_late_is_told(hass: HomeAssistant) -> None:
    boxes = await occupied(hass)
    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    listener = boxes["den"].listener
    assert listener is not None
    await hass.async_stop(force=True)

    boxes["den"].listener = listener
    boxes["den"].receive("too late")
    await settle(hass)
    assert events == []
    assert hass.data[MESSENGER].running == set()
    with pytest.raises(HomeAssistantError, match="takes no more messages"):
        await act(hass, "send_sms", to=ANNA, message="too late")


async def test_what_a_full_disk_refused_is_written_at_the_end(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    with full_disk(hass):
        fake_box.hand_over(
            SmsPart(
                channel=1,
                sender=BOB,
                payload=b"one of two; the other one never comes",
                coding=Coding.UTF8,
                transport=Transport.AMI,
                concatenation=Concatenation(reference="7", index=1, total=2),
            )
        )
        await act(hass, "send_sms", to=ANNA, message="told in the dark")
        await settle(hass)

    await hass.async_stop(force=True)

    assert on_disk(hass, "SELECT count(*) FROM received_part") == [1]
    assert on_disk(hass, "SELECT state FROM sent") == ["sent"]
