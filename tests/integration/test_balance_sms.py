"""Operators that answer a balance code by SMS."""

import asyncio
from datetime import timedelta
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from custom_components.gsm_gateway.gateways.model import (
    Coding,
    Concatenation,
    NoReply,
    SmsPart,
    Transport,
    UssdReply,
)
from tests.integration.asking import (
    CHECKED,
    ONE_QUESTION,
    VALUE,
    later,
    measured,
    press,
    raised,
)
from tests.integration.entries import (
    BALANCE,
    change,
    goip_entry,
    set_up,
    settle,
    shown,
    sim,
)
from tests.integration.fakes import FakeBox
from tests.integration.restarting import killed
from tests.integration.scene import act, device_id, receive, wired

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")

ACCEPTED = "Your request was accepted, please wait for an SMS."
MONEY = "Saldo: 8,20 PLN"
SENDER = "Orange"


@pytest.fixture
async def waiting(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> MockConfigEntry:
    """The entry of a box whose operator has just accepted a question, at 11:01."""
    await later(hass, freezer, hours=1)
    poor_box.answers[1] = ACCEPTED
    await press(hass)
    return asked


async def test_the_sms_after_an_accepted_question_is_the_answer(
    hass: HomeAssistant,
    waiting: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert shown(hass, VALUE).state == "12.50"
    await later(hass, freezer, minutes=3)
    event = await receive(hass, poor_box, MONEY, sender=SENDER)

    assert event["text"] == MONEY, "it is announced like every SMS"
    assert shown(hass, VALUE).state == "8.20"
    assert shown(hass, CHECKED).state == "2026-05-01T11:04:00+00:00"
    assert measured(waiting) == [("12.50", 0), ("8.20", 0)]
    known = waiting.runtime_data.balances.known("sim1")
    assert [each.text for each in known.answers][1:] == [ACCEPTED, MONEY]
    assert known.unread is None
    await later(hass, freezer, minutes=20)
    assert raised(hass) == {}
    assert poor_box.dialled == 2 * ONE_QUESTION


@pytest.mark.parametrize(
    ("sender", "taken"),
    [
        ("5555", True),
        ("555555", True),
        ("Orange PL", True),
        ("5555555", False),
        ("+48501502503", False),
        ("+5555", False),
        ("0501 502 503", False),
    ],
)
async def test_only_names_and_short_codes_tell_balances(
    hass: HomeAssistant,
    waiting: MockConfigEntry,
    poor_box: FakeBox,
    sender: str,
    taken: bool,
) -> None:
    await receive(hass, poor_box, MONEY, sender=sender)
    assert shown(hass, VALUE).state == ("8.20" if taken else "12.50")


@pytest.mark.parametrize(
    ("sender", "taken"),
    [("orange", True), ("T-Mobile", False), ("501502503", False)],
)
async def test_a_sender_in_the_settings_is_the_only_one(
    hass: HomeAssistant,
    waiting: MockConfigEntry,
    poor_box: FakeBox,
    sender: str,
    taken: bool,
) -> None:
    await change(hass, waiting, "sim1", balance_sender="Orange")
    await receive(hass, poor_box, MONEY, sender=sender)
    assert shown(hass, VALUE).state == ("8.20" if taken else "12.50")


async def test_a_phone_number_tells_the_balance_where_the_settings_name_it(
    hass: HomeAssistant, waiting: MockConfigEntry, poor_box: FakeBox
) -> None:
    await change(hass, waiting, "sim1", balance_sender="501 502 503")
    await receive(hass, poor_box, MONEY, sender="+48501502503")
    assert shown(hass, VALUE).state == "8.20"


async def test_after_ten_minutes_an_sms_is_no_answer(
    hass: HomeAssistant,
    waiting: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, minutes=9, seconds=59)
    await receive(hass, poor_box, "Hello", sender=SENDER)
    await later(hass, freezer, seconds=2)
    await receive(hass, poor_box, MONEY, sender=SENDER)
    assert shown(hass, VALUE).state == "12.50"


async def test_an_sms_that_nobody_asked_for_is_no_answer(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    await receive(hass, poor_box, MONEY, sender=SENDER)
    assert shown(hass, VALUE).state == "12.50"


async def test_only_the_first_of_two_is_the_answer(
    hass: HomeAssistant, waiting: MockConfigEntry, poor_box: FakeBox
) -> None:
    poor_box.receive(MONEY, sender=SENDER)
    poor_box.receive("Saldo: 99,00 PLN", sender="Bank")
    await settle(hass)
    assert shown(hass, VALUE).state == "8.20"


async def test_an_sms_without_a_balance_and_one_to_another_sim_are_no_answers(
    hass: HomeAssistant, waiting: MockConfigEntry, poor_box: FakeBox
) -> None:
    await receive(hass, poor_box, "Buy 10 GB for 20 PLN!", sender=SENDER)
    await receive(hass, poor_box, MONEY, sender=SENDER, channel=2)
    assert shown(hass, VALUE).state == "12.50"
    assert waiting.runtime_data.balances.known("sim1").unread == ACCEPTED


async def test_half_an_sms_is_no_answer_until_the_rest_is_there(
    hass: HomeAssistant,
    waiting: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    def part(words: str, index: int) -> SmsPart:
        return SmsPart(
            channel=1,
            sender=SENDER,
            payload=words.encode(),
            coding=Coding.UTF8,
            transport=Transport.AMI,
            concatenation=Concatenation(reference="7", index=index, total=2),
        )

    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    poor_box.hand_over(part("Saldo: 8,20 PLN, w tym", 1))
    for _ in range(9):
        await later(hass, freezer, minutes=1)
    assert [event.data["complete"] for event in events] == [False]
    assert shown(hass, VALUE).state == "12.50"
    poor_box.hand_over(part(" bonus 3,00 PLN", 2))
    await settle(hass)
    assert [event.data["complete"] for event in events] == [False, True]
    assert shown(hass, VALUE).state == "8.20"


async def test_another_currency_by_sms_is_somebody_elses(
    hass: HomeAssistant, waiting: MockConfigEntry, poor_box: FakeBox
) -> None:
    await receive(hass, poor_box, "Saldo: 4,00 EUR", sender="Bank")
    assert shown(hass, VALUE).state == "12.50"
    assert raised(hass) == {}
    await receive(hass, poor_box, MONEY, sender=SENDER)
    assert shown(hass, VALUE).state == "8.20"


async def test_a_bank_is_not_taken_for_an_operator_that_does_not_answer(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    poor_box.answers[1] = NoReply("no answer")
    await later(hass, freezer, hours=25)
    await receive(hass, poor_box, "Dostepne saldo 843,22 PLN", sender="mBank")
    assert shown(hass, VALUE).state == "12.50"


async def test_the_sms_may_come_instead_of_any_answer(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await change(hass, asked, "sim1", balance_sender=SENDER)
    poor_box.answers[1] = NoReply("no answer")
    for day in range(3):
        await later(hass, freezer, hours=25)
        await receive(hass, poor_box, f"Saldo: {day},20 PLN", sender=SENDER)
        assert shown(hass, VALUE).state == f"{day}.20"
    await later(hass, freezer, minutes=20)
    assert raised(hass) == {}


async def test_the_sms_is_the_answer_over_a_restart(
    hass: HomeAssistant,
    waiting: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    async with killed(hass, waiting) as second:
        await later(second, freezer, minutes=2)
        await receive(second, poor_box, MONEY, sender=SENDER)
        assert shown(second, VALUE).state == "8.20"


class SlowBox(FakeBox):
    """A box whose operator sends the SMS before it answers the code."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self.dials = asyncio.Event()
        self.answers_now = asyncio.Event()

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        self.dials.set()
        await self.answers_now.wait()
        return await super().run_ussd(channel, code)


async def test_the_sms_may_come_before_the_answer_and_the_action_tells_the_answer(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    box = SlowBox(answers={1: ACCEPTED})
    entry = goip_entry(sim(1, **BALANCE, balance_sender=SENDER), host="cellar")
    with wired(cellar=box):
        await set_up(hass, entry)
        first = device_id(hass, entry, "sim1")
        asking = asyncio.create_task(act(hass, "refresh_balance", device_id=first))
        async with asyncio.timeout(10):
            await box.dials.wait()
        freezer.tick(timedelta(seconds=5))
        box.receive(MONEY, sender=SENDER)
        box.receive("Hello")
        await settle(hass)
        assert shown(hass, VALUE).state == "8.20"
        freezer.tick(timedelta(seconds=5))
        box.answers_now.set()
        response = await asking

        assert response == {"balance": None, "currency": None, "answer": ACCEPTED}
        assert shown(hass, VALUE).state == "8.20"
        assert entry.runtime_data.balances.known("sim1").unread is None
        await later(hass, freezer, minutes=20)
        assert raised(hass) == {}
