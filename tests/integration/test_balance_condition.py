"""The condition for SIMs whose balance is low."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition as condition_helper
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.fakes import FakeBox
from tests.integration.money import tell
from tests.integration.scene import device_id

LOW = "gsm_gateway.balance_low"
VALUES = [f"sensor.cellar_sim_{number}_balance" for number in (1, 2)]


async def passes(hass: HomeAssistant, target: dict[str, Any], **options: Any) -> bool:
    """Tell whether the condition is met now."""
    assert await async_setup_component(hass, "homeassistant", {})
    config = {"condition": LOW, "target": target, "options": options}
    valid = await condition_helper.async_validate_condition_config(hass, config)
    checker = await condition_helper.async_from_config(hass, valid)
    result = checker.async_check()
    checker.async_unload()
    return bool(result)


@pytest.mark.parametrize(
    ("first", "second", "options", "expected"),
    [
        ("4,00", "1,00", {"below": 5}, (True, True)),
        ("4,00", "5,00", {"below": 5}, (True, False)),
        ("6,00", "7,00", {"below": 5}, (False, False)),
        ("4,00", "1,00", {}, (True, False)),
        ("4,00", None, {"below": 5}, (True, False)),
        (None, None, {"below": 5}, (False, False)),
    ],
    ids=["both", "one", "none", "no threshold", "one unknown", "both unknown"],
)
async def test_any_and_all_of_the_condition(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    first: str | None,
    second: str | None,
    options: dict[str, Any],
    expected: tuple[bool, bool],
) -> None:
    for number, amount in enumerate((first, second), start=1):
        if amount is not None:
            await tell(hass, fake_box, amount, number=number)
    target = {"entity_id": VALUES}

    assert await passes(hass, target, **options) is expected[0]
    assert await passes(hass, target, behavior="all", **options) is expected[1]


async def test_of_a_device_only_the_balance_counts(
    hass: HomeAssistant, purse: MockConfigEntry, fake_box: FakeBox
) -> None:
    """The counter of sent SMS, which is 0, is no money."""
    target = {"device_id": device_id(hass, purse, "sim1")}
    assert not await passes(hass, target, below=100)
    assert not await passes(hass, target, below=100, behavior="all")

    await tell(hass, fake_box, "4,00")
    assert await passes(hass, target)
    assert await passes(hass, target, behavior="all")


@pytest.mark.parametrize("behavior", ["any", "all"])
@pytest.mark.parametrize("entity", ["gone", "cellar_sim_1_sent_today"])
async def test_what_is_no_balance_is_not_low(
    hass: HomeAssistant, purse: MockConfigEntry, entity: str, behavior: str
) -> None:
    """No SMS was sent today: that is less than 5, but not money."""
    target = {"entity_id": f"sensor.{entity}"}

    assert not await passes(hass, target, behavior=behavior, below=5)
