"""The actions that dial a code and ask for a balance."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.gsm_gateway.gateways.model import NoReply, SendRefused
from tests.integration.entries import settle
from tests.integration.fakes import FakeBox
from tests.integration.scene import act, device_id


async def test_dials_a_code_and_returns_the_answer(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.answers[2] = "Your number is 602345678"
    second = device_id(hass, cellar, "sim2")

    response = await act(hass, "send_ussd", device_id=second, code=" *135# ")

    assert response == {"answers": ["Your number is 602345678"]}
    assert fake_box.dialled == [(2, "*135#")]


@pytest.mark.parametrize("code", ["", "balance", "*100#;", "٣", "*" * 183])
async def test_only_a_ussd_code_is_dialled(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox, code: str
) -> None:
    second = device_id(hass, cellar, "sim2")

    with pytest.raises(ServiceValidationError, match=r"only digits, \*, # and \+"):
        await act(hass, "send_ussd", device_id=second, code=code)

    assert fake_box.dialled == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SendRefused("no such code"), "refused: no such code"),
        (NoReply("silence"), "SIM 2 did not answer in time"),
    ],
)
async def test_a_failed_dial_is_an_error_of_the_sim(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    error: Any,
    words: str,
) -> None:
    fake_box.answers[2] = error
    second = device_id(hass, cellar, "sim2")

    with pytest.raises(HomeAssistantError, match=words) as raised:
        await act(hass, "send_ussd", device_id=second, code="*135#")

    assert not isinstance(raised.value, ServiceValidationError)
    assert len(fake_box.dialled) == 1


@pytest.mark.parametrize(
    ("subentry", "words"), [(None, "Cellar is not a SIM"), ("anna", "Anna is not")]
)
async def test_only_a_sim_dials(
    hass: HomeAssistant, cellar: MockConfigEntry, subentry: str | None, words: str
) -> None:
    device = device_id(hass, cellar, subentry)

    with pytest.raises(ServiceValidationError, match=words):
        await act(hass, "send_ussd", device_id=device, code="*135#")


async def test_dialling_needs_a_loaded_entry(
    hass: HomeAssistant, cellar: MockConfigEntry
) -> None:
    second = device_id(hass, cellar, "sim2")
    await hass.config_entries.async_unload(cellar.entry_id)

    with pytest.raises(ServiceValidationError, match="not loaded"):
        await act(hass, "send_ussd", device_id=second, code="*135#")


async def test_dialling_by_hand_is_for_administrators(
    hass: HomeAssistant,
    cellar: MockConfigEntry,
    fake_box: FakeBox,
    hass_read_only_user: MockUser,
    hass_admin_user: MockUser,
) -> None:
    fake_box.answers[2] = "done"
    second = device_id(hass, cellar, "sim2")

    with pytest.raises(Unauthorized):
        await act(
            hass,
            "send_ussd",
            Context(user_id=hass_read_only_user.id),
            device_id=second,
            code="*135#",
        )
    assert fake_box.dialled == []

    by_admin = Context(user_id=hass_admin_user.id)
    await act(hass, "send_ussd", by_admin, device_id=second, code="*135#")
    by_automation = Context()
    await act(hass, "send_ussd", by_automation, device_id=second, code="*135#")
    assert len(fake_box.dialled) == 2


async def test_asks_for_the_balance(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    fake_box.answers[1] = "Twoje saldo: 12,50 PLN"
    first = device_id(hass, cellar, "sim1")

    response = await act(hass, "refresh_balance", device_id=first)

    assert response == {
        "balance": 12.5,
        "currency": "PLN",
        "answer": "Twoje saldo: 12,50 PLN",
    }
    assert fake_box.dialled[-1] == (1, "*100#")


async def test_a_sim_without_a_code_has_no_balance(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    second = device_id(hass, cellar, "sim2")

    with pytest.raises(ServiceValidationError, match="SIM 2 has no balance code"):
        await act(hass, "refresh_balance", device_id=second)


async def test_a_failed_balance_is_an_error_of_the_sim(
    hass: HomeAssistant, cellar: MockConfigEntry, fake_box: FakeBox
) -> None:
    first = device_id(hass, cellar, "sim1")
    fake_box.switch(on=False)
    await settle(hass)

    with pytest.raises(HomeAssistantError, match="SIM 1 cannot be reached"):
        await act(hass, "refresh_balance", device_id=first)
