"""What outlives a restart of Home Assistant: in the queue, in the inbox, in the guard."""

import asyncio
from pathlib import Path
from typing import Any, override

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Event, HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from tests.integration.entries import change, goip_entry, set_up, settle, sim
from tests.integration.fakes import FakeBox, Sent
from tests.integration.restarting import copy_log, killed, restarted, running_in
from tests.integration.scene import (
    ANNA,
    BOB,
    act,
    attic_entry,
    automate,
    device_id,
    on_the_air,
    receive,
    wired,
)


async def log_of(hass: HomeAssistant, **wanted: Any) -> list[dict[str, Any]]:
    """Return what `get_messages` tells."""
    answer = await act(hass, "get_messages", **wanted)
    messages: list[dict[str, Any]] = answer["messages"]
    return messages


def noted(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return what the automations of `note_with` will note."""
    notes: list[dict[str, Any]] = []

    @callback
    def note(call: ServiceCall) -> None:
        notes.append(dict(call.data))

    hass.services.async_register("test", "note", note)
    return notes


def note_with(trigger: str, *names: str) -> dict[str, Any]:
    """Return an automation that notes facts of what triggered it."""
    data = {name: f"{{{{ trigger.{name} }}}}" for name in names}
    return {
        "triggers": {"trigger": f"gsm_gateway.{trigger}"},
        "actions": {"action": "test.note", "data": data},
    }


async def test_what_waits_goes_out_once_after_the_restart(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    answer = await act(hass, "send_sms", to=ANNA, message="Fire", priority="alarm")
    fake_box.on = True

    async with restarted(hass, cellar) as second:
        await on_the_air(fake_box)
        await settle(second)
        async with restarted(second, cellar) as third:
            (told,) = await log_of(third)

    assert fake_box.sent == [Sent(channel=1, to=ANNA, text="Fire")]
    assert told["message_id"] == answer["messages"][0]["message_id"]
    assert told["state"] == "sent"


async def test_what_came_before_the_start_starts_automations_after_it(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    async with restarted(hass, cellar, started=False) as second:
        notes = noted(second)
        events = async_capture_events(second, EVENT_SMS_RECEIVED)
        await automate(second, note_with("sms_received", "text", "late"))
        fake_box.receive("open the gate", sender=ANNA)
        await settle(second)
        assert events == []

        await second.async_start()
        await settle(second)

    assert [event.data["text"] for event in events] == ["open the gate"]
    assert notes == [{"text": "open the gate", "late": False}]


async def test_what_an_earlier_run_has_kept_is_announced_late(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    async with restarted(hass, cellar, started=False) as second:
        early = async_capture_events(second, EVENT_SMS_RECEIVED)
        fake_box.receive("open the gate", sender=ANNA)
        await settle(second)
        async with killed(second, cellar, started=False) as third:
            notes = noted(third)
            events = async_capture_events(third, EVENT_SMS_RECEIVED)
            names = ("text", "late", "redelivered", "stored")
            await automate(third, note_with("sms_received", *names))
            await third.async_start()
            await settle(third)
            async with restarted(third, cellar) as fourth:
                again = async_capture_events(fourth, EVENT_SMS_RECEIVED)
                await settle(fourth)

    assert (early, again) == ([], [])
    assert len(events) == 1
    assert notes == [
        {"text": "open the gate", "late": True, "redelivered": False, "stored": True}
    ]


async def test_what_was_being_announced_is_announced_again(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox, tmp_path: Path
) -> None:
    folder = tmp_path / "killed"
    folder.mkdir()
    seen: list[Event] = []

    @callback
    def kill(event: Event) -> None:
        seen.append(event)
        copy_log(hass, folder)

    hass.bus.async_listen(EVENT_SMS_RECEIVED, kill)
    fake_box.receive("open the gate", sender=ANNA)
    await settle(hass)
    await hass.async_stop(force=True)
    async with running_in(str(folder), cellar, started=False) as second:
        notes = noted(second)
        events = async_capture_events(second, EVENT_SMS_RECEIVED)
        await automate(second, note_with("sms_received", "text"))
        await second.async_start()
        await settle(second)

    assert [event.data["redelivered"] for event in (*seen, *events)] == [False, True]
    assert seen[0].data["message_id"] == events[0].data["message_id"]
    assert notes == []  # the usual trigger leaves repeated ones out


class SilentBox(FakeBox):
    """A box that takes an SMS and never answers."""

    @override
    async def send(self, *args: Any, **options: Any) -> None:
        """Put it on the air, and hang."""
        await super().send(*args, **options)
        await asyncio.Event().wait()


async def test_what_was_being_sent_is_reported_and_not_sent_again(
    hass: HomeAssistant,
) -> None:
    box, entry = SilentBox(reports=None), goip_entry(sim(1), host="cellar")
    with wired(cellar=box):
        await set_up(hass, entry)
        await act(hass, "send_sms", to=ANNA, message="Fire")
        await on_the_air(box)
        async with killed(hass, entry, started=False) as second:
            notes = noted(second)
            await automate(second, note_with("sms_failed", "state", "reason"))
            await second.async_start()
            await settle(second)

    assert len(box.sent) == 1
    words = (
        "Home Assistant stopped before the result was known;"
        " it may or may not have been sent"
    )
    assert notes == [{"state": "unknown", "reason": words}]


async def test_an_answer_finds_its_way_after_the_restart(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    data = await receive(hass, fake_box, sender=BOB, channel=2)

    async with restarted(hass, cellar) as second:
        await act(second, "send_sms", reply_to=data["message_id"], message="yes?")

    assert fake_box.sent == [Sent(channel=2, to=BOB, text="yes?")]


async def test_a_number_out_of_a_template_is_known_after_the_restart(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await receive(hass, fake_box, sender="+1234")

    async with restarted(hass, cellar) as second:
        await act(second, "send_sms", to=1234, message="yes?")

    assert [sent.to for sent in fake_box.sent] == ["+1234"]


async def test_limits_are_counted_over_the_restart(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await change(hass, cellar, "sim2", use_for_sending="never")
    await change(hass, cellar, "sim1", parts_per_hour=3)
    for number in range(3):
        await act(hass, "send_sms", to=BOB, message=f"news {number}")

    async with killed(hass, cellar) as second:
        with pytest.raises(ServiceValidationError, match="limited to 3 SMS parts"):
            await act(second, "send_sms", to=BOB, message="one more")

    assert len(fake_box.sent) == 3


async def test_the_same_text_is_counted_over_the_restart(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    for _ in range(3):
        await act(hass, "send_sms", to=BOB, message="the freezer is open")

    async with restarted(hass, cellar) as second:
        for _ in range(2):
            await act(second, "send_sms", to=BOB, message="the freezer is open")
        with pytest.raises(ServiceValidationError, match="the same text"):
            await act(second, "send_sms", to=BOB, message="the freezer is open")
        async with restarted(second, cellar) as third:
            with pytest.raises(ServiceValidationError, match="the same text"):
                await act(third, "send_sms", to=BOB, message="the freezer is open")

    assert len(fake_box.sent) == 5


async def test_the_log_shows_the_same_after_the_restart(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await receive(hass, fake_box, "hello")
    await act(hass, "send_sms", to=ANNA, message="hello yourself")
    before = await log_of(hass)

    async with restarted(hass, cellar) as second:
        after = await log_of(second)

    assert [message["text"] for message in before] == ["hello yourself", "hello"]
    for message in (*before, *after):
        del message["device_id"]  # the devices are new in this second run
    assert after == before


async def test_a_removed_box_leaves_nothing(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    other_box, other = FakeBox(), attic_entry()
    with wired(cellar=fake_box, attic=other_box):
        await set_up(hass, other)
        gone = await receive(hass, fake_box, "to the cellar")
        await receive(hass, other_box, "to the attic")
        by = device_id(hass, cellar)
        answer = await act(hass, "send_sms", to=ANNA, message="out", device_id=by)
        sent_id = answer["messages"][0]["message_id"]
        await hass.config_entries.async_remove(cellar.entry_id)
        await settle(hass)

        assert [each["text"] for each in await log_of(hass)] == ["to the attic"]
        with pytest.raises(ServiceValidationError, match="There is no message"):
            await act(hass, "cancel_sms", message_id=sent_id)
        with pytest.raises(ServiceValidationError, match="There is no message"):
            await act(hass, "send_sms", reply_to=gone["message_id"], message="?")

        async with killed(hass, other) as second:
            assert [each["text"] for each in await log_of(second)] == ["to the attic"]


async def test_a_box_that_is_disabled_since_the_start_leaves_nothing(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await receive(hass, fake_box, "hello")
    await hass.config_entries.async_set_disabled_by(
        cellar.entry_id, ConfigEntryDisabler.USER
    )
    async with restarted(hass, cellar) as second:
        await second.config_entries.async_remove(cellar.entry_id)
        await settle(second)
        assert await log_of(second) == []


async def test_a_disabled_box_keeps_its_messages(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    data = await receive(hass, fake_box, "hello", sender=BOB)
    await hass.config_entries.async_set_disabled_by(
        cellar.entry_id, ConfigEntryDisabler.USER
    )
    await settle(hass)
    assert [message["text"] for message in await log_of(hass)] == ["hello"]

    await hass.config_entries.async_set_disabled_by(cellar.entry_id, None)
    await settle(hass)
    again = async_capture_events(hass, EVENT_SMS_RECEIVED)
    await act(hass, "send_sms", reply_to=data["message_id"], message="yes?")
    assert fake_box.sent == [Sent(channel=1, to=BOB, text="yes?")]
    assert again == []


async def test_a_removed_sim_leaves_its_messages_to_the_box(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await receive(hass, fake_box, "hello", sender=BOB, channel=2)
    hass.config_entries.async_remove_subentry(cellar, "sim2")
    await settle(hass)

    async with restarted(hass, cellar) as second:
        (message,) = await log_of(second)

    assert (message["text"], message["channel"], message["sim"]) == ("hello", 2, None)
