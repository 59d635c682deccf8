"""A box that tells which cards it has, and hands that change them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.gateways.model import ChannelStatus, GatewayStatus
from tests.integration.entries import BALANCE, asked_just_now, goip_entry, settle, sim
from tests.integration.fakes import FakeBox

ONE: Final = {
    "iccid": "8948030000000000001",
    "imsi": "260030000000001",
    "operator": "Orange",
}
TWO: Final = ONE | {"iccid": "8948030000000000002", "imsi": "260030000000002"}
THREE: Final = ONE | {"iccid": "8948030000000000003", "imsi": "260030000000003"}
FOREIGN: Final = {
    "iccid": "8970100000000000009",
    "imsi": "250019999999999",
    "operator": "MTS RUS",
}
"""A card of another operator."""
NOBODY: Final = {"iccid": None, "imsi": None, "operator": None}


def box_with(*cards: dict[str, Any], **facts: Any) -> FakeBox:
    """Return a box with these cards in its ports, an empty one where there is none."""
    channels = tuple(port(number, card) for number, card in enumerate(cards, start=1))
    status = GatewayStatus(serial="GOIP0001", channels=channels)
    answers: Any = {1: "Saldo: 12,50 PLN", 2: "Saldo: 3,00 PLN", 3: "Saldo: 9,00 PLN"}
    return FakeBox(status=status, answers=answers, **facts)


def port(number: int, card: dict[str, Any]) -> ChannelStatus:
    """Return what a box tells of a port with a card, or of an empty one."""
    there = bool(card)
    return ChannelStatus(
        channel=number,
        sim_present=there,
        registered=there,
        signal_csq=20,
        **(card or {}),
    )


def entry_of(hass: HomeAssistant, *ports: int) -> MockConfigEntry:
    """Return the entry of the box, with the cards ONE, TWO, THREE in ports 1, 2, 3.

    Each has a balance, and none is due within a day.
    """
    cards: dict[int, dict[str, Any]] = {1: ONE, 2: TWO, 3: THREE}
    entry = goip_entry(
        *(sim(number, **BALANCE, **cards[number]) for number in ports), host="cellar"
    )
    asked_just_now(hass, entry, *(f"sim{number}" for number in ports))
    return entry


async def put(
    hass: HomeAssistant,
    entry: ConfigEntry,
    box: FakeBox,
    cards: Iterable[tuple[int, dict[str, Any]]],
) -> None:
    """Put cards into ports, or take them out, and let Home Assistant look."""
    known = {channel.channel: channel for channel in box.status.channels}
    known |= {number: port(number, card) for number, card in cards}
    ordered = tuple(channel for _, channel in sorted(known.items()))
    box.status = replace(box.status, channels=ordered)
    await look(hass, entry)


async def look(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Let Home Assistant read the status now."""
    await entry.runtime_data.status.async_refresh()
    await settle(hass)


def ports(entry: ConfigEntry) -> dict[str, int]:
    """Return in which port each SIM is, by its subentry id."""
    sims = entry.get_subentries_of_type("sim")
    return {sim.subentry_id: sim.data["channel"] for sim in sims}
