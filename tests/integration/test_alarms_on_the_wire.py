"""How soon an alarm is on the air, told by the journals of simulated boxes in their own time."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.gsm_gateway.const import DOMAIN
from tests.integration.entries import asked_just_now, contact, settle
from tests.integration.scene import ANNA, act, device_id
from tests.integration.wires import (
    PACE,
    RADIO,
    WIRES,
    SimulatedBox,
    connect,
    link,
    living,
    on_air,
    seconds,
    switched_on,
    wired_entry,
)
from tests.simulator.core.journal import (
    SMS_ON_AIR,
    SMS_RESULT,
    SMS_TAKEN,
    USSD_ANSWERED,
    USSD_DIALLED,
    Entry,
)

SCALE = 5.0
"""Slow enough that a busy machine does not count as the box's seconds."""
AT_ONCE = 2.0
"""Seconds that an alarm may take where nothing is in its way, but for the radio."""
FIRE = (ANNA, "Fire")
PLENTY: dict[str, Any] = {"parts_per_hour": 1000, "parts_per_day": 1000}


@pytest.fixture(autouse=True)
def same_time() -> Iterator[None]:
    """One time for Home Assistant and the boxes."""
    with living(SCALE):
        yield


async def alarm(hass: HomeAssistant, **where: Any) -> None:
    """Hand over an alarm, and wait for nothing else."""
    data = {"to": ANNA, "message": "Fire", "priority": "alarm", **where}
    await hass.services.async_call(DOMAIN, "send_sms", data, blocking=True)


async def alarm_to_contact(hass: HomeAssistant) -> None:
    """Hand over an alarm to the contact Anna."""
    data = {"entity_id": "notify.anna", "message": "Fire"}
    await hass.services.async_call("notify", "send_message", data, blocking=True)


async def burns(box: SimulatedBox) -> Entry:
    """Wait until the alarm is on the air."""
    return await box.journal.wait_for_kind(SMS_ON_AIR, 40, text="Fire")


@pytest.mark.parametrize(
    ("off", "on"),
    [("goip, web", "yeastar"), ("goip, smpp", "yeastar"), ("yeastar", "goip, smpp")],
)
async def test_an_alarm_leaves_by_the_box_that_is_on(
    hass: HomeAssistant, off: str, on: str
) -> None:
    async with AsyncExitStack() as stack:
        dead = await stack.enter_async_context(switched_on(hass, off, SCALE))
        alive = await stack.enter_async_context(switched_on(hass, on, SCALE))
        anna = contact("Anna", ANNA, sims=["offsim1"], priority="alarm")
        away = wired_entry(dead, off, anna, name="off")
        await connect(hass, away)
        await connect(hass, wired_entry(alive, on, name="on"))
        await dead.power(False)
        await link(away, up=False)

        begun = alive.clock.now()
        await alarm_to_contact(hass)
        assert seconds(begun, await burns(alive)) < RADIO + AT_ONCE

        await dead.power(True)
        await link(away, up=True)
        await settle(hass)
        await dead.clock.sleep(20)
        assert [fields[1:] for fields in on_air(alive) + on_air(dead)] == [FIRE]
        assert not dead.journal.entries(SMS_TAKEN)


@pytest.mark.parametrize("wire", WIRES)
async def test_an_alarm_is_the_next_after_the_newsletter_in_progress(
    hass: HomeAssistant, wire: str
) -> None:
    async with switched_on(hass, wire, SCALE) as box:
        entry = wired_entry(box, wire, **PLENTY)
        await connect(hass, entry)
        first = device_id(hass, entry, "sim1")
        readers = [f"+7916{number:07}" for number in range(100)]
        await act(hass, "send_sms", to=readers, message="News", device_id=first)
        await box.journal.wait_for_kind(SMS_TAKEN, 60, number=readers[1])

        await alarm(hass, device_id=first)
        await burns(box)
        await box.journal.wait_for_kind(SMS_ON_AIR, 60, number=readers[2])
        assert on_air(box) == [
            (1, readers[0], "News"),
            (1, readers[1], "News"),
            (1, *FIRE),
            (1, readers[2], "News"),
        ]
        pause = seconds(over(box, wire, readers[1]), taken(box, ANNA))
        assert PACE[wire] - 0.5 < pause < PACE[wire] + AT_ONCE


def taken(box: SimulatedBox, number: str) -> Entry:
    """Return when the box took the SMS to a number."""
    return box.journal.entries(SMS_TAKEN, number=number)[0]


def over(box: SimulatedBox, wire: str, number: str) -> Entry:
    """Return when an SMS was over for who sent it: the pause begins there.

    By SMPP the box answers as soon as it has taken one.
    """
    if wire == "goip, smpp":
        return taken(box, number)
    return box.journal.entries(SMS_RESULT, number=number)[0]


@pytest.mark.parametrize("wire", ["goip, web", "yeastar"])
async def test_an_alarm_does_not_wait_for_a_ussd_on_another_sim(
    hass: HomeAssistant, wire: str
) -> None:
    async with switched_on(hass, wire, SCALE) as box:
        entry = wired_entry(box, wire)
        await connect(hass, entry)
        dialling = await dial(hass, box, device_id(hass, entry, "sim2"), line=2)

        begun = box.clock.now()
        await alarm(hass, device_id=device_id(hass, entry, "sim1"))
        assert seconds(begun, await burns(box)) < RADIO + AT_ONCE
        assert not box.journal.entries(USSD_ANSWERED)
        assert await dialling == {"answers": ["done"]}
        assert on_air(box) == [(1, *FIRE)]


@pytest.mark.parametrize("wire", ["goip, web", "yeastar"])
async def test_an_alarm_for_the_only_sim_waits_for_the_end_of_its_ussd(
    hass: HomeAssistant, wire: str
) -> None:
    async with switched_on(hass, wire, SCALE) as box:
        entry = wired_entry(box, wire, sims=1)
        await connect(hass, entry)
        first = device_id(hass, entry, "sim1")
        dialling = await dial(hass, box, first, line=1)

        begun = box.clock.now()
        await alarm(hass, device_id=first)
        burning = await burns(box)
        (answered,) = box.journal.entries(USSD_ANSWERED)
        assert answered.time < taken(box, ANNA).time
        assert seconds(answered, burning) < RADIO + AT_ONCE + 1.0  # it is polled
        assert seconds(begun, burning) < 40 + RADIO
        assert await dialling == {"answers": ["done"]}
        assert on_air(box) == [(1, *FIRE)]


async def dial(
    hass: HomeAssistant, box: SimulatedBox, sim: str, line: int
) -> asyncio.Task[Any]:
    """Dial a code whose answer takes half a minute; return when it is dialled."""
    await box.ussd_answer(line, "*111#", text="done", delay=27)
    dialling = asyncio.create_task(act(hass, "send_ussd", device_id=sim, code="*111#"))
    await box.journal.wait_for_kind(USSD_DIALLED, 30, line=line)
    return dialling


@pytest.mark.parametrize("wire", WIRES)
async def test_an_alarm_leaves_by_another_sim_while_a_balance_is_asked_for(
    hass: HomeAssistant, wire: str
) -> None:
    async with switched_on(hass, wire, SCALE) as box:
        await box.ussd_answer(1, "*100#", text="Balance: 57.20", delay=27)
        anna = contact("Anna", ANNA, sims=["sim1", "sim2"], priority="alarm")
        code: dict[str, Any] = {
            "balance_code": "*100#",
            "balance_interval": 24,
            "currency": "RUB",
        }
        entry = wired_entry(box, wire, anna, **code)
        asked_just_now(hass, entry, "sim2")
        await connect(hass, entry)
        await box.journal.wait_for_kind(USSD_DIALLED, 30, line=1)

        begun = box.clock.now()
        await alarm_to_contact(hass)
        assert seconds(begun, await burns(box)) < RADIO + AT_ONCE
        assert not box.journal.entries(USSD_ANSWERED)
        assert on_air(box) == [(2, *FIRE)]
