"""Changing address and login of a box that is set up."""

from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.boxes import (
    ELSEWHERE,
    YEASTAR_IMEIS,
    box_entry,
    goip_data,
    goip_form,
    running,
    smpp_form,
    yeastar_data,
    yeastar_form,
)
from tests.integration.dialog import Dialog
from tests.simulator.goip.box import GoipBox
from tests.simulator.goip.options import GoipOptions
from tests.simulator.yeastar.box import YeastarBox
from tests.simulator.yeastar.options import YeastarOptions


@pytest.fixture
async def moved_goip(hass: HomeAssistant) -> AsyncGenerator[GoipBox]:
    """The GoIP at another address."""
    async with running(hass, GoipBox()) as box:
        yield box


@pytest.fixture
async def other_goip(hass: HomeAssistant) -> AsyncGenerator[GoipBox]:
    """Another GoIP with the same login."""
    async with running(hass, GoipBox(GoipOptions(serial="OTHER"))) as box:
        yield box


async def test_a_goip_moves(
    hass: HomeAssistant,
    goip_box: GoipBox,
    moved_goip: GoipBox,
    other_goip: GoipBox,
    known_goip: MockConfigEntry,
) -> None:
    """Passwords that are left empty stay; another box is refused."""
    assert await hass.config_entries.async_setup(known_goip.entry_id)
    before = known_goip.runtime_data
    subentries = dict(known_goip.subentries)
    await goip_box.stop()
    dialog = await Dialog.about(hass, known_goip, "reconfigure")
    assert dialog.result["description_placeholders"]["box"] == "GoIP"
    assert dialog.suggested("host") == "127.0.0.1"
    assert dialog.suggested("connection", "http_port") == goip_box.http_port
    assert dialog.suggested("transport") == "smpp"
    assert dialog.suggested("password") is None

    await dialog.fill(**_without_passwords(other_goip))
    assert dialog.result["errors"] == {"base": "wrong_box"}
    await dialog.fill(**_without_passwords(goip_box))
    assert dialog.result["errors"] == {"base": "cannot_connect"}

    await dialog.fill(**_without_passwords(moved_goip))
    assert dialog.suggested("smpp_port") == goip_box.smpp_port
    assert dialog.suggested("smpp_system_id") == "goip"
    assert dialog.suggested("smpp_password") is None
    await dialog.fill(smpp_system_id="goip", smpp_port=moved_goip.smpp_port)
    assert dialog.result["reason"] == "reconfigure_successful"
    assert dict(known_goip.data) == goip_data(moved_goip)
    assert known_goip.subentries == subentries
    assert known_goip.runtime_data is not before


def _without_passwords(box: GoipBox) -> dict[str, Any]:
    """Return the form about a box as it is filled in when the login stays."""
    form = goip_form(box, transport="smpp")
    del form["password"]
    return form


async def test_a_yeastar_moves_with_one_module_replaced(
    hass: HomeAssistant, known_yeastar: MockConfigEntry
) -> None:
    options = YeastarOptions(first_imei=YEASTAR_IMEIS[1])
    async with running(hass, YeastarBox(options)) as moved:
        dialog = await Dialog.about(hass, known_yeastar, "reconfigure")
        await dialog.fill(**yeastar_form(moved))

    assert dialog.result["reason"] == "reconfigure_successful"
    assert known_yeastar.unique_id == YEASTAR_IMEIS[0]
    assert dict(known_yeastar.data) == yeastar_data(moved) | {
        "module_imeis": [*YEASTAR_IMEIS, "862951028263963"]
    }


async def test_another_yeastar_is_refused(
    hass: HomeAssistant, yeastar_box: YeastarBox, known_yeastar: MockConfigEntry
) -> None:
    stranger = YeastarBox(YeastarOptions(first_imei="353000000000001"))
    async with running(hass, stranger) as other:
        dialog = await Dialog.about(hass, known_yeastar, "reconfigure")
        await dialog.fill(**yeastar_form(other))
        assert dialog.result["errors"] == {"base": "wrong_box"}

    await dialog.fill(**yeastar_form(yeastar_box))
    assert dialog.result["reason"] == "reconfigure_successful"


async def test_a_wrong_address_is_told_and_can_be_mended(
    hass: HomeAssistant, goip_box: GoipBox, known_goip: MockConfigEntry
) -> None:
    right = goip_form(goip_box)
    dialog = await Dialog.about(hass, known_goip, "reconfigure")
    await dialog.fill(**right | {"host": "not an address"})
    assert dialog.result["errors"] == {"host": "malformed_address"}

    await dialog.fill(**right)
    assert dialog.result["reason"] == "reconfigure_successful"


async def test_the_address_of_another_box_that_is_set_up_is_refused(
    hass: HomeAssistant,
    goip_box: GoipBox,
    other_goip: GoipBox,
    known_goip: MockConfigEntry,
) -> None:
    other = box_entry(
        other_goip, goip_data(other_goip), unique_id="OTHER", title="Other"
    )
    other.add_to_hass(hass)
    dialog = await Dialog.about(hass, known_goip, "reconfigure")
    await dialog.fill(**goip_form(other_goip))

    assert dialog.result["reason"] == "already_configured"
    assert dialog.result["description_placeholders"] == {"title": "Other"}


async def test_smpp_is_switched_off(
    hass: HomeAssistant, goip_box: GoipBox, known_goip: MockConfigEntry
) -> None:
    dialog = await Dialog.about(hass, known_goip, "reconfigure")
    await dialog.fill(**goip_form(goip_box))

    assert dialog.result["reason"] == "reconfigure_successful"
    assert dict(known_goip.data) == goip_data(goip_box, smpp=False)


async def test_lines_that_are_bound_already_are_not_bound_again(
    hass: HomeAssistant, goip_box: GoipBox, known_goip: MockConfigEntry
) -> None:
    goip_box.options.smpp_password = "changed"
    dialog = await Dialog.about(hass, known_goip, "reconfigure")
    await dialog.fill(**goip_form(goip_box, transport="smpp"))
    await dialog.fill(**smpp_form(goip_box))

    assert dialog.result["reason"] == "reconfigure_successful"


async def test_a_change_of_smpp_is_tried(
    hass: HomeAssistant, goip_box: GoipBox, known_goip: MockConfigEntry
) -> None:
    right = smpp_form(goip_box, smpp_password="changed")
    dialog = await Dialog.about(hass, known_goip, "reconfigure")
    await dialog.fill(**goip_form(goip_box, transport="smpp"))
    await dialog.fill(**right)
    assert dialog.result["errors"] == {"base": "smpp_refused"}

    goip_box.options.smpp_password = "changed"
    await dialog.fill(**right)
    assert dialog.result["reason"] == "reconfigure_successful"
    assert known_goip.data["smpp"]["smpp_password"] == "changed"


async def test_a_box_that_tells_its_identity_at_last_keeps_it(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    entry = box_entry(goip_box, goip_data(goip_box), unique_id=None)
    entry.add_to_hass(hass)
    dialog = await Dialog.about(hass, entry, "reconfigure")
    await dialog.fill(**goip_form(goip_box, transport="smpp"))
    await dialog.fill(**smpp_form(goip_box))

    assert dialog.result["reason"] == "reconfigure_successful"
    assert entry.unique_id == "GOIPSIM0001"


async def test_a_box_that_turns_out_to_be_another_entrys_is_refused(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    known = goip_data(goip_box) | ELSEWHERE
    box_entry(goip_box, known).add_to_hass(hass)
    entry = box_entry(goip_box, goip_data(goip_box), unique_id=None)
    entry.add_to_hass(hass)
    dialog = await Dialog.about(hass, entry, "reconfigure")
    await dialog.fill(**goip_form(goip_box))

    assert dialog.result["reason"] == "already_configured"


async def test_nothing_changed_starts_the_link_anew(
    hass: HomeAssistant, goip_box: GoipBox, known_goip: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_setup(known_goip.entry_id)
    before = known_goip.runtime_data
    dialog = await Dialog.about(hass, known_goip, "reconfigure")
    await dialog.fill(**goip_form(goip_box, transport="smpp"))
    await dialog.fill(**smpp_form(goip_box))

    assert dialog.result["reason"] == "reconfigure_successful"
    assert known_goip.runtime_data is not before
