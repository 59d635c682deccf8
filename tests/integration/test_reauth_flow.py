"""Logging in again."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.boxes import box_entry, goip_data
from tests.integration.dialog import Dialog
from tests.simulator.goip.box import GoipBox
from tests.simulator.yeastar.box import YeastarBox

NEW = {"username": "admin", "password": "new"}


async def test_a_goip_has_a_new_web_password(
    hass: HomeAssistant, goip_box: GoipBox, known_goip: MockConfigEntry
) -> None:
    goip_box.options.web_password = "new"
    dialog = await Dialog.about(hass, known_goip, "reauth")
    assert dialog.result["description_placeholders"]["box"] == "GoIP"
    assert dialog.suggested("username") == "admin"
    assert dialog.suggested("smpp_system_id") == "goip"
    assert dialog.suggested("password") is None
    assert dialog.suggested("smpp_password") is None

    login = {"username": "admin", "smpp_system_id": "goip"}
    await dialog.fill(**login, password="wrong")
    assert dialog.result["errors"] == {"base": "invalid_auth_goip"}

    await dialog.fill(**login, password="new")
    assert dialog.result["reason"] == "reauth_successful"
    assert dict(known_goip.data) == goip_data(goip_box) | {"password": "new"}


async def test_a_goip_has_a_new_smpp_login(
    hass: HomeAssistant, goip_box: GoipBox, known_goip: MockConfigEntry
) -> None:
    goip_box.options.smpp_id = "new"
    goip_box.options.smpp_password = "secret"
    dialog = await Dialog.about(hass, known_goip, "reauth")
    await dialog.fill(username="admin", smpp_system_id="goip")
    assert dialog.result["errors"] == {"base": "smpp_refused"}
    await dialog.fill(username="admin", smpp_system_id="far too long id")
    assert dialog.result["errors"] == {"smpp_system_id": "smpp_id_too_long"}

    await dialog.fill(username="admin", smpp_system_id="new", smpp_password="secret")
    assert dialog.result["reason"] == "reauth_successful"
    smpp = known_goip.data["smpp"]
    assert (smpp["smpp_system_id"], smpp["smpp_password"]) == ("new", "secret")
    assert known_goip.data["password"] == "admin"


async def test_a_goip_without_smpp_is_asked_for_its_web_login_only(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    entry = box_entry(goip_box, goip_data(goip_box, smpp=False))
    entry.add_to_hass(hass)
    goip_box.options.web_password = "new"
    dialog = await Dialog.about(hass, entry, "reauth")
    assert [field["name"] for field in dialog.fields] == ["username", "password"]

    await dialog.fill(**NEW)
    assert dialog.result["reason"] == "reauth_successful"
    assert entry.data["password"] == "new"


async def test_a_yeastar_has_a_new_account(
    hass: HomeAssistant, yeastar_box: YeastarBox, known_yeastar: MockConfigEntry
) -> None:
    await yeastar_box.set_option("username", "homeassistant")
    await yeastar_box.set_option("password", "new")
    dialog = await Dialog.about(hass, known_yeastar, "reauth")
    await dialog.fill(username="apiuser", password="new")
    assert dialog.result["errors"] == {"base": "invalid_auth_yeastar"}

    await dialog.fill(username="homeassistant", password="new")
    assert dialog.result["reason"] == "reauth_successful"
    assert known_yeastar.data["username"] == "homeassistant"
    assert known_yeastar.data["password"] == "new"


@pytest.mark.parametrize("password", ["admin", "new"])
async def test_the_link_starts_anew_whether_the_login_changed_or_not(
    hass: HomeAssistant, goip_box: GoipBox, known_goip: MockConfigEntry, password: str
) -> None:
    assert await hass.config_entries.async_setup(known_goip.entry_id)
    before = known_goip.runtime_data
    goip_box.options.web_password = password
    dialog = await Dialog.about(hass, known_goip, "reauth")
    await dialog.fill(username="admin", smpp_system_id="goip", password=password)

    assert dialog.result["reason"] == "reauth_successful"
    assert known_goip.runtime_data is not before


async def test_another_box_that_takes_the_login_is_refused(
    hass: HomeAssistant, goip_box: GoipBox, known_goip: MockConfigEntry
) -> None:
    goip_box.options.serial = "ANOTHER"
    dialog = await Dialog.about(hass, known_goip, "reauth")
    await dialog.fill(username="admin", smpp_system_id="goip")

    assert dialog.result["type"] is FlowResultType.FORM
    assert dialog.result["errors"] == {"base": "wrong_box"}
