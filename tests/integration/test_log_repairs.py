"""The message log on a full disk, and damaged: what goes on, and what the user is told."""

import asyncio
from pathlib import Path
import re
from tempfile import TemporaryDirectory

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway import backup
from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from custom_components.gsm_gateway.messaging import store
from custom_components.gsm_gateway.messenger import STORE_FILE
from tests.integration.entries import settle
from tests.integration.fakes import FakeBox
from tests.integration.repairing import (
    cap_log,
    content,
    fix,
    full_disk,
    garble,
    garble_log,
    issues,
)
from tests.integration.restarting import copy_log, killed, restarted, running_in
from tests.integration.scene import ANNA, act, receive


async def texts_in_log(hass: HomeAssistant) -> list[str]:
    """Return the texts that the log has, the newest first."""
    answer = await act(hass, "get_messages")
    return [message["text"] for message in answer["messages"]]


def hide(log: Path) -> None:
    """Put something in the log's place that cannot be opened."""
    log.rename(log.with_name("away"))
    log.mkdir()


def show(log: Path) -> None:
    """Put the log back."""
    log.rmdir()
    log.with_name("away").rename(log)


async def test_a_full_disk_stops_nothing_and_is_told_while_it_lasts(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    with full_disk(hass):
        assert (await receive(hass, fake_box, "hello"))["stored"] is False
        answer = await act(
            hass, "send_sms", to=ANNA, message="Fire", wait_for="sent", wait_timeout=5
        )
        assert [each["state"] for each in answer["messages"]] == ["sent"]
        issue = issues(hass)["store_full"]
        assert (issue.severity, issue.is_fixable) == (ir.IssueSeverity.ERROR, False)
        assert issue.translation_placeholders == {"detail": "the disk is full"}

    assert (await receive(hass, fake_box, "and again"))["stored"] is True
    assert issues(hass) == {}
    assert await texts_in_log(hass) == ["and again", "Fire", "hello"]
    async with killed(hass, cellar) as second:
        events = async_capture_events(second, EVENT_SMS_RECEIVED)
        await settle(second)
        assert await texts_in_log(second) == ["and again", "Fire", "hello"]
    assert events == []
    assert len(fake_box.sent) == 1


async def test_a_disk_that_has_room_again_is_found_by_itself(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "_PROBE", 0)
    with full_disk(hass):
        await receive(hass, fake_box, "hello")
        assert issues(hass).keys() == {"store_full"}
    await settle(hass)
    assert issues(hass) == {}


async def test_a_file_that_may_not_grow(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await cap_log(hass, 0)
    assert (await receive(hass, fake_box, "long " * 10_000))["stored"] is False
    assert issues(hass).keys() == {"store_full"}

    await cap_log(hass, 1000)
    assert (await receive(hass, fake_box, "short"))["stored"] is True
    assert issues(hass) == {}
    assert len(await texts_in_log(hass)) == 2


async def test_a_damaged_file_is_set_aside_and_told_with_its_name(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await receive(hass, fake_box, "lost")
    log = Path(hass.config.path(STORE_FILE))
    await hass.async_stop(force=True)
    broken = garble(log)
    async with restarted(hass, cellar) as second:
        issue = issues(second)["store_damaged"]
        assert (issue.severity, issue.is_fixable) == (ir.IssueSeverity.WARNING, True)
        assert issue.is_persistent
        name = (issue.translation_placeholders or {})["file"]
        assert re.fullmatch(r"gsm_gateway\.db\.damaged\.\w+", name)
        assert content(log.with_name(name)) == broken
        assert (await receive(second, fake_box, "new"))["stored"] is True
        assert await texts_in_log(second) == ["new"]

        page = await fix(second, "store_damaged")
        assert page["description_placeholders"] == {"file": name}
        assert issues(second) == {}


async def test_what_waits_outlives_a_file_that_is_damaged_meanwhile(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    await act(hass, "send_sms", to=ANNA, message="Fire")
    await garble_log(hass)
    assert (await receive(hass, fake_box, "hello"))["stored"] is True
    assert issues(hass).keys() == {"store_damaged"}

    fake_box.on = True
    async with killed(hass, cellar) as second:
        await settle(second)
        assert await texts_in_log(second) == ["hello", "Fire"]
    assert [sent.text for sent in fake_box.sent] == ["Fire"]


@pytest.mark.parametrize("choice", ["send", "drop"])
async def test_what_a_backup_had_in_its_queue_waits_for_the_user(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox, choice: str
) -> None:
    fake_box.switch(on=False)
    await act(hass, "send_sms", to=ANNA, message="Fire")
    await backup.async_pre_backup(hass)
    fake_box.on = True
    async with killed(hass, cellar) as second, restarted(second, cellar) as third:
        issue = issues(third)["restored"]
        assert (issue.severity, issue.is_fixable) == (ir.IssueSeverity.WARNING, True)
        assert fake_box.sent == []
        (waits,) = (await act(third, "get_messages"))["messages"]
        assert waits["state"] == "unknown"
        assert waits["reason"].startswith("it was waiting when the backup was made")

        page = await fix(third, "restored", next_step_id=choice)
        assert page["description_placeholders"] == {"count": "1"}
        assert issues(third) == {}
        (done,) = (await act(third, "get_messages"))["messages"]
        async with killed(third, cellar) as fourth:
            await settle(fourth)
            assert issues(fourth) == {}

    assert len(fake_box.sent) == (choice == "send")
    assert done["state"] == ("sent" if choice == "send" else "unknown")
    assert ("chose not to" in (done["reason"] or "")) is (choice == "drop")


async def test_after_the_backup_the_queue_is_as_before(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    await act(hass, "send_sms", to=ANNA, message="Fire")
    await backup.async_pre_backup(hass)
    await backup.async_post_backup(hass)
    fake_box.on = True
    async with killed(hass, cellar) as second:
        await settle(second)
        assert issues(second) == {}

    assert [sent.text for sent in fake_box.sent] == ["Fire"]


async def test_messages_come_and_go_during_a_backup(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    await backup.async_pre_backup(hass)
    await receive(hass, fake_box, "hello")
    await act(hass, "send_sms", to=ANNA, message="hello yourself")
    await backup.async_post_backup(hass)

    async with killed(hass, cellar) as second:
        assert await texts_in_log(second) == ["hello yourself", "hello"]


async def test_a_backup_is_never_held_up(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with full_disk(hass):
        await backup.async_pre_backup(hass)
        await backup.async_post_backup(hass)
    assert "The backup has an older state of the messages" in caplog.text
    assert "The message log is still marked as copied" in caplog.text

    await receive(hass, fake_box, "hello")
    assert issues(hass) == {}


async def test_the_mark_of_a_backup_goes_when_the_disk_takes_something_again(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.switch(on=False)
    await act(hass, "send_sms", to=ANNA, message="Fire")
    await backup.async_pre_backup(hass)
    with full_disk(hass):
        await backup.async_post_backup(hass)
    await receive(hass, fake_box, "hello")

    fake_box.on = True
    async with killed(hass, cellar) as second:
        await settle(second)
        assert issues(second) == {}
    assert [sent.text for sent in fake_box.sent] == ["Fire"]


async def test_what_a_backup_had_waiting_is_asked_about_although_it_is_read_late(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "_PROBE", 0)
    fake_box.switch(on=False)
    await act(hass, "send_sms", to=ANNA, message="Fire")
    with TemporaryDirectory() as folder:
        await backup.async_pre_backup(hass)
        copy_log(hass, Path(folder))
        await hass.async_stop(force=True)
        hide(Path(folder, STORE_FILE))
        async with running_in(folder, cellar) as second:
            assert issues(second).keys() == {"store_full"}
            show(Path(folder, STORE_FILE))
            async with asyncio.timeout(10):
                while issues(second).keys() != {"restored"}:
                    await settle(second)
