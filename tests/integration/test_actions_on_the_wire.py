"""Actions and automations with the real drivers, against simulated boxes over loopback."""

import asyncio
from collections.abc import Iterator
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.messaging.messages import State
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.entries import change, set_up
from tests.integration.scene import ANNA, BOB, STRANGER, act, automate, device_id
from tests.simulator.core.journal import SMS_ON_AIR, USSD_DIALLED
from tests.simulator.goip.box import GoipBox
from tests.simulator.yeastar.box import YeastarBox

SCALE = 20.0
"""At which a USSD of 40 s has time enough on a machine that does much else."""

type Connected = tuple[GoipBox | YeastarBox, MockConfigEntry]


@pytest.fixture(params=["goip", "yeastar"])
def known(request: pytest.FixtureRequest) -> Iterator[Connected]:
    """A simulated box with two SIMs, and its entry that is not set up yet; both live fast."""
    with patch("custom_components.gsm_gateway.messenger.Clock", lambda: Clock(SCALE)):
        yield (
            request.getfixturevalue(f"{request.param}_box"),
            request.getfixturevalue(f"known_{request.param}"),
        )


@pytest.fixture
async def connected(hass: HomeAssistant, known: Connected) -> Connected:
    """The same with the link up."""
    _, entry = known
    await set_up(hass, entry)
    news = asyncio.Event()
    stop = entry.runtime_data.status.async_add_listener(news.set)
    async with asyncio.timeout(20):
        while not entry.runtime_data.connection.connected:
            news.clear()
            await news.wait()
    stop()
    return known


async def test_two_automations_answer_the_right_number(
    hass: HomeAssistant, connected: Connected
) -> None:
    box, entry = connected
    await automate(
        hass,
        {
            "triggers": {"trigger": "gsm_gateway.sms_received"},
            "actions": {
                "action": "gsm_gateway.send_sms",
                "data": {"reply_to": "{{ trigger.message_id }}", "message": "pong"},
            },
        },
        {
            "triggers": {"trigger": "event", "event_type": "gsm_gateway_sms_received"},
            "actions": {
                "action": "gsm_gateway.send_sms",
                "data": {
                    "to": "{{ trigger.event.data.sender }}",
                    "message": "ping was for {{ trigger.event.data.sim }}",
                    "device_id": "{{ trigger.event.data.device_id }}",
                },
            },
        },
    )

    await box.receive(2, STRANGER, "ping")
    for text in ("pong", f"ping was for {entry.title} SIM 2"):
        await box.journal.wait_for_kind(SMS_ON_AIR, 30, text=text)

    on_air = box.journal.entries(SMS_ON_AIR)
    assert [(sms.line, sms["number"]) for sms in on_air] == [(2, STRANGER)] * 2


async def test_each_of_many_numbers_gets_one_sms(
    hass: HomeAssistant, connected: Connected
) -> None:
    box, _ = connected

    response = await act(hass, "send_sms", to=[ANNA, BOB], message="Zażółć gęślą jaźń")

    for message in response["messages"]:
        await box.journal.wait_for_kind(SMS_ON_AIR, 30, number=message["to"])
        outbox = hass.data[MESSENGER].outbox
        sent = await outbox.wait(message["message_id"], State.SENT, 30)
        assert sent.state in {State.SENT, State.DELIVERED}
    on_air = box.journal.entries(SMS_ON_AIR)
    assert {sms["number"] for sms in on_air} == {ANNA, BOB}
    assert {sms["text"] for sms in on_air} == {"Zażółć gęślą jaźń"}
    assert len(on_air) == 2


async def test_a_code_is_dialled_once_and_answered(
    hass: HomeAssistant, connected: Connected
) -> None:
    box, entry = connected
    sim = box.line(2).sim
    assert sim is not None
    sim.ussd["*135#"] = "Your number is {number}"
    second = device_id(hass, entry, "sim2")

    response = await act(hass, "send_ussd", device_id=second, code="*135#")

    assert response == {"answers": [f"Your number is {sim.number}"]}
    dialled = box.journal.entries(USSD_DIALLED, line=2, code="*135#")
    assert len(dialled) == 1


async def test_a_balance_is_fetched(hass: HomeAssistant, connected: Connected) -> None:
    _, entry = connected
    first = device_id(hass, entry, "sim1")

    response = await act(hass, "refresh_balance", device_id=first)

    assert (response["balance"], response["currency"]) == (57.2, "RUB")


MENU = {"": "1. Tariffs", "1": "3. Balance", "1>3": "Balance: {balance} RUB"}


async def plant(box: GoipBox | YeastarBox, code: str) -> None:
    """Put a menu of two steps behind a code of the second SIM."""
    for path, text in MENU.items():
        await box.ussd_menu(2, code, path, text)


async def test_menus_are_answered_each_reply_once(
    hass: HomeAssistant, connected: Connected
) -> None:
    box, entry = connected
    await plant(box, "*111#")
    second = device_id(hass, entry, "sim2")

    response = await act(
        hass, "send_ussd", device_id=second, code="*111#", replies=[1, "3"]
    )

    assert response == {"answers": ["1. Tariffs", "3. Balance", "Balance: 67.2 RUB"]}
    dialled = box.journal.entries(USSD_DIALLED, line=2)
    codes = [entry["code"] for entry in dialled if entry["code"] != "*100#"]
    assert codes == ["*111#", "1", "3"]


async def test_a_balance_is_fetched_from_a_menu(
    hass: HomeAssistant, connected: Connected
) -> None:
    box, entry = connected
    await change(hass, entry, "sim2", balance_code="*111# > 1 > 3")
    await plant(box, "*111#")

    second = device_id(hass, entry, "sim2")
    response = await act(hass, "refresh_balance", device_id=second)

    assert response == {
        "balance": 67.2,
        "currency": "RUB",
        "answer": "Balance: 67.2 RUB",
    }
