"""Menus behind USSD codes: the action, the balance, and what a user reads when they go wrong."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
import voluptuous as vol

from custom_components.gsm_gateway.gateways.model import (
    GatewayError,
    NoReply,
    UssdReply,
    UssdSession,
)
from custom_components.gsm_gateway.gateways.ports import Gateway
from tests.integration.entries import BALANCE, goip_entry, set_up, settle, shown, sim
from tests.integration.fakes import FakeBox
from tests.integration.scene import ANNA, act, automate, device_id, on_the_air, wired

MENU = {"*100#": "1. Tariffs", "1": "3. Balance", "3": "Saldo: 12,50 PLN"}
VALUE = "sensor.cellar_sim_1_balance"


@dataclass(eq=False)
class MenuBox(FakeBox):
    """A box whose operator has menus, and which may be able to leave them."""

    menu: dict[str, str | GatewayError] = field(default_factory=lambda: dict(MENU))
    session: UssdSession = UssdSession.UNTOLD
    closes: bool = False
    closed: list[int] = field(default_factory=list)
    silent: bool = False
    """Whether the operator takes his time for ever."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    @override
    def gateway(self) -> Gateway:
        return replace(super().gateway(), ussd_closer=self if self.closes else None)

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        self._check()
        self.dialled.append((channel, code))
        self.asked.set()
        if self.silent:
            await asyncio.Event().wait()
        answer = self.menu[code]
        if isinstance(answer, GatewayError):
            raise answer
        return UssdReply(text=answer, session=self.session)

    async def close_ussd(self, channel: int) -> None:
        """Leave the menus."""
        self.closed.append(channel)


@pytest.fixture
def menu_box() -> MenuBox:
    return MenuBox()


@pytest.fixture
async def cellar(
    hass: HomeAssistant, menu_box: MenuBox
) -> AsyncGenerator[MockConfigEntry]:
    """The entry of the box, with two SIMs of which none has a balance."""
    entry = goip_entry(sim(1), sim(2), host="cellar")
    with wired(cellar=menu_box):
        await set_up(hass, entry)
        yield entry


async def test_replies_are_given_and_each_answer_returned(
    hass: HomeAssistant, cellar: MockConfigEntry, menu_box: MenuBox
) -> None:
    second = device_id(hass, cellar, "sim2")

    response = await act(
        hass, "send_ussd", device_id=second, code="*100#", replies=["1", " 3 "]
    )

    assert response == {"answers": list(MENU.values())}
    assert menu_box.dialled == [(2, "*100#"), (2, "1"), (2, "3")]


async def test_fewer_answers_where_the_operator_has_ended_it(
    hass: HomeAssistant, cellar: MockConfigEntry, menu_box: MenuBox
) -> None:
    menu_box.session = UssdSession.ENDED
    second = device_id(hass, cellar, "sim2")

    response = await act(
        hass, "send_ussd", device_id=second, code="*100#", replies=["1", "3"]
    )

    assert response == {"answers": ["1. Tariffs"]}
    assert menu_box.dialled == [(2, "*100#")]


@pytest.mark.parametrize(
    "replies",
    ["{{ [1, 3] }}", ["{{ '1' }}", "{{ 3 }}"], "{{ ['1', '3'] }}"],
    ids=str,
)
async def test_replies_that_a_template_makes_numbers(
    hass: HomeAssistant, cellar: MockConfigEntry, menu_box: MenuBox, replies: Any
) -> None:
    second = device_id(hass, cellar, "sim2")
    data = {"device_id": second, "code": "*100#", "replies": replies}
    await automate(
        hass,
        {
            "triggers": {"trigger": "event", "event_type": "ring"},
            "actions": {"action": "gsm_gateway.send_ussd", "data": data},
        },
    )

    hass.bus.async_fire("ring")
    await settle(hass)

    assert menu_box.dialled == [(2, "*100#"), (2, "1"), (2, "3")]


async def test_one_reply_needs_no_list(
    hass: HomeAssistant, cellar: MockConfigEntry, menu_box: MenuBox
) -> None:
    second = device_id(hass, cellar, "sim2")
    await act(hass, "send_ussd", device_id=second, code="*100#", replies=1)
    assert menu_box.dialled == [(2, "*100#"), (2, "1")]


@pytest.mark.parametrize("reply", ["", "1 2", "1;2", '1"', "1\r\nx", "٣", "1" * 183])
async def test_only_what_a_menu_takes_is_replied(
    hass: HomeAssistant, cellar: MockConfigEntry, menu_box: MenuBox, reply: str
) -> None:
    second = device_id(hass, cellar, "sim2")

    with pytest.raises(ServiceValidationError, match="A reply to a menu has only"):
        await act(hass, "send_ussd", device_id=second, code="*1#", replies=["1", reply])

    assert menu_box.dialled == []


@pytest.mark.parametrize("replies", [[5.5], [True], [None], ["1"] * 11], ids=str)
async def test_replies_of_another_kind(
    hass: HomeAssistant, cellar: MockConfigEntry, menu_box: MenuBox, replies: Any
) -> None:
    second = device_id(hass, cellar, "sim2")

    with pytest.raises(vol.Invalid):
        await act(hass, "send_ussd", device_id=second, code="*1#", replies=replies)

    assert menu_box.dialled == []


async def test_sim_with_an_open_menu_says_when_it_dials_again(
    hass: HomeAssistant, cellar: MockConfigEntry, menu_box: MenuBox
) -> None:
    second = device_id(hass, cellar, "sim2")
    await act(hass, "send_ussd", device_id=second, code="*100#")

    with pytest.raises(HomeAssistantError) as refused:
        await act(hass, "send_ussd", device_id=second, code="*100#")

    assert str(refused.value) == (
        "A menu may still be open on Cellar SIM 2 and would take the code for a choice, "
        "so nothing was dialled. Try again in 90 seconds; SMS are sent meanwhile"
    )
    assert menu_box.dialled == [(2, "*100#")]
    await act(hass, "send_sms", device_id=second, to=ANNA, message="hello")
    assert [sms.channel for sms in await on_the_air(menu_box)] == [2]
    first = device_id(hass, cellar, "sim1")
    await act(hass, "send_ussd", device_id=first, code="*100#")


async def test_a_menu_that_falls_silent_says_where(
    hass: HomeAssistant, cellar: MockConfigEntry, menu_box: MenuBox
) -> None:
    menu_box.menu["3"] = NoReply("silence")
    second = device_id(hass, cellar, "sim2")

    with pytest.raises(HomeAssistantError) as left:
        await act(
            hass, "send_ussd", device_id=second, code="*100#", replies=["1", "3", "1"]
        )

    assert str(left.value) == (
        "Cellar SIM 2 got no answer to reply 2, so the menu was left. What was chosen "
        "before may have taken effect, so look before you try again"
    )
    assert menu_box.dialled == [(2, "*100#"), (2, "1"), (2, "3")]


@pytest.mark.parametrize("menu_box", [MenuBox(closes=True)])
async def test_menus_are_left_where_the_box_can(
    hass: HomeAssistant, cellar: MockConfigEntry, menu_box: MenuBox
) -> None:
    second = device_id(hass, cellar, "sim2")
    for _ in range(2):
        await act(hass, "send_ussd", device_id=second, code="*100#", replies=["1"])
    assert menu_box.closed == [2, 2]


@pytest.mark.parametrize("menu_box", [MenuBox(closes=True, silent=True)])
async def test_an_alarm_breaks_a_code_off(
    hass: HomeAssistant, cellar: MockConfigEntry, menu_box: MenuBox
) -> None:
    second = device_id(hass, cellar, "sim2")
    dialling = hass.async_create_task(
        act(hass, "send_ussd", device_id=second, code="*100#")
    )
    await menu_box.asked.wait()
    message: dict[str, Any] = {"to": ANNA, "message": "fire", "priority": "alarm"}
    await act(hass, "send_sms", device_id=second, **message)

    assert [sms.text for sms in await on_the_air(menu_box)] == ["fire"]
    assert menu_box.closed == [2]
    with pytest.raises(HomeAssistantError) as first:
        await dialling
    assert str(first.value) == (
        "An alarm went first, so Cellar SIM 2 broke off the USSD code. It may have done "
        "something nevertheless, so look before you try again"
    )


PATH = BALANCE | {"balance_code": "*100# > 1 > 3"}
STEPS = [(1, "*100#"), (1, "1"), (1, "3")]


async def later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **time: float
) -> None:
    """Let time pass."""
    freezer.tick(timedelta(**time))
    async_fire_time_changed(hass)
    await settle(hass)


@pytest.mark.freeze_time("2026-05-01 10:00:00")
async def test_balance_behind_a_menu(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, menu_box: MenuBox
) -> None:
    """One question a day, and a button that says why it does not dial."""
    entry = goip_entry(sim(1, **PATH), host="cellar")
    with wired(cellar=menu_box):
        await set_up(hass, entry)
        await later(hass, freezer, minutes=1)
        assert shown(hass, VALUE).state == "12.50"
        assert menu_box.dialled == STEPS

        with pytest.raises(HomeAssistantError, match="A menu may still be open"):
            await act(hass, "refresh_balance", device_id=device_id(hass, entry, "sim1"))
        for _ in range(23):
            await later(hass, freezer, hours=1)
        assert menu_box.dialled == STEPS


@pytest.mark.freeze_time("2026-05-01 10:00:00")
async def test_balance_waits_for_the_end_of_a_menu(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    menu_box: MenuBox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = goip_entry(sim(1, **PATH), host="cellar")
    with wired(cellar=menu_box):
        await set_up(hass, entry)
        first = device_id(hass, entry, "sim1")
        await act(hass, "send_ussd", device_id=first, code="*100#")
        await later(hass, freezer, minutes=1)
        assert menu_box.dialled == STEPS[:1]

        await later(hass, freezer, minutes=16)
        assert menu_box.dialled == STEPS[:1] + STEPS
    assert shown(hass, VALUE).state == "12.50"
    assert "No new balance" not in caplog.text


@pytest.mark.freeze_time("2026-05-01 10:00:00")
@pytest.mark.parametrize("step", ["*100#", "1", "3"])
async def test_balance_path_that_fails_is_not_asked_again_by_itself(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, menu_box: MenuBox, step: str
) -> None:
    menu_box.menu[step] = NoReply("silence")
    entry = goip_entry(sim(1, **PATH), host="cellar")
    with wired(cellar=menu_box):
        await set_up(hass, entry)
        for _ in range(23):
            await later(hass, freezer, hours=1)
    assert menu_box.dialled == STEPS[: STEPS.index((1, step)) + 1]
