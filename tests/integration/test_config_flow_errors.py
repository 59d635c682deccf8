"""Mistakes while a box is added: each is told, and mended in the same flow."""

from collections.abc import Generator
from contextlib import ExitStack
import errno
from pathlib import Path
import socket
from typing import Any
from unittest.mock import patch

from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.gsm_gateway import brands
from custom_components.gsm_gateway.const import BRAND_GOIP, CONF_BRAND
from custom_components.gsm_gateway.flow_probe import ProbeFailed, async_probe
from custom_components.gsm_gateway.gateways import http
from custom_components.gsm_gateway.gateways.model import CannotConnect, GatewayStatus
from custom_components.gsm_gateway.gateways.yeastar import ami_link
from tests.integration.boxes import (
    NOTHING,
    added,
    goip_form,
    merged,
    sims,
    smpp_form,
    yeastar_form,
)
from tests.integration.certificate import tls_web_page
from tests.integration.dialog import Dialog
from tests.simulator.goip.box import GoipBox
from tests.simulator.yeastar.box import YeastarBox

CLOSED = {"http_port": 1, "ami_port": 1}


@pytest.fixture(params=["goip", "yeastar"])
def brand(request: pytest.FixtureRequest) -> str:
    """Each brand in turn."""
    brand: str = request.param
    return brand


@pytest.fixture
def right(brand: str, goip_box: GoipBox, yeastar_box: YeastarBox) -> dict[str, Any]:
    """The right answers about the box of that brand."""
    return {"goip": goip_form(goip_box), "yeastar": yeastar_form(yeastar_box)}[brand]


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"password": "wrong"}, {"base": "invalid_auth_{brand}"}),
        ({"username": "nobody"}, {"base": "invalid_auth_{brand}"}),
        ({"host": "192.168.1"}, {"host": "malformed_address"}),
        ({"host": "ftp://127.0.0.1"}, {"host": "malformed_address"}),
        ({"host": "http://admin:admin@127.0.0.1"}, {"host": "malformed_address"}),
        ({"host": "127.0.0.1:0"}, {"host": "malformed_address"}),
        ({"host": ""}, {"host": "malformed_address"}),
        ({"connection": CLOSED}, {"base": "cannot_connect"}),
    ],
)
async def test_a_mistake_is_told_and_can_be_mended(
    hass: HomeAssistant,
    brand: str,
    right: dict[str, Any],
    wrong: dict[str, Any],
    errors: dict[str, str],
) -> None:
    dialog = await Dialog.add(hass, brand)
    await dialog.fill(**merged(right, wrong))
    assert dialog.result["errors"] == {
        field: error.format(brand=brand) for field, error in errors.items()
    }

    await dialog.fill(**right)
    await dialog.fill(**NOTHING)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"smpp_password": "wrong"}, {"base": "smpp_refused"}),
        ({"smpp_system_id": "wrong"}, {"base": "smpp_refused"}),
        ({"smpp_system_id": ""}, {"smpp_system_id": "smpp_id_missing"}),
        ({"smpp_system_id": "fourteenletter"}, {"smpp_system_id": "smpp_id_too_long"}),
        ({"smpp_system_id": "zażółć"}, {"smpp_system_id": "smpp_foreign_letters"}),
        ({"smpp_password": "9letters!"}, {"smpp_password": "smpp_password_too_long"}),
        ({"smpp_password": "zażółć"}, {"smpp_password": "smpp_foreign_letters"}),
    ],
)
async def test_a_mistake_about_smpp_is_told_and_can_be_mended(
    hass: HomeAssistant,
    goip_box: GoipBox,
    wrong: dict[str, Any],
    errors: dict[str, str],
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box, transport="smpp"))
    await dialog.fill(**smpp_form(goip_box, **wrong))
    assert dialog.result["errors"] == errors

    await dialog.fill(**smpp_form(goip_box))
    await dialog.fill(**NOTHING)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_smpp_server_that_is_switched_off_is_told(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    await goip_box.smpp.listener.close()
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box, transport="smpp"))
    await dialog.fill(**smpp_form(goip_box))
    assert dialog.result["errors"] == {"base": "smpp_closed"}


async def test_a_box_that_is_away_is_not_blamed_on_smpp(
    hass: HomeAssistant, goip_box: GoipBox
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box, transport="smpp"))
    await goip_box.stop()
    await dialog.fill(**smpp_form(goip_box))
    assert dialog.result["errors"] == {"base": "cannot_connect"}


@pytest.mark.parametrize(
    ("option", "closed", "opened", "error"),
    [
        ("api_enabled", "off", "on", "api_closed"),
        ("allowed_addresses", "192.0.2.0/24", "", "api_closed"),
        ("refuse_default_account", "on", "off", "invalid_auth_yeastar"),
    ],
)
async def test_a_closed_api_is_told_and_the_flow_goes_on_once_it_is_open(
    hass: HomeAssistant,
    yeastar_box: YeastarBox,
    option: str,
    closed: str,
    opened: str,
    error: str,
) -> None:
    right = yeastar_form(yeastar_box)
    await yeastar_box.set_option(option, closed)
    dialog = await Dialog.add(hass, "yeastar")
    await dialog.fill(**right)
    assert dialog.result["errors"] == {"base": error}

    await yeastar_box.set_option(option, opened)
    await dialog.fill(**right)
    await dialog.fill(**NOTHING)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_box_that_never_answers_is_told(
    hass: HomeAssistant,
    brand: str,
    right: dict[str, Any],
    goip_box: GoipBox,
    yeastar_box: YeastarBox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(brands, "IDENTIFY_SECONDS", 0.2)
    boxes = (goip_box, yeastar_box)
    listeners = [port for box in boxes for port in box.listeners.values()]
    for listener in listeners:
        listener.awake.clear()
    dialog = await Dialog.add(hass, brand)
    await dialog.fill(**right)
    assert dialog.result["errors"] == {"base": "no_answer"}

    monkeypatch.undo()
    for listener in listeners:
        listener.awake.set()
    await dialog.fill(**right)
    await dialog.fill(**NOTHING)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


@pytest.fixture
def silent_port() -> Generator[int]:
    """A port that takes no connection and refuses none: its queue is full."""
    with socket.socket() as listener, ExitStack() as queue:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            waiting = queue.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


async def test_an_address_where_nobody_is_is_told(
    hass: HomeAssistant,
    brand: str,
    right: dict[str, Any],
    silent_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(ami_link, "CONNECT_SECONDS", 0.2)
    ports = {"http_port": silent_port, "ami_port": silent_port}
    dialog = await Dialog.add(hass, brand)
    await dialog.fill(**merged(right, {"connection": ports}))
    assert dialog.result["errors"] == {"base": "no_answer"}

    await dialog.fill(**right)
    await dialog.fill(**NOTHING)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_yeastar_where_a_goip_was_chosen_is_told(
    hass: HomeAssistant,
    goip_box: GoipBox,
    yeastar_box: YeastarBox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(brands, "DEFAULT_AMI_PORT", yeastar_box.ami_port)
    right = goip_form(goip_box)
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(
        **merged(right, {"connection": {"http_port": yeastar_box.http_port}})
    )
    assert dialog.result["errors"] == {"base": "seems_yeastar"}

    await dialog.fill(**right)
    await dialog.fill(**NOTHING)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"username": "admin", "password": "admin"},
        {"connection": {"use_ami": False}},
    ],
)
async def test_a_goip_where_a_yeastar_was_chosen_is_told(
    hass: HomeAssistant,
    goip_box: GoipBox,
    yeastar_box: YeastarBox,
    wrong: dict[str, Any],
) -> None:
    right = yeastar_form(yeastar_box)
    goip = {"connection": {"http_port": goip_box.http_port, "ami_port": 1}}
    dialog = await Dialog.add(hass, "yeastar")
    await dialog.fill(**merged(merged(right, goip), wrong))
    assert dialog.result["errors"] == {"base": "seems_goip"}

    await dialog.fill(**right)
    await dialog.fill(**NOTHING)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_another_web_page_where_a_goip_was_chosen_is_told(
    hass: HomeAssistant, goip_box: GoipBox, web_page: TestServer
) -> None:
    right = goip_form(goip_box)
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**right | {"host": f"127.0.0.1:{web_page.port}"})
    assert dialog.result["errors"] == {"base": "wrong_brand"}

    await dialog.fill(**right)
    await dialog.fill(**NOTHING)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_certificate_that_nobody_trusts_is_told(
    hass: HomeAssistant, goip_box: GoipBox, tmp_path: Path
) -> None:
    """And with the check switched off, the page behind it is looked at."""
    right = goip_form(goip_box)
    dialog = await Dialog.add(hass, "goip")
    with tls_web_page(tmp_path) as port:
        right["host"] = f"https://127.0.0.1:{port}"
        await dialog.fill(**right)
        assert dialog.result["errors"] == {"base": "invalid_certificate"}

        await dialog.fill(**merged(right, {"connection": {"verify_ssl": False}}))
        assert dialog.result["errors"] == {"base": "wrong_brand"}


async def test_an_error_of_ours_is_logged_without_what_it_says(
    hass: HomeAssistant,
    brand: str,
    right: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    dialog = await Dialog.add(hass, brand)
    with patch.object(brands, "identify", side_effect=RuntimeError("?p=secret")):
        await dialog.fill(**right)
    assert dialog.result["errors"] == {"base": "unknown"}
    assert "Unexpected RuntimeError while asking a box who it is" in caplog.text
    assert "secret" not in caplog.text

    await dialog.fill(**right)
    await dialog.fill(**NOTHING)
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("filled", "error"),
    [
        ({"balance_code": "call 100", "currency": "EUR"}, "invalid_code"),
        ({"balance_code": "*" * 183, "currency": "EUR"}, "invalid_code"),
        ({"balance_code": "*100#"}, "currency_missing"),
    ],
)
async def test_a_mistake_about_a_balance_is_told_and_can_be_mended(
    hass: HomeAssistant, goip_box: GoipBox, filled: dict[str, str], error: str
) -> None:
    dialog = await Dialog.add(hass, "goip")
    await dialog.fill(**goip_form(goip_box))
    await dialog.fill(operator_1={}, operator_2=filled)
    assert dialog.result["errors"] == {"operator_2": error}
    assert dialog.suggested("operator_2", "balance_code") == filled["balance_code"]

    await dialog.fill(
        operator_1={}, operator_2={"balance_code": "*1#", "currency": "EUR"}
    )
    assert sims(added(hass))["sim_2"]["balance_code"] == "*1#"


@pytest.mark.parametrize("number", [errno.EHOSTUNREACH, errno.ENETUNREACH])
async def test_a_box_that_is_switched_off_is_silent(
    hass: HomeAssistant, number: int
) -> None:
    async def nobody(*_: object) -> GatewayStatus:
        error = CannotConnect("The box does not answer")
        error.__context__ = OSError(number, "nobody there")
        raise error

    with (
        patch("custom_components.gsm_gateway.brands.identify", nobody),
        pytest.raises(ProbeFailed) as failure,
    ):
        await async_probe(hass, {CONF_BRAND: BRAND_GOIP})
    assert failure.value.errors == {"base": "no_answer"}
