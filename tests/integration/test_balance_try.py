"""Trying a balance code before it is saved."""

import asyncio
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.gateways.model import (
    ChannelBusy,
    ChannelUnavailable,
    NoReply,
    UssdReply,
)
from tests.integration.asking import ONE_QUESTION, VALUE, measured, raised
from tests.integration.cards import FOREIGN, ONE, box_with, entry_of, put
from tests.integration.entries import (
    BALANCE,
    goip_entry,
    kept_balances,
    set_up,
    settle,
    shown,
    sim,
)
from tests.integration.fakes import FakeBox
from tests.integration.scene import device_id, receive, wired

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")


async def count(hass: HomeAssistant, entry: MockConfigEntry) -> int:
    """Return how many questions of today are on disk."""
    kept: Any = (await kept_balances(hass, entry))["sim1"]
    return int(kept["count"]["questions"])


async def test_the_answer_is_told_and_kept_but_is_no_value(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    poor_box.answers[1] = "Saldo: 9,00 PLN"
    balances = asked.runtime_data.balances
    tried = await balances.try_code(1, ["*101#"])
    assert tried.answer.text == "Saldo: 9,00 PLN"
    await settle(hass)

    assert poor_box.dialled == [*ONE_QUESTION, (1, "*101#")]
    assert shown(hass, VALUE).state == "12.50"
    assert measured(asked) == [("12.50", 0)]
    known = balances.known("sim1")
    assert [each.text for each in known.answers][1:] == ["Saldo: 9,00 PLN"]
    assert (known.unread, raised(hass)) == (None, {})
    assert await count(hass, asked) == 2
    await receive(hass, poor_box, "Saldo: 8,00 PLN", sender="Orange")
    assert shown(hass, VALUE).state == "12.50"


async def test_a_menu_is_gone_through_and_the_last_answer_is_told(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    tried = await asked.runtime_data.balances.try_code(1, ["*101#", "1", "3"])
    assert tried.answer.text == "Saldo: 12,50 PLN"
    assert poor_box.dialled[1:] == [(1, "*101#"), (1, "1"), (1, "3")]


async def test_it_is_on_disk_before_it_is_dialled(hass: HomeAssistant) -> None:
    on_disk: list[Any] = []
    entry = goip_entry(sim(1), host="cellar")

    class Watched(FakeBox):
        @override
        async def run_ussd(self, channel: int, code: str) -> UssdReply:
            kept = await kept_balances(hass, entry)
            on_disk.append(kept["sim1"]["schedule"]["last_asked"])
            return await super().run_ussd(channel, code)

    with wired(cellar=Watched(answers={1: "Saldo: 9,00 PLN"})):
        await set_up(hass, entry)
        await entry.runtime_data.balances.try_code(1, ["*101#"])
    assert on_disk == ["2026-05-01T10:00:00+00:00"]


@pytest.mark.parametrize(
    ("error", "counted"), [(ChannelBusy("in a call"), 1), (NoReply("silence"), 2)]
)
async def test_what_was_not_dialled_does_not_count(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    error: ChannelBusy | NoReply,
    counted: int,
) -> None:
    poor_box.answers[1] = error
    with pytest.raises(type(error)):
        await asked.runtime_data.balances.try_code(1, ["*101#"])
    assert await count(hass, asked) == counted
    assert asked.runtime_data.balances.known("sim1").silent == 0


async def test_a_disabled_sim_dials_nothing(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    device_registry: dr.DeviceRegistry,
) -> None:
    device_registry.async_update_device(
        device_id(hass, asked, "sim1"), disabled_by=dr.DeviceEntryDisabler.USER
    )
    await settle(hass)
    with pytest.raises(ChannelUnavailable):
        await asked.runtime_data.balances.try_code(1, ["*101#"])
    assert poor_box.dialled == ONE_QUESTION


async def test_a_port_without_a_sim_of_ours_is_tried_one_code_at_a_time(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    under_way, most = 0, 0
    answer = poor_box.run_ussd

    async def answer_slowly(channel: int, code: str) -> UssdReply:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return await answer(channel, code)

    poor_box.run_ussd = answer_slowly  # type: ignore[method-assign]
    balances = asked.runtime_data.balances
    tried = await asyncio.gather(
        *(balances.try_code(2, [code]) for code in ("*101#", "*102#"))
    )
    assert [each.answer.text for each in tried] == ["Saldo: 3,00 PLN"] * 2
    assert poor_box.dialled[1:] == [(2, "*101#"), (2, "*102#")]
    assert most == 1
    assert set(await kept_balances(hass, asked)) == {"sim1"}


async def test_unloading_the_box_ends_what_is_tried(
    hass: HomeAssistant, asked: MockConfigEntry, poor_box: FakeBox
) -> None:
    dials = asyncio.Event()

    async def answer_never(channel: int, code: str) -> UssdReply:
        dials.set()
        await asyncio.Event().wait()
        raise AssertionError

    poor_box.run_ussd = answer_never  # type: ignore[method-assign]
    trying = asyncio.create_task(asked.runtime_data.balances.try_code(2, ["*101#"]))
    async with asyncio.timeout(10):
        await dials.wait()
        await hass.config_entries.async_unload(asked.entry_id)
        with pytest.raises(NoReply):
            await trying


async def test_another_card_is_tried_without_a_trace_in_the_account_of_the_first(
    hass: HomeAssistant,
) -> None:
    box = box_with(ONE)
    entry = entry_of(hass, 1)
    with wired(cellar=box):
        await set_up(hass, entry)
        await put(hass, entry, box, [(1, FOREIGN)])
        before = await kept_balances(hass, entry)
        assert await entry.runtime_data.balances.try_code(1, ["*102#"])
        assert box.dialled == [(1, "*102#")]
        assert await kept_balances(hass, entry) == before


async def test_two_who_try_a_set_up_sim_take_turns_with_its_question(
    hass: HomeAssistant, poor_box: FakeBox
) -> None:
    entry = goip_entry(sim(1, **BALANCE), host="cellar")
    await set_up(hass, entry)
    balances = entry.runtime_data.balances
    result, tried = await asyncio.gather(
        balances.refresh("sim1"), balances.try_code(1, ["*101#"])
    )
    assert result.answer == tried.answer.text == "Saldo: 12,50 PLN"
    assert poor_box.dialled == [*ONE_QUESTION, (1, "*101#")]
    assert await count(hass, entry) == 2
