"""What an entry holds of a simulated box, and what a user fills in about it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.const import (
    BRAND_GOIP,
    BRAND_YEASTAR,
    CONF_AMI_PORT,
    CONF_BRAND,
    CONF_HTTP_PORT,
    CONF_MODULE_IMEIS,
    CONF_NOTIFY_NAME,
    CONF_SMPP,
    CONF_SMPP_PASSWORD,
    CONF_SMPP_PORT,
    CONF_SMPP_SYSTEM_ID,
    CONF_TLS,
    CONF_USE_AMI,
    DOMAIN,
)
from tests.integration.entries import sim
from tests.simulator.goip.box import GoipBox
from tests.simulator.yeastar.box import YeastarBox

GOIP_SERIAL = "GOIPSIM0001"
NOTHING: dict[str, dict[str, str]] = {"operator_1": {}, "operator_2": {}}
"""The answer to the page about two operators, neither with a balance."""
YEASTAR_IMEIS = ["862951028263961", "862951028263962"]


FOLDED_SIM: dict[str, dict[str, Any]] = {
    "asking": {},
    "reading": {},
    "warnings": {},
    "keep_alive": {},
    "limits": {},
    "sending": {},
    "receiving": {},
}
"""The sections about a SIM as they are left by who opens none."""
USUAL_SIM: dict[str, Any] = {
    "balance_after_sms": True,
    "balance_only_after_sent": False,
    "balance_per_day": 4,
    "balance_quiet_from": None,
    "balance_quiet_to": None,
    "balance_sender": None,
    "balance_pattern": None,
    "balance_low": None,
    "expiry_days": 7,
    "keep_alive_days": None,
    "keep_alive_number": None,
    "keep_alive_text": None,
    "parts_per_hour": 30,
    "parts_per_day": 100,
    "parts_per_month": 1000,
    "recipients_per_day": None,
    "pacing": None,
    "roaming": False,
    "number_form": "as_given",
    "trusted_senders": [],
}
"""The settings of a SIM that come of them."""
ELSEWHERE = {CONF_HTTP_PORT: 1, CONF_AMI_PORT: 1}
"""Entry data of an address where nobody answers."""


@asynccontextmanager
async def running[BoxT: (GoipBox, YeastarBox)](
    hass: HomeAssistant, box: BoxT
) -> AsyncGenerator[BoxT]:
    """Run a box that stands longer than the links to it."""
    async with box:
        yield box
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            await hass.config_entries.async_unload(entry.entry_id)


def goip_form(
    box: GoipBox, *, transport: str = "web", **changes: Any
) -> dict[str, Any]:
    """Return the right answers to the form about a GoIP, but for `changes`."""
    return {
        "host": "127.0.0.1",
        "username": "admin",
        "password": "admin",
        "transport": transport,
        "connection": {"http_port": box.http_port, "verify_ssl": True},
        **changes,
    }


def smpp_form(box: GoipBox, **changes: Any) -> dict[str, Any]:
    """Return the right answers to the form about SMPP, but for `changes`."""
    return {
        "smpp_system_id": "goip",
        "smpp_password": "goip",
        "smpp_port": box.smpp_port,
        **changes,
    }


def udp_form(port: int, **changes: Any) -> dict[str, Any]:
    """Return the right answers to the form about UDP, but for `changes`."""
    return {
        "udp_port": port,
        "udp_password": "goip",
        "udp_ids": ["home-1", "home-2", "home-3", "home-4"],
        "more": {},
        **changes,
    }


def udp_data(port: int, **changes: Any) -> dict[str, Any]:
    """Return what an entry holds of the answers."""
    return {
        "udp_port": port,
        "udp_password": "goip",
        "udp_ids": ["home-1", "home-2", "home-3", "home-4"],
        "only_address": False,
        "send_by": "udp",
        **changes,
    }


async def call_home(box: GoipBox, port: int, **options: str) -> None:
    """Set a box so that its lines call a UDP port on loopback, as `home-1` and so on."""
    known = {"udp_id": "home-", "udp_password": "goip"}
    for name, value in {**known, **options}.items():
        await box.option(name, value)
    await box.option("udp_server", f"127.0.0.1:{port}")


def yeastar_form(box: YeastarBox, **changes: Any) -> dict[str, Any]:
    """Return the right answers to the form about a Yeastar TG, but for `changes`."""
    return {
        "host": "127.0.0.1",
        "username": "apiuser",
        "password": "apipass",
        "connection": {
            "http_port": box.http_port,
            "ami_port": box.ami_port,
            "use_ami": True,
            "verify_ssl": True,
        },
        **changes,
    }


def goip_data(box: GoipBox, *, smpp: bool = True) -> dict[str, Any]:
    """Return the data of an entry about a GoIP."""
    data = {
        CONF_BRAND: BRAND_GOIP,
        CONF_HOST: "127.0.0.1",
        CONF_TLS: False,
        CONF_VERIFY_SSL: True,
        CONF_HTTP_PORT: box.http_port,
        CONF_USERNAME: "admin",
        CONF_PASSWORD: "admin",
    }
    if smpp:
        data[CONF_SMPP] = {
            CONF_SMPP_PORT: box.smpp_port,
            CONF_SMPP_SYSTEM_ID: "goip",
            CONF_SMPP_PASSWORD: "goip",
        }
    return data


def yeastar_data(box: YeastarBox) -> dict[str, Any]:
    """Return the data of an entry about a Yeastar TG."""
    return {
        CONF_BRAND: BRAND_YEASTAR,
        CONF_HOST: "127.0.0.1",
        CONF_TLS: False,
        CONF_VERIFY_SSL: True,
        CONF_HTTP_PORT: box.http_port,
        CONF_USERNAME: "apiuser",
        CONF_PASSWORD: "apipass",
        CONF_AMI_PORT: box.ami_port,
        CONF_USE_AMI: True,
        CONF_MODULE_IMEIS: YEASTAR_IMEIS,
    }


def box_entry(
    box: GoipBox | YeastarBox, data: dict[str, Any], **changes: Any
) -> MockConfigEntry:
    """Return an entry about a simulated box, with all its SIMs."""
    known: dict[str, Any] = {
        "domain": DOMAIN,
        "title": "GoIP",
        "unique_id": GOIP_SERIAL,
        "data": data,
        "options": {CONF_NOTIFY_NAME: "goip"},
        "subentries_data": [
            sim(
                line.number,
                operator=line.sim.operator,
                imsi=line.sim.imsi,
                iccid=line.sim.iccid,
                balance_code=line.sim.balance_code,
                balance_interval=24,
                currency="RUB",
            )
            for line in box.lines.values()
            if line.sim
        ],
    }
    if isinstance(box, YeastarBox):
        known |= {
            "title": "TG200",
            "unique_id": YEASTAR_IMEIS[0],
            "options": {CONF_NOTIFY_NAME: "tg200"},
        }
    return MockConfigEntry(**(known | changes))


def merged(right: dict[str, Any], wrong: dict[str, Any]) -> dict[str, Any]:
    """Return the right answers with wrong ones among them, also in a section."""
    ports = wrong.get("connection", {})
    connection = {
        field: ports.get(field, value) for field, value in right["connection"].items()
    }
    return {**right, **wrong, "connection": connection}


def added(hass: HomeAssistant) -> ConfigEntry:
    """Return the only entry."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


def sims(entry: ConfigEntry) -> dict[str | None, dict[str, Any]]:
    """Return the data of the SIMs by their unique ids."""
    return {
        sim.unique_id: dict(sim.data) for sim in entry.get_subentries_of_type("sim")
    }
