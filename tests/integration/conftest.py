"""Simulated boxes, and entries that know them."""

from collections.abc import AsyncGenerator, Iterator
from functools import partial
import socket
from typing import Any
from unittest.mock import patch

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.gateways.goip.sms_server import SmsServer
from custom_components.gsm_gateway.messaging.store import Store
from tests.integration.asking import asked, poor_box, wishes  # noqa: F401 # fixtures
from tests.integration.boxes import box_entry, goip_data, running, yeastar_data
from tests.integration.keeping import home  # noqa: F401 # fixture
from tests.integration.money import purse  # noqa: F401 # fixture
from tests.integration.scene import cellar, fake_box  # noqa: F401 # fixtures
from tests.integration.watching import runs  # noqa: F401 # fixture
from tests.messaging.inline_executor import InlineExecutor
from tests.simulator.core.clock import Clock
from tests.simulator.goip.box import GoipBox
from tests.simulator.yeastar.box import YeastarBox

TIME_SCALE = 100.0
"""The boxes live faster than we do: an SMS takes 30 ms on the air."""


@pytest.fixture(autouse=True)
def storage(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """What Home Assistant keeps on disk, by file name; in memory here."""
    return hass_storage


@pytest.fixture(autouse=True)
def log_without_thread() -> Iterator[None]:
    """Write to the message log in the loop, so that a few turns of it settle all."""
    with patch(
        "custom_components.gsm_gateway.messenger.Store",
        lambda path, clock, on_trouble: Store(
            path, clock, on_trouble, InlineExecutor()
        ),
    ):
        yield


@pytest.fixture(autouse=True)
def pushes_from_loopback() -> Iterator[None]:
    """Listen for boxes that push on loopback only."""
    with patch(
        "custom_components.gsm_gateway.sms_servers.SmsServer",
        partial(SmsServer, host="127.0.0.1"),
    ):
        yield


@pytest.fixture
def port() -> int:
    """A UDP port that nobody has."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


@pytest.fixture
async def goip_box(hass: HomeAssistant) -> AsyncGenerator[GoipBox]:
    """A GoIP with four lines, the first two with a SIM."""
    async with running(hass, GoipBox(clock=Clock(TIME_SCALE))) as box:
        yield box


@pytest.fixture
async def yeastar_box(hass: HomeAssistant) -> AsyncGenerator[YeastarBox]:
    """A Yeastar TG with two ports, each with a SIM."""
    async with running(hass, YeastarBox(clock=Clock(TIME_SCALE))) as box:
        yield box


@pytest.fixture
def known_goip(hass: HomeAssistant, goip_box: GoipBox) -> MockConfigEntry:
    """The GoIP with SMPP, known to Home Assistant but not set up yet."""
    entry = box_entry(goip_box, goip_data(goip_box))
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def known_yeastar(hass: HomeAssistant, yeastar_box: YeastarBox) -> MockConfigEntry:
    """The Yeastar TG, known to Home Assistant but not set up yet."""
    entry = box_entry(yeastar_box, yeastar_data(yeastar_box))
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def web_page() -> AsyncGenerator[TestServer]:
    """A web server that is no gateway."""
    server = TestServer(web.Application(), host="127.0.0.1")
    async with server:
        yield server
