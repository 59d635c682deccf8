"""When a SIM is asked by itself: after its SMS, in the day's limits, not in quiet hours."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.const import EVENT_SMS_STATUS
from custom_components.gsm_gateway.gateways.model import (
    ChannelBusy,
    SendRefused,
    SendReport,
    SendState,
)
from tests.integration.asking import ONE_QUESTION, later, press, text
from tests.integration.entries import change, kept_balances, settle
from tests.integration.fakes import FakeBox
from tests.integration.restarting import killed
from tests.integration.scene import ANNA, act

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")


@pytest.fixture(autouse=True)
async def in_warsaw(hass: HomeAssistant) -> None:
    """Live two hours ahead of UTC."""
    await hass.config.async_set_time_zone("Europe/Warsaw")


async def pass_by(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, span: timedelta
) -> None:
    """Let time pass in steps of ten minutes."""
    for _ in range(span // timedelta(minutes=10)):
        await later(hass, freezer, minutes=10)


async def test_a_little_after_an_sms_its_sim_is_asked_once(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, minutes=20)
    await text(hass, asked, poor_box)
    await later(hass, freezer, seconds=115)
    assert poor_box.dialled == ONE_QUESTION

    await later(hass, freezer, seconds=10)
    assert poor_box.dialled == 2 * ONE_QUESTION
    await pass_by(hass, freezer, timedelta(hours=12))
    assert poor_box.dialled == 2 * ONE_QUESTION


async def test_many_sms_are_one_question_after_the_last(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, minutes=20)
    for _ in range(3):
        await text(hass, asked, poor_box)
        await later(hass, freezer, seconds=100)
    assert poor_box.dialled == ONE_QUESTION

    await later(hass, freezer, seconds=25)
    assert poor_box.dialled == 2 * ONE_QUESTION


async def test_sms_without_end_put_the_question_off_for_ten_minutes(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, minutes=20)
    for _ in range(6):
        await text(hass, asked, poor_box)
        await later(hass, freezer, seconds=95)
    assert poor_box.dialled == ONE_QUESTION

    await text(hass, asked, poor_box)
    await later(hass, freezer, seconds=40)
    assert poor_box.dialled == 2 * ONE_QUESTION


async def test_ten_minutes_lie_between_two_questions(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await text(hass, asked, poor_box)
    await later(hass, freezer, minutes=9)
    assert poor_box.dialled == ONE_QUESTION

    await later(hass, freezer, minutes=2)
    assert poor_box.dialled == 2 * ONE_QUESTION


@pytest.mark.parametrize("wishes", [{"balance_after_sms": False}], ids=["not wished"])
async def test_an_sms_is_no_reason_where_the_user_does_not_want_it(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, minutes=20)
    await text(hass, asked, poor_box)
    await pass_by(hass, freezer, timedelta(hours=12))
    assert poor_box.dialled == ONE_QUESTION


async def test_an_sms_that_was_refused_is_no_reason(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, minutes=20)
    poor_box.endings = [SendRefused("no money")]
    await act(hass, "send_sms", to=ANNA, message="hello")
    assert poor_box.endings == []
    await pass_by(hass, freezer, timedelta(hours=12))
    assert poor_box.dialled == ONE_QUESTION


async def test_a_receipt_that_comes_late_is_no_reason(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens: list[str] = []
    monkeypatch.setattr(poor_box, "token", lambda serial: f"token {serial}")
    send = poor_box.send

    async def note(channel: int, to: str, text: str, token: str, **how: bool) -> None:
        tokens.append(token)
        await send(channel, to, text, token, **how)

    monkeypatch.setattr(poor_box, "send", note)
    await later(hass, freezer, minutes=20)
    await text(hass, asked, poor_box)
    await later(hass, freezer, minutes=3)
    assert poor_box.dialled == 2 * ONE_QUESTION

    await later(hass, freezer, hours=1)
    assert poor_box.listener
    (token,) = tokens
    states = async_capture_events(hass, EVENT_SMS_STATUS)
    poor_box.listener.on_report(SendReport(token=token, state=SendState.DELIVERED))
    await settle(hass)
    assert [event.data["state"] for event in states] == ["delivered"]
    await later(hass, freezer, minutes=15)
    assert poor_box.dialled == 2 * ONE_QUESTION


async def test_a_question_that_an_sms_is_the_reason_for_outlives_a_restart(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, minutes=20)
    await text(hass, asked, poor_box)
    async with killed(hass, asked) as second:
        await settle(second)
        await later(second, freezer, seconds=60)
        assert poor_box.dialled == ONE_QUESTION
        await later(second, freezer, seconds=65)
        assert poor_box.dialled == 2 * ONE_QUESTION


@pytest.mark.parametrize("wishes", [{"balance_per_day": 2}], ids=["two a day"])
async def test_a_day_has_so_many_questions_over_restarts_and_the_button_counts(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await press(hass)
    assert poor_box.dialled == 2 * ONE_QUESTION
    async with killed(hass, asked) as second:
        (entry,) = second.config_entries.async_entries("gsm_gateway")
        await second.config.async_set_time_zone("Europe/Warsaw")
        await later(second, freezer, minutes=20)
        await text(second, entry, poor_box)
        await pass_by(second, freezer, timedelta(hours=11))  # it is 23:21
        assert poor_box.dialled == 2 * ONE_QUESTION

        await press(second)
        assert poor_box.dialled == 3 * ONE_QUESTION, "the button is not limited"
        await text(second, entry, poor_box)
        await pass_by(second, freezer, timedelta(minutes=30))
        assert poor_box.dialled == 3 * ONE_QUESTION

        await later(second, freezer, minutes=10)  # tomorrow
        assert poor_box.dialled == 4 * ONE_QUESTION


@pytest.mark.parametrize(
    "wishes",
    [{"balance_quiet_from": "22:00:00", "balance_quiet_to": "07:00:00"}],
    ids=["at night"],
)
async def test_nobody_is_asked_in_quiet_hours_but_by_the_button(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await pass_by(hass, freezer, timedelta(hours=10))  # 22:01
    await text(hass, asked, poor_box)
    await pass_by(hass, freezer, timedelta(hours=8, minutes=50))  # 06:51
    assert poor_box.dialled == ONE_QUESTION

    await later(hass, freezer, minutes=9)
    assert poor_box.dialled == 2 * ONE_QUESTION

    await change(hass, asked, "sim1", balance_quiet_from="06:00:00")
    await press(hass)
    assert poor_box.dialled == 2 * ONE_QUESTION + ONE_QUESTION


@pytest.mark.parametrize(
    "wishes",
    [{"balance_only_after_sent": True, "balance_after_sms": False}],
    ids=["only after sent"],
)
async def test_a_sim_that_sends_nothing_is_not_asked_again(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    for _ in range(5):
        await later(hass, freezer, hours=24)
    assert poor_box.dialled == ONE_QUESTION

    await text(hass, asked, poor_box)
    assert poor_box.dialled == ONE_QUESTION
    await later(hass, freezer, minutes=3)
    assert poor_box.dialled == 2 * ONE_QUESTION
    await later(hass, freezer, hours=48)
    assert poor_box.dialled == 2 * ONE_QUESTION


async def test_what_was_not_dialled_is_tried_again_and_not_counted(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, minutes=20)
    await text(hass, asked, poor_box)
    poor_box.answers[1] = ChannelBusy("in a call")
    await later(hass, freezer, minutes=3)
    assert poor_box.dialled == 2 * ONE_QUESTION
    kept: Any = (await kept_balances(hass, asked))["sim1"]
    assert kept["count"] == {"day": "2026-05-01", "questions": 1}

    poor_box.answers[1] = "Saldo: 12,40 PLN"
    await later(hass, freezer, minutes=10)
    assert poor_box.dialled == 2 * ONE_QUESTION
    await later(hass, freezer, minutes=6)
    assert poor_box.dialled == 3 * ONE_QUESTION
    kept = (await kept_balances(hass, asked))["sim1"]
    assert kept["count"] == {"day": "2026-05-01", "questions": 2}
