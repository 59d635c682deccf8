"""What a bug report holds, and what it never holds."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.gsm_gateway.gateways.model import ChannelStatus, GatewayStatus
from tests.integration.entries import BALANCE, contact, goip_entry, set_up, settle, sim
from tests.integration.fakes import FakeBox
from tests.integration.scene import act, device_id, on_the_air, wired

SECRETS = {
    "host": "box.secret.example",
    "user": "secretuser",
    "password": "secretpassword",
    "smpp_system_id": "secretsystem",
    "smpp_password": "secretpw",
    "title": "Secret Bunker",
    "serial": "SECRETSERIAL",
    "mac": "5ec2e7000001",
    "imei": "490154203237518",
    "imsi": "260031234567890",
    "iccid": "8948031234567890123",
    "udp_id": "secretline",
    "udp_password": "secretpush",
    "line_address": "192.0.2.99:10991",
    "sim_number": "+48600700800",
    "contact": "Aunt Secret",
    "contact_number": "+48611222333",
    "recipient": "+48622333444",
    "sender": "+48633444555",
    "sent_text": "the sent secret",
    "received_text": "the received secret",
    "balance_code": "*1234*5678#",
    "answer": "your secret balance is 12,50 PLN",
    "box_trusts": "+48644555666",
    "sim_trusts": "SecretPanel",
    "private_sender": "SecretBank",
    "balance_pattern": "secret balance is ([0-9,]+)",
    "balance_sender": "SecretTelco",
}


TIMES = ("asked", "due", "checked", "listening_for_sms")
"""Moments that are told of a balance."""


@pytest.fixture
async def bunker(hass: HomeAssistant, port: int) -> MockConfigEntry:
    """A box that has lived through everything that is nobody's business."""
    box = FakeBox(
        status=GatewayStatus(
            model="GoIP-4",
            firmware="GS-4.01",
            serial=SECRETS["serial"],
            mac=SECRETS["mac"],
            module_imeis=frozenset({SECRETS["imei"]}),
            channels=(
                ChannelStatus(
                    channel=1,
                    sim_present=True,
                    registered=True,
                    signal_csq=20,
                    operator="Orange",
                    imsi=SECRETS["imsi"],
                    iccid=SECRETS["iccid"],
                    imei=SECRETS["imei"],
                    number=SECRETS["sim_number"],
                    heard_at=datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
                    address=SECRETS["line_address"],
                ),
            ),
        ),
        answers={1: SECRETS["answer"]},
    )
    entry = goip_entry(
        sim(
            1,
            **BALANCE | {"balance_code": SECRETS["balance_code"]},
            imsi=SECRETS["imsi"],
            iccid=SECRETS["iccid"],
            trusted_senders=[SECRETS["sim_trusts"], SECRETS["sender"]],
            parts_per_hour=12,
            pacing=None,
            roaming=True,
            number_form="plus",
            country="PL",
            balance_per_day=6,
            balance_after_sms=True,
            balance_only_after_sent=False,
            balance_quiet_from="22:00:00",
            balance_quiet_to="07:00:00",
            balance_pattern=SECRETS["balance_pattern"],
            balance_sender=SECRETS["balance_sender"],
        ),
        contact(SECRETS["contact"], SECRETS["contact_number"], expire_after=90),
        host=SECRETS["host"],
        username=SECRETS["user"],
        password=SECRETS["password"],
        smpp={
            "smpp_port": 7777,
            "smpp_system_id": SECRETS["smpp_system_id"],
            "smpp_password": SECRETS["smpp_password"],
        },
        udp={
            "udp_port": port,
            "udp_password": SECRETS["udp_password"],
            "udp_ids": ["", SECRETS["udp_id"]],
            "only_address": False,
            "send_by": "web",
        },
    )
    assert await async_setup_component(hass, "diagnostics", {})
    with wired(**{SECRETS["host"]: box}):
        await set_up(hass, entry)
    hass.config_entries.async_update_entry(
        entry,
        title=SECRETS["title"],
        options={
            **entry.options,
            "trusted_senders": [SECRETS["box_trusts"]],
            "private_senders": [SECRETS["private_sender"]],
            "keep_days": 30,
            "show_texts": True,
        },
    )
    box.receive(SECRETS["received_text"], sender=SECRETS["sender"])
    await act(hass, "send_sms", to=SECRETS["recipient"], message=SECRETS["sent_text"])
    await on_the_air(box)
    await act(hass, "refresh_balance", device_id=device_id(hass, entry, "sim1"))
    await settle(hass)
    return entry


async def test_an_entry_tells_how_it_works(
    hass: HomeAssistant,
    bunker: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    port: int,
) -> None:
    told: Any = await get_diagnostics_for_config_entry(hass, hass_client, bunker)

    assert told["settings"] == {
        "brand": "goip",
        "tls": False,
        "http_port": 80,
        "verify_ssl": True,
        "smpp": {"smpp_port": 7777},
        "udp": {
            "udp_port": port,
            "only_address": False,
            "send_by": "web",
            "lines": 1,
        },
        "identity_known": True,
        "keep_days": 30,
        "show_texts": True,
        "trusted_sender_count": 1,
        "private_sender_count": 1,
    }
    assert told["box"] == {"model": "GoIP-4", "firmware": "GS-4.01"}
    assert told["connection"]["connected"] is True
    assert told["abilities"]["sender_reaches"] == "sent"
    assert told["abilities"]["inbox_page"] is False
    assert told["udp_port"] is None
    assert told["outbox"] == {"sent": 1}
    (contact_told,) = told["contacts"]
    assert contact_told == {
        "fallback": "any",
        "priority": "normal",
        "expire_after": 90,
        "sims": 0,
    }


async def test_a_sim_tells_its_line_and_its_schedule(
    hass: HomeAssistant, bunker: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    told: Any = await get_diagnostics_for_config_entry(hass, hass_client, bunker)

    (sim_told,) = told["sims"]
    balance = sim_told.pop("balance")
    assert sim_told == {
        "channel": 1,
        "balance_interval": 24,
        "balance_only_after_sent": False,
        "balance_after_sms": True,
        "balance_per_day": 6,
        "balance_quiet_from": "22:00:00",
        "balance_quiet_to": "07:00:00",
        "country": "PL",
        "currency": "PLN",
        "use_for_sending": "always",
        "parts_per_hour": 12,
        "pacing": None,
        "roaming": True,
        "number_form": "plus",
        "trusted_sender_count": 2,
        "balance_asked_for": True,
        "balance_pattern_set": True,
        "balance_sender_set": True,
        "card_known": True,
        "other_card": False,
        "line": {
            "enabled": True,
            "connected": True,
            "registered": True,
            "busy": False,
            "busy_with_ussd": False,
        },
        "traffic": {"sent_today": 1, "sent_this_month": 1, "waiting": 0},
        "status": {
            "sim_present": True,
            "registered": True,
            "roaming": None,
            "module_on": None,
            "signal_csq": 20,
            "operator": "Orange",
            "line_state": None,
            "heard_at": "2026-11-20T12:00:00+00:00",
        },
    }
    assert balance["asked"] < balance["due"]
    assert balance["asked"] <= balance["checked"]
    assert balance["listening_for_sms"] is None
    facts = {k: v for k, v in balance.items() if k not in TIMES}
    assert facts == {
        "asked_that_day": balance["asked_that_day"],
        "currency": "PLN",
        "known": True,
        "valid_until_known": False,
        "answer_unread": False,
        "in_vain": 0,
        "readings": 1,
    }
    assert balance["asked_that_day"] >= 1


async def test_each_device_tells_its_part(
    hass: HomeAssistant,
    bunker: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    device_registry: dr.DeviceRegistry,
) -> None:
    parts = {}
    for subentry in (None, "sim1", SECRETS["contact"].lower()):
        device = device_registry.async_get(device_id(hass, bunker, subentry))
        assert isinstance(device, dr.DeviceEntry)
        told: Any = await get_diagnostics_for_device(hass, hass_client, bunker, device)
        parts[subentry] = told

    assert parts["sim1"] == parts[None]["sims"][0]
    assert parts[SECRETS["contact"].lower()] == parts[None]["contacts"][0]
    assert "connection" in parts[None]


@pytest.mark.parametrize("loaded", [True, False])
async def test_nothing_private_is_told(
    hass: HomeAssistant,
    bunker: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    loaded: bool,
) -> None:
    if not loaded:
        await hass.config_entries.async_unload(bunker.entry_id)

    told = str(await get_diagnostics_for_config_entry(hass, hass_client, bunker))

    assert [what for what, secret in SECRETS.items() if secret in told] == []
    assert [what for what, secret in SECRETS.items() if secret[-6:] in told] == []


async def test_an_entry_that_is_not_loaded_tells_its_settings(
    hass: HomeAssistant, bunker: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    await hass.config_entries.async_unload(bunker.entry_id)

    told: Any = await get_diagnostics_for_config_entry(hass, hass_client, bunker)

    assert set(told) == {"settings", "contacts", "sims"}
    assert "line" not in told["sims"][0]
