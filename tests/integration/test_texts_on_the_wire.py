"""Texts and what becomes of them with the real drivers, told by the boxes' journals."""

from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from tests.integration.entries import settle
from tests.integration.scene import ANNA, act
from tests.integration.wires import (
    SimulatedBox,
    connect,
    living,
    on_air,
    switched_on,
    wired_entry,
)
from tests.simulator.core.journal import SMS_ON_AIR, SMS_RESULT, SMS_TAKEN
from tests.simulator.goip.box import GoipBox

SCALE = 20.0
"""Slow enough for a busy machine to answer within the drivers' time limits."""
LONG = ("Привет, 👋🏽! В подвале вода 🌊 по щиколотку. " * 10)[:400]
PARTS_OF_LONG = 7
"""429 units of UCS-2, 67 in each part."""


@pytest.fixture
async def box(
    request: pytest.FixtureRequest, hass: HomeAssistant
) -> AsyncGenerator[SimulatedBox]:
    """A connected box, by the wire that the test names."""
    wire: str = request.param
    with living(SCALE):
        async with switched_on(hass, wire, SCALE) as box:
            await connect(hass, wired_entry(box, wire, sims=1))
            yield box


def by(*wires: str) -> pytest.MarkDecorator:
    """Let a test run on these wires."""
    return pytest.mark.parametrize("box", wires, indirect=True)


async def send(hass: HomeAssistant, text: str = "Fire", **how: Any) -> dict[str, Any]:
    """Send a text to Anna and return what the action answers about it."""
    (message,) = (await act(hass, "send_sms", to=ANNA, message=text, **how))["messages"]
    return dict(message)


@by("goip, smpp")
@pytest.mark.parametrize("wait_for", ["sent", "delivered"])
async def test_the_receipt_is_waited_for(
    hass: HomeAssistant, box: SimulatedBox, wait_for: str
) -> None:
    """By SMPP there is no `sent` but with the receipt."""
    message = await send(hass, wait_for=wait_for)
    assert (message["state"], message["reason"]) == ("delivered", None)
    (receipt,) = box.journal.entries(SMS_RESULT)
    assert (receipt["how"], receipt["status"]) == ("smpp receipt", "DELIVRD")


@by("goip, smpp")
async def test_the_answer_is_waited_for_and_no_receipt(
    hass: HomeAssistant, box: SimulatedBox
) -> None:
    message = await send(hass, wait_for="accepted")
    assert message["state"] == "accepted"
    assert len(box.journal.entries(SMS_TAKEN)) == 1
    assert box.journal.entries(SMS_ON_AIR) == []


@by("goip, web", "yeastar")
async def test_the_result_is_waited_for(hass: HomeAssistant, box: SimulatedBox) -> None:
    message = await send(hass, wait_for="sent")
    assert (message["state"], message["reason"]) == ("sent", None)
    (result,) = box.journal.entries(SMS_RESULT)
    assert result["error"] == ""


@by("goip, web", "yeastar")
async def test_a_receipt_that_never_comes_is_not_waited_for(
    hass: HomeAssistant, box: SimulatedBox
) -> None:
    with pytest.raises(ServiceValidationError) as refusal:
        await send(hass, wait_for="delivered")
    assert refusal.value.translation_key == "cannot_reach"
    await box.clock.sleep(10)
    assert box.journal.entries(SMS_TAKEN) == []


@by("goip, smpp", "goip, web", "yeastar")
async def test_a_failure_ends_the_waiting(
    hass: HomeAssistant, box: SimulatedBox
) -> None:
    await box.fail_send(1, error="38")
    message = await send(hass, wait_for="sent")
    assert message["state"] == "failed"
    await box.clock.sleep(30)
    assert len(box.journal.entries(SMS_TAKEN)) == 1
    assert on_air(box) == []


@by("goip, smpp", "yeastar")
async def test_a_withheld_result_is_waited_for_no_longer_than_asked(
    hass: HomeAssistant, box: SimulatedBox
) -> None:
    await box.lose_result(1)
    message = await send(hass, wait_for="sent", wait_timeout=10)
    assert (message["state"], message["reason"]) == ("accepted", None)
    assert on_air(box) == [(1, ANNA, "Fire")]


@by("goip, smpp", "yeastar")
async def test_400_letters_go_out_whole(hass: HomeAssistant, box: SimulatedBox) -> None:
    message = await send(hass, LONG, wait_for="sent")
    assert message["parts"] == PARTS_OF_LONG
    (sms,) = box.journal.entries(SMS_ON_AIR)
    assert (sms["text"], sms["parts"]) == (LONG, PARTS_OF_LONG)
    (kept,) = (await act(hass, "get_messages", direction="sent"))["messages"]
    assert kept["text"] == LONG


@by("goip, smpp", "yeastar")
@pytest.mark.parametrize("smpp_long", ["payload", "udh"])
async def test_400_letters_come_in_whole(
    hass: HomeAssistant, box: SimulatedBox, smpp_long: str
) -> None:
    if isinstance(box, GoipBox):
        await box.option("smpp_long", smpp_long)
    elif smpp_long == "udh":
        await box.set_option("part_order", "shuffled")
    events = async_capture_events(hass, EVENT_SMS_RECEIVED)
    await box.receive(1, ANNA, LONG)
    await box.clock.sleep(20)
    await settle(hass)
    (event,) = events
    assert event.data["text"] == LONG
    assert (event.data["complete"], event.data["redelivered"]) == (True, False)
    (kept,) = (await act(hass, "get_messages", direction="received"))["messages"]
    assert kept["text"] == LONG


@by("goip, web")
async def test_after_a_part_that_failed_the_rest_is_not_sent(
    hass: HomeAssistant, box: SimulatedBox
) -> None:
    await box.late_result(1, seconds=0)  # the first part goes out as usual
    await box.fail_send(1, error="38")
    message = await send(hass, "Water in the cellar. " * 20, wait_for="sent")
    assert message["state"] == "failed"
    assert message["reason"] == "part 2 of 3: the network is out of order (error 38)"
    await box.clock.sleep(60)
    texts = [sms["text"][:4] for sms in box.journal.entries(SMS_TAKEN)]
    assert texts == ["1/3 ", "2/3 "]
    assert len(on_air(box)) == 1


@by("goip, smpp")
@pytest.mark.parametrize(
    ("encoding", "text", "data_coding", "raw", "dropped"),
    [
        ("auto", "Fire", 1, "46697265", 0),
        ("auto", "Дым", 8, "0414044b043c", 0),
        ("gsm7", "Дым🔥", 1, "44796d", 1),
        # In the GSM alphabet but not in ASCII, which is all that a GoIP surely takes
        ("gsm7", "5 €", 8, "0035002020ac", 0),
        ("unicode", "Fire", 8, "0046006900720065", 0),
    ],
)
async def test_the_encoding_is_on_the_wire(
    hass: HomeAssistant,
    box: SimulatedBox,
    encoding: str,
    text: str,
    data_coding: int,
    raw: str,
    dropped: int,
) -> None:
    message = await send(hass, text, encoding=encoding, wait_for="sent")
    assert message["dropped"] == dropped
    (sms,) = box.journal.entries(SMS_ON_AIR)
    assert (sms["data_coding"], sms["raw"]) == (data_coding, raw)


@by("goip, web", "yeastar")
async def test_a_text_is_transliterated_for_boxes_that_choose_the_alphabet(
    hass: HomeAssistant, box: SimulatedBox
) -> None:
    message = await send(hass, "Дым🔥", encoding="gsm7", wait_for="sent")
    assert message["dropped"] == 1
    (sms,) = box.journal.entries(SMS_ON_AIR)
    assert (sms["text"], sms["encoding"]) == ("Dym", "gsm7")
