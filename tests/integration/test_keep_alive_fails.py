"""SMS that are to keep a SIM alive, and always fail: the operator may charge them."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.gateways.model import SendReport, SendState
from tests.integration.asking import raised
from tests.integration.entries import change, settle
from tests.integration.fakes import FakeBox
from tests.integration.keeping import HELLO, complaints, days, send
from tests.integration.restarting import killed
from tests.integration.scene import BOB, device_id

pytestmark = pytest.mark.freeze_time("2026-05-01 12:00:00+00:00")


@pytest.fixture
async def failing(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> MockConfigEntry:
    """The entry of a box that has just sent the third SMS in vain."""
    await days(hass, freezer, 29)
    fake_box.reports = SendState.FAILED
    await days(hass, freezer, 3)
    assert fake_box.sent == [HELLO] * 3
    return home


async def test_what_fails_three_times_is_tried_once_a_week(
    hass: HomeAssistant,
    failing: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    why = "Cellar SIM 1 could not send the SMS that keeps it alive (failed); it tries again"
    tomorrow, later = f"{why} tomorrow", f"{why} in a week"
    assert complaints(caplog) == [tomorrow, tomorrow, later]
    issue = raised(hass)["keep_alive_failed"]
    assert issue.issue_id == f"keep_alive_failed_{failing.entry_id}_sim1"
    assert issue.is_fixable is False
    assert issue.translation_placeholders == {"sim": "Cellar SIM 1"}

    await days(hass, freezer, 6)
    assert len(fake_box.sent) == 3
    await days(hass, freezer)
    assert len(fake_box.sent) == 4
    await days(hass, freezer, 21)
    assert len(fake_box.sent) == 7
    assert "keep_alive_failed" in raised(hass)


async def test_two_failures_are_raised_to_nobody(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await days(hass, freezer, 29)
    fake_box.reports = SendState.FAILED
    await days(hass, freezer, 2)
    assert len(fake_box.sent) == 2
    assert raised(hass) == {}


async def test_failures_are_counted_over_restarts(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await days(hass, freezer, 29)
    fake_box.reports = SendState.FAILED
    await days(hass, freezer, 2)
    async with killed(hass, home) as again:
        await again.config.async_set_time_zone("UTC")
        assert raised(again) == {}
        await days(again, freezer)
        assert len(fake_box.sent) == 3
        assert set(raised(again)) == {"keep_alive_failed"}
        (entry,) = again.config_entries.async_entries("gsm_gateway")
        async with killed(again, entry) as third:
            await third.config.async_set_time_zone("UTC")
            assert set(raised(third)) == {"keep_alive_failed"}
            await days(third, freezer, 6)
            assert len(fake_box.sent) == 3
            await days(third, freezer)
            assert len(fake_box.sent) == 4


@pytest.mark.parametrize("state", [SendState.SENT, SendState.DELIVERED])
async def test_what_goes_out_ends_the_row(
    hass: HomeAssistant,
    failing: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    state: SendState,
) -> None:
    fake_box.reports = state
    await days(hass, freezer, 7)
    assert len(fake_box.sent) == 4
    assert raised(hass) == {}

    fake_box.reports = SendState.FAILED
    await days(hass, freezer, 32)
    assert len(fake_box.sent) == 7, "it is tried every day again"
    assert set(raised(hass)) == {"keep_alive_failed"}


async def test_a_box_that_takes_back_its_word_gets_no_more_than_others(
    hass: HomeAssistant,
    failing: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It tells each time that the SMS went out, and then that it failed."""
    fake_box.reports = SendState.SENT
    take = FakeBox.send

    async def send_and_regret(
        box: FakeBox, channel: int, to: str, text: str, token: str, **how: Any
    ) -> None:
        await take(box, channel, to, text, token, **how)
        assert box.listener is not None
        box.listener.on_report(SendReport(token=token, state=SendState.FAILED))

    monkeypatch.setattr(FakeBox, "send", send_and_regret)
    await days(hass, freezer, 28)
    assert len(fake_box.sent) == 7
    assert set(raised(hass)) == {"keep_alive_failed"}


async def test_an_sms_that_somebody_sends_ends_the_row(
    hass: HomeAssistant,
    failing: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    fake_box.reports = SendState.SENT
    await send(hass, failing, "sim1")
    await days(hass, freezer, 4)
    assert raised(hass) == {}
    assert fake_box.sent.count(HELLO) == 3


@pytest.mark.parametrize("state", [None, SendState.FAILED])
async def test_a_box_that_tells_nothing_more_has_sent_it(
    hass: HomeAssistant,
    failing: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    state: SendState | None,
) -> None:
    fake_box.reports = state
    await days(hass, freezer, 11)
    assert len(fake_box.sent) == 4
    assert set(raised(hass)) == ({"keep_alive_failed"} if state else set())


@pytest.mark.parametrize("how", ["off", "card", "SIM", "box", "disabled"])
async def test_what_is_raised_goes_with_what_it_is_about(
    hass: HomeAssistant, failing: MockConfigEntry, how: str
) -> None:
    match how:
        case "off":
            await change(hass, failing, "sim1", keep_alive_days=None)
        case "card":
            card = {"imsi": "250019999999999", "since": "2026-06-03T12:00:00+00:00"}
            await change(hass, failing, "sim1", other_card=card)
        case "SIM":
            hass.config_entries.async_remove_subentry(failing, "sim1")
        case "box":
            await hass.config_entries.async_remove(failing.entry_id)
        case _:
            dr.async_get(hass).async_update_device(
                device_id(hass, failing, "sim1"),
                disabled_by=dr.DeviceEntryDisabler.USER,
            )
    await settle(hass)
    assert "keep_alive_failed" not in raised(hass)


async def test_it_is_tried_anew_where_it_is_switched_on_again(
    hass: HomeAssistant,
    failing: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await change(hass, failing, "sim1", keep_alive_days=None)
    await change(hass, failing, "sim1", keep_alive_days=2)
    await days(hass, freezer, 3)
    assert len(fake_box.sent) == 5
    assert raised(hass) == {}


async def test_another_number_is_tried_the_next_day(
    hass: HomeAssistant,
    failing: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await change(hass, failing, "sim1", keep_alive_number=BOB)
    assert raised(hass) == {}
    await days(hass, freezer, 2)
    assert [sent.to for sent in fake_box.sent[3:]] == [BOB, BOB]
    assert raised(hass) == {}
    await days(hass, freezer)
    assert set(raised(hass)) == {"keep_alive_failed"}


async def test_a_new_card_has_not_failed(
    hass: HomeAssistant, failing: MockConfigEntry
) -> None:
    failing.runtime_data.balances.async_begin_anew("sim1")
    failing.runtime_data.upkeep.async_wake()
    await settle(hass)
    assert raised(hass) == {}
