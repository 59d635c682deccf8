"""Boxes that call and that nobody has added, over real datagrams."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
import socket
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_INTEGRATION_DISCOVERY
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway import brands
from custom_components.gsm_gateway.const import DOMAIN
from custom_components.gsm_gateway.gateways.goip.sms_server import SmsServer, Stranger
from custom_components.gsm_gateway.gateways.model import GatewayStatus
from custom_components.gsm_gateway.sms_servers import server_for
from tests.integration.boxes import (
    ELSEWHERE,
    GOIP_SERIAL,
    NOTHING,
    box_entry,
    call_home,
    goip_data,
    goip_form,
    sims,
    udp_data,
)
from tests.integration.dialog import Dialog
from tests.integration.entries import settle
from tests.simulator.goip.box import GoipBox

STRANGER = "127.0.0.2"
"""Where the box calls from; its pages are at 127.0.0.1."""


@pytest.fixture
async def attic(hass: HomeAssistant, goip_box: GoipBox) -> MockConfigEntry:
    """A GoIP that is set up, calls by UDP and is away."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    entry = box_entry(
        goip_box,
        {
            **goip_data(goip_box, smpp=False),
            **ELSEWHERE,
            "udp": udp_data(port, udp_ids=["attic-1"]),
        },
        unique_id="OTHER",
        title="Attic",
        subentries_data=[],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


@pytest.fixture
async def server(hass: HomeAssistant, attic: MockConfigEntry) -> SmsServer:
    """The socket that it calls."""
    return server_for(hass, attic.data["udp"]["udp_port"])


async def all_lines(server: SmsServer, box: GoipBox, **options: str) -> None:
    """Let a box call from an address of its own, until all its lines have called."""
    heard = asyncio.Event()
    tell = server.on_strangers
    assert tell is not None

    def note(strangers: Mapping[str, Stranger]) -> None:
        tell(strangers)
        if len(strangers[STRANGER].lines) == len(box.lines):
            heard.set()

    server.on_strangers = note
    await box.udp_address(STRANGER)
    assert server.bound_port
    await call_home(box, server.bound_port, **options)
    async with asyncio.timeout(10):
        await heard.wait()
    server.on_strangers = tell


def offers(hass: HomeAssistant) -> list[Any]:
    """Return the boxes that are offered to the user."""
    return [
        flow
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if flow["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY
    ]


@pytest.fixture
async def dialog(hass: HomeAssistant, server: SmsServer, goip_box: GoipBox) -> Dialog:
    """The page of the box that calls."""
    await all_lines(server, goip_box)
    await hass.async_block_till_done()
    (offer,) = offers(hass)
    assert offer["context"]["title_placeholders"] == {"name": f"GoIP {STRANGER}"}
    return await Dialog.opened(hass, offer["flow_id"])


def logins(box: GoipBox, **changes: Any) -> dict[str, Any]:
    """Return the right answers about the box, but for `changes`."""
    form = goip_form(box)
    del form["transport"]
    return {**form, "udp_password": "goip", **changes}


async def test_a_box_that_calls_is_added(
    hass: HomeAssistant, dialog: Dialog, goip_box: GoipBox, attic: MockConfigEntry
) -> None:
    assert dialog.suggested("host") == STRANGER
    assert dialog.result["description_placeholders"]["address"] == STRANGER
    assert dialog.result["description_placeholders"]["rows"].splitlines() == [
        "| `home-1` | `Beeline` | `+79990000001` |",
        "| `home-2` | `MTS` | `+79990000002` |",
        "| `home-3` | – | – |",
        "| `home-4` | – | – |",
    ]
    await dialog.fill(**logins(goip_box))
    await dialog.fill(**NOTHING)

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    entry = dialog.result["result"]
    assert entry.unique_id == GOIP_SERIAL
    assert dict(entry.data) == {
        **goip_data(goip_box, smpp=False),
        "udp": udp_data(attic.data["udp"]["udp_port"]),
    }
    assert list(sims(entry)) == ["sim_1", "sim_2"]


async def test_the_web_login_goes_only_to_a_box_with_the_password_of_the_lines(
    hass: HomeAssistant, dialog: Dialog, goip_box: GoipBox
) -> None:
    await dialog.fill(**logins(goip_box, udp_password="wrong"))
    assert dialog.result["errors"] == {"udp_password": "udp_password_wrong"}
    assert not goip_box.requests

    await dialog.fill(**logins(goip_box, password="wrong"))
    assert dialog.result["errors"] == {"base": "invalid_auth_goip"}
    await dialog.fill(**logins(goip_box))
    assert dialog.result["step_id"] == "balance"


async def test_a_line_with_another_password_is_told(
    hass: HomeAssistant, dialog: Dialog, goip_box: GoipBox, server: SmsServer
) -> None:
    await goip_box.udp_silence(state=True)
    keepalive = b"req:1;id:home-2;pass:other;imei:861111111110002;"
    server.take(keepalive, (STRANGER, 10992))
    await dialog.fill(**logins(goip_box))
    assert dialog.result["errors"] == {"udp_password": "udp_passwords_differ"}
    assert dialog.result["description_placeholders"]["ids"] == "`home-2`"

    server.take(keepalive.replace(b"other", b"goip"), (STRANGER, 10992))
    await dialog.fill(**logins(goip_box))
    assert dialog.result["step_id"] == "balance"


async def test_a_line_without_a_sim_may_have_another_password(
    hass: HomeAssistant, dialog: Dialog, goip_box: GoipBox, server: SmsServer
) -> None:
    await goip_box.udp_silence(state=True)
    server.take(b"req:1;id:home-3;pass:other;", (STRANGER, 10993))
    await dialog.fill(**logins(goip_box))
    await dialog.fill(**NOTHING)

    ids = dialog.result["result"].data["udp"]["udp_ids"]
    assert ids == ["home-1", "home-2", "", "home-4"]


async def test_a_box_that_is_ignored_is_not_offered_again(
    hass: HomeAssistant, dialog: Dialog, goip_box: GoipBox
) -> None:
    flow_id = dialog.result["flow_id"]
    flow = hass.config_entries.flow.async_get(flow_id)
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": flow["context"]["unique_id"], "title": "GoIP"},
    )
    assert not offers(hass)
    result = await discover(hass, STRANGER)

    assert result["reason"] == "already_configured"


async def discover(hass: HomeAssistant, address: str, port: int = 1) -> Any:
    """Offer an address."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data={"address": address, "port": port},
    )


async def test_a_box_that_is_ignored_is_remembered_after_its_page_was_filled_in(
    hass: HomeAssistant, dialog: Dialog, goip_box: GoipBox
) -> None:
    """Else it would be ignored by its serial number, and offered by its address."""
    flow_id = dialog.result["flow_id"]
    before = hass.config_entries.flow.async_get(flow_id)["context"]["unique_id"]
    await dialog.fill(**logins(goip_box))

    flow = hass.config_entries.flow.async_get(flow_id)
    assert flow["context"]["unique_id"] == before


async def test_a_box_that_is_known_under_this_address_is_not_offered(
    hass: HomeAssistant, attic: MockConfigEntry
) -> None:
    result = await discover(hass, "127.0.0.1")
    assert result["reason"] == "already_configured"


async def test_a_box_that_is_known_under_another_address_is_not_added_twice(
    hass: HomeAssistant, dialog: Dialog, goip_box: GoipBox
) -> None:
    known = goip_data(goip_box) | {"host": "192.0.2.1"}
    box_entry(goip_box, known, title="Cellar").add_to_hass(hass)
    await dialog.fill(**logins(goip_box))

    assert dialog.result["reason"] == "already_configured"
    assert dialog.result["description_placeholders"] == {"title": "Cellar"}


async def test_a_box_that_calls_no_more_is_told(
    hass: HomeAssistant, server: SmsServer
) -> None:
    result = await discover(hass, "192.168.7.7", server.bound_port or 0)
    assert result["reason"] == "calls_no_more"


async def test_a_box_that_is_added_by_hand_is_offered_no_more(
    hass: HomeAssistant, dialog: Dialog, goip_box: GoipBox
) -> None:
    other = await Dialog.add(hass, "goip")
    with (
        patch.object(brands, "identify", return_value=GatewayStatus()),
        patch("custom_components.gsm_gateway.async_setup_entry", return_value=False),
    ):
        await other.fill(**goip_form(goip_box, host=STRANGER))
        await other.choose("without_sim")

    assert other.result["type"] is FlowResultType.CREATE_ENTRY
    assert not offers(hass)


@pytest.fixture(autouse=True)
async def box_gone_at_the_end(
    hass: HomeAssistant, goip_box: GoipBox
) -> AsyncGenerator[None]:
    """Let nobody call while Home Assistant is taken down."""
    yield
    await goip_box.option("udp_server", "")
    await settle(hass)
