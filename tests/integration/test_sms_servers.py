"""The socket that boxes push to: a port that is taken, and boxes that nobody has added."""

from collections.abc import AsyncGenerator
import socket
from typing import Any

from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_INTEGRATION_DISCOVERY
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.gsm_gateway.const import DOMAIN
from custom_components.gsm_gateway.gateways.goip.sms_server import SmsServer
from custom_components.gsm_gateway.sms_servers import discovery_id, server_for
from tests.integration.boxes import udp_data
from tests.integration.entries import goip_entry, set_up, settle, sim
from tests.integration.repairing import issues
from tests.integration.wires import living
from tests.polling import until

FLAT = "10.1.2.3"
"""Where a box calls from that nobody has added."""


def pushing_entry(port: int, *ids: str) -> MockConfigEntry:
    """Return an entry of a box that pushes and whose pages nobody answers."""
    udp = udp_data(port, udp_ids=list(ids or ("home-1", "home-2")))
    return goip_entry(sim(1), host="127.0.0.1", http_port=1, udp=udp)


@pytest.fixture
async def pushing(hass: HomeAssistant, port: int) -> AsyncGenerator[MockConfigEntry]:
    """The entry of such a box, loaded."""
    entry = pushing_entry(port)
    await set_up(hass, entry)
    await until(lambda: server_for(hass, port).bound_port == port)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def server(hass: HomeAssistant, pushing: MockConfigEntry, port: int) -> SmsServer:
    """The socket that it calls."""
    return server_for(hass, port)


def keepalive(line: str = "attic1") -> bytes:
    """Return what a line says every 30 seconds."""
    return (
        f"req:7;id:{line};pass:attic;num:;signal:21;gsm_status:LOGIN;"
        "voip_status:LOGOUT;pro:Orange;imei:861111111111111;".encode()
    )


async def call(
    hass: HomeAssistant, server: SmsServer, *addresses: str, line: str = "attic1"
) -> None:
    """Let unknown lines call from these addresses."""
    for address in addresses:
        server.take(keepalive(line), (address, 10991))
    await settle(hass)


def offered(hass: HomeAssistant) -> list[str]:
    """Return the boxes that are offered to the user."""
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert all(
        flow["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY for flow in flows
    )
    return sorted(str(flow["context"].get("unique_id")) for flow in flows)


async def test_a_port_that_is_taken_is_named_until_it_is_free(
    hass: HomeAssistant, port: int, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    entry = pushing_entry(port)
    issue_id = f"udp_port_taken_{port}"
    with living(1000.0), socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        await set_up(hass, entry)
        await until(lambda: issue_id in issues(hass))
        issue = issues(hass)[issue_id]
        told: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    assert (issue.severity, issue.is_fixable) == (ir.IssueSeverity.ERROR, False)
    assert issue.translation_placeholders == {
        "port": str(port),
        "detail": "Address already in use",
    }
    assert told["udp_port"]["open"] is False
    assert told["udp_port"]["trouble"] == "Address already in use"
    await until(lambda: issue_id not in issues(hass))
    assert server_for(hass, port).bound_port == port
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_taken_port_that_nobody_needs_is_no_trouble(
    hass: HomeAssistant, port: int
) -> None:
    entry = pushing_entry(port)
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        await set_up(hass, entry)
        await until(lambda: bool(issues(hass)))
        await hass.config_entries.async_unload(entry.entry_id)
        assert issues(hass) == {}


async def test_the_port_is_free_once_nobody_uses_it(
    hass: HomeAssistant, pushing: MockConfigEntry, port: int
) -> None:
    second = pushing_entry(port, "garage-1")
    second.add_to_hass(hass)
    await hass.config_entries.async_setup(second.entry_id)
    await hass.config_entries.async_unload(pushing.entry_id)
    await settle(hass)
    assert server_for(hass, port).bound_port == port

    await hass.config_entries.async_unload(second.entry_id)
    await until(lambda: server_for(hass, port).bound_port is None)
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))


async def test_diagnostics_tell_what_came_in_vain(
    hass: HomeAssistant,
    pushing: MockConfigEntry,
    server: SmsServer,
    hass_client: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    await call(hass, server, FLAT)
    server.take(b"\xff\xff", (FLAT, 1))
    server.take(b"req:1;id:home-1;pass:guess;", (FLAT, 1))

    told: Any = await get_diagnostics_for_config_entry(hass, hass_client, pushing)
    assert told["udp_port"] == {
        "open": True,
        "trouble": None,
        "refused": {"unknown_id": 1, "malformed": 1, "wrong_password": 1},
        "unknown_boxes": 1,
    }
    assert told["abilities"]["status_pushes"] is True
    assert FLAT not in str(told)


async def test_a_box_that_calls_is_offered_once_with_all_its_lines(
    hass: HomeAssistant, server: SmsServer
) -> None:
    for line in ("attic1", "attic2"):
        await call(hass, server, FLAT, line=line)

    assert offered(hass) == [discovery_id(FLAT)]


async def test_no_more_than_five_boxes_are_offered(
    hass: HomeAssistant, server: SmsServer
) -> None:
    await call(hass, server, *(f"10.1.2.{host}" for host in range(1, 9)))

    assert offered(hass) == [discovery_id(f"10.1.2.{host}") for host in range(1, 6)]


async def test_two_ports_together_offer_five(
    hass: HomeAssistant, server: SmsServer
) -> None:
    other = server_for(hass, 1)
    await call(hass, server, *(f"10.1.2.{host}" for host in range(1, 5)))
    await call(hass, other, *(f"10.1.3.{host}" for host in range(1, 5)))

    assert len(offered(hass)) == 5


async def test_a_box_on_the_internet_is_not_offered(
    hass: HomeAssistant, server: SmsServer
) -> None:
    await call(hass, server, "8.8.8.8")

    assert offered(hass) == []


async def test_the_address_of_a_box_that_is_known_is_not_offered(
    hass: HomeAssistant, server: SmsServer
) -> None:
    goip_entry(host=FLAT).add_to_hass(hass)
    await call(hass, server, FLAT)

    assert offered(hass) == []


async def test_a_box_that_is_ignored_is_offered_again_when_it_is_not(
    hass: HomeAssistant, server: SmsServer
) -> None:
    ignored = MockConfigEntry(
        domain=DOMAIN, source=SOURCE_IGNORE, unique_id=discovery_id(FLAT), data={}
    )
    ignored.add_to_hass(hass)
    await call(hass, server, FLAT)
    assert offered(hass) == []

    await hass.config_entries.async_remove(ignored.entry_id)
    await settle(hass)
    assert offered(hass) == [discovery_id(FLAT)]


async def test_while_the_first_box_is_being_added_nothing_is_offered(
    hass: HomeAssistant, pushing: MockConfigEntry, server: SmsServer
) -> None:
    with server.watch(frozenset(), "", lambda: None):
        await hass.config_entries.async_unload(pushing.entry_id)
        await call(hass, server, FLAT)
        assert offered(hass) == []

        await hass.config_entries.async_setup(pushing.entry_id)
        await settle(hass)
        assert offered(hass) == [discovery_id(FLAT)]


async def test_an_offer_is_taken_back_when_a_line_of_the_box_becomes_known(
    hass: HomeAssistant, server: SmsServer
) -> None:
    await call(hass, server, FLAT)
    server.take(b"req:1;id:home-1;pass:goip;signal:20;", (FLAT, 10991))
    await settle(hass)

    assert offered(hass) == []


async def test_boxes_are_offered_once_home_assistant_has_started(
    hass: HomeAssistant, port: int
) -> None:
    hass.set_state(CoreState.starting)
    entry = pushing_entry(port)
    await set_up(hass, entry)
    server = server_for(hass, port)
    await call(hass, server, FLAT)
    assert offered(hass) == []

    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await settle(hass)
    assert offered(hass) == [discovery_id(FLAT)]
    await hass.config_entries.async_unload(entry.entry_id)
