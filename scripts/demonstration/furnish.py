"""Adds the boxes through the config flow, a contact, and what the automations need."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .boxes import Box
from .home import Home, HomeError
from .inventory import (
    BALANCE_CODES,
    CONTACT_NUMBER,
    SMPP_PASSWORD,
    STRANGER_ADDRESS,
    STRANGER_PASSWORD,
    TG_PASSWORD,
    WEB_PASSWORD,
)

TELLING_SECONDS = 60
UNKNOWN = ("unknown", "unavailable")


@dataclass(frozen=True)
class SimEntities:
    """What the dashboard and the check look at, of one SIM.

    Empty is what its box does not tell.
    """

    device_id: str
    device: str
    balance: str
    incoming: str
    refresh: str
    operator: str
    signal: str
    line_state: str
    call: str
    valid_until: str
    cost_per_day: str
    days_left: str
    sms_left: str
    last_top_up: str

    @property
    def box(self) -> str:
        """The name of the box."""
        return self.device.rsplit(" SIM ", 1)[0]

    @property
    def line(self) -> int:
        """The port."""
        return int(self.device.rsplit(" ", 1)[1])


def _goip_page(box: Box, host: str = "127.0.0.1", **more: str) -> dict[str, Any]:
    """Return the first page about a GoIP."""
    return {
        "host": f"{host}:{box.ports['http']}",
        "username": "admin",
        "password": WEB_PASSWORD,
        "connection": {"http_port": 80, "verify_ssl": True},
        **more,
    }


async def add_udp_goip(home: Home, box: Box, port: int) -> None:
    """Add the GoIP that calls: take what the form proposes and type it into the box."""
    flow = home.config_flow()
    await flow.start()
    await flow.fill({"next_step_id": "goip"})
    step = await flow.fill(_goip_page(box, transport="udp"))
    proposed = _suggestions(step["data_schema"])
    await flow.fill({**proposed, "udp_port": port})
    for name, value in (
        ("udp_id", proposed["udp_ids"][0].removesuffix("1")),
        ("udp_password", proposed["udp_password"]),
    ):
        await box.command(home.session, "option", name=name, value=value)
    await box.call(home.session, port)
    _check_added(await flow.fill(_balance_page(await flow.wait())))


async def tell_line_states(home: Home, box: Box) -> None:
    """Let a GoIP tell what its lines do: it tells of changes, else nothing would be shown."""
    for line in (await box.state(home.session))["lines"]:
        await box.command(
            home.session, "push", line=line["line"], verb="STATE", info="IDLE"
        )


async def add_smpp_goip(home: Home, box: Box) -> None:
    """Add the GoIP whose SMPP server is switched on."""
    smpp = {
        "smpp_system_id": "goip",
        "smpp_password": SMPP_PASSWORD,
        "smpp_port": box.ports["smpp"],
    }
    await _add_box(home, "goip", _goip_page(box, transport="smpp"), smpp)


async def add_tg(home: Home, box: Box) -> None:
    """Add the Yeastar TG as a person would."""
    page = {
        "host": f"127.0.0.1:{box.ports['http']}",
        "username": "apiuser",
        "password": TG_PASSWORD,
        "connection": {
            "http_port": 80,
            "ami_port": box.ports["ami"],
            "use_ami": True,
            "verify_ssl": True,
        },
    }
    await _add_box(home, "yeastar", page)


async def add_stranger(home: Home, box: Box, flow_id: str) -> None:
    """Add the box that was discovered."""
    flow = home.config_flow(flow_id)
    page = _goip_page(box, STRANGER_ADDRESS, udp_password=STRANGER_PASSWORD)
    _check_added(await flow.fill(_balance_page(await flow.fill(page))))


async def _add_box(home: Home, brand: str, *pages: dict[str, Any]) -> None:
    """Go through the pages of the config flow."""
    flow = home.config_flow()
    await flow.start()
    step = await flow.fill({"next_step_id": brand})
    for page in pages:
        step = await flow.fill(page)
    _check_added(await flow.fill(_balance_page(step)))


def _check_added(result: Mapping[str, Any]) -> None:
    """Raise HomeError when the last page did not add the box."""
    if result["type"] != "create_entry":
        raise HomeError(f"The box was not added: {result}")


def _balance_page(step: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Fill in the codes that the form proposes, and the owner's where it has none."""
    names: Mapping[str, str] = step["description_placeholders"]
    filled: dict[str, dict[str, str]] = {}
    for section in step["data_schema"]:
        fields = _suggestions(section["schema"])
        code, currency = BALANCE_CODES[names[section["name"]].casefold()]
        if not any(name.endswith("code") for name in fields):
            fields |= {"balance_code": code, "currency": currency}
        filled[section["name"]] = fields
    return filled


def _suggestions(schema: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a form proposes, section by section."""
    found: dict[str, Any] = {}
    for field in schema:
        if "schema" in field:
            found[field["name"]] = _suggestions(field["schema"])
        elif value := field.get("description", {}).get("suggested_value"):
            found[field["name"]] = value
    return found


async def add_contact(home: Home) -> None:
    """Add somebody to write to, on the first box."""
    entries = await home.request(
        "GET", "/api/config/config_entries/entry?domain=gsm_gateway"
    )
    flow = home.subentry_flow(entries[0]["entry_id"], "contact")
    await flow.start()
    await flow.fill(
        {
            "name": "Anna",
            "number": CONTACT_NUMBER,
            "sims": [],
            "fallback": "any",
            "priority": "normal",
        }
    )


async def find_subentry(home: Home, sim: SimEntities) -> tuple[str, str]:
    """Return the ids of the entry and the subentry of a SIM."""
    (device,) = [
        device
        for device in await home.websocket("config/device_registry/list")
        if device["id"] == sim.device_id
    ]
    ((entry_id, (subentry_id,)),) = device["config_entries_subentries"].items()
    return entry_id, subentry_id


async def reject_calls(home: Home, sim: SimEntities) -> None:
    """Let a SIM reject calls at once, as a person does in its settings."""
    await _change(home, sim, calls={"reject_calls": True})


async def warn_below(home: Home, sim: SimEntities, amount: float) -> None:
    """Let a SIM's balance count as low below an amount, as a person does in its settings."""
    await _change(home, sim, warnings={"balance_low": amount})


async def _change(home: Home, sim: SimEntities, **sections: dict[str, Any]) -> None:
    """Fill in sections of a SIM's settings, and leave the rest as it is."""
    entry_id, subentry_id = await find_subentry(home, sim)
    flow = home.subentry_flow(entry_id, "sim", subentry_id)
    await flow.start()
    step = await flow.fill({"next_step_id": "change"})
    page = _suggestions(step["data_schema"])
    for name, fields in sections.items():
        page[name] = {**page.get(name, {}), **fields}
    await flow.fill(page)


async def find_sims(home: Home) -> list[SimEntities]:
    """Return the entities of each SIM, by the entity registry."""
    devices = {
        device["id"]: device
        for device in await home.websocket("config/device_registry/list")
    }
    found: dict[str, dict[str, str]] = {}
    for entity in await home.websocket("config/entity_registry/list"):
        if entity["platform"] == "gsm_gateway" and entity["device_id"]:
            keys = found.setdefault(entity["device_id"], {})
            keys[entity["translation_key"] or ""] = entity["entity_id"]
    sims = [
        SimEntities(
            device_id=device_id,
            device=devices[device_id]["name_by_user"] or devices[device_id]["name"],
            balance=keys["balance"],
            incoming=keys["incoming_sms"],
            refresh=keys["refresh_balance"],
            operator=keys.get("operator", ""),
            signal=keys.get("signal", ""),
            line_state=keys.get("line_state", ""),
            call=keys.get("incoming_call", ""),
            valid_until=keys.get("balance_valid_until", ""),
            cost_per_day=keys.get("cost_per_day", ""),
            days_left=keys.get("days_left", ""),
            sms_left=keys.get("sms_left", ""),
            last_top_up=keys.get("last_top_up", ""),
        )
        for device_id, keys in found.items()
        if "balance" in keys
    ]
    return sorted(sims, key=lambda sim: sim.device)


async def wait_for_sims(home: Home, number: int) -> list[SimEntities]:
    """Return so many SIMs, once their boxes have told of their lines. Raises HomeError."""
    sims: list[SimEntities] = []
    try:
        async with asyncio.timeout(TELLING_SECONDS):
            while True:
                sims = await find_sims(home)
                states = {
                    state["entity_id"]: state["state"]
                    for state in await home.request("GET", "/api/states")
                }
                told = [sim for sim in sims if _is_told(sim, states)]
                if len(told) == len(sims) >= number:
                    return sims
                await asyncio.sleep(0.3)
    except TimeoutError:
        raise HomeError(f"{number} SIMs were expected, there are {sims}") from None


def _is_told(sim: SimEntities, states: Mapping[str, str]) -> bool:
    """Tell whether a box has said of a line what it says by itself."""
    if not sim.signal or (sim.call and not sim.line_state):
        return False
    return states.get(sim.signal, UNKNOWN[0]) not in UNKNOWN


async def aim_automations(home: Home, sims: list[SimEntities]) -> None:
    """Let the automations name their SIMs, as a person does in the editor.

    Without a target every SIM counts too, but the editor shows that in red.
    """
    for name, entities in (
        ("demo_answer_ping", [sim.incoming for sim in sims]),
        ("demo_ring_gate", [sim.call for sim in sims if sim.call]),
    ):
        path = f"/api/config/automation/config/{name}"
        automation = await home.request("GET", path)
        automation["triggers"][0]["target"] = {"entity_id": entities}
        await home.request("POST", path, automation)
