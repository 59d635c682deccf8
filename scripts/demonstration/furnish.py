"""Adds both boxes through the config flow, a contact, and a dashboard."""

from collections.abc import Mapping
from dataclasses import dataclass
import shlex
from typing import Any

from .boxes import Box
from .home import Home, HomeError

BALANCE_CODES = {
    "o2": ("*101#", "EUR"),
    "plus": ("*100#", "PLN"),
    "mts": ("*100#", "RUB"),
    "kyivstar": ("*111#", "UAH"),
    "vodafone": ("*100#", "EUR"),
    "safaricom": ("*144#", "KES"),
}
"""What the owner of these cards knows, for where the form proposes nothing."""

CONTACT_NUMBER = "+491701234567"
GOIP_PASSWORD = "demo-web"
SMPP_PASSWORD = "demo"
TG_PASSWORD = "demo-api"


def _card(line: int, **facts: str) -> list[str]:
    """Return the simulator's option for one SIM card."""
    words = " ".join(f"{name}={shlex.quote(value)}" for name, value in facts.items())
    return ["--sim", f"{line} {words}"]


GOIP_ARGUMENTS = (
    *("goip", "--lines", "4", "--web-password", GOIP_PASSWORD),
    *("--smpp-id", "goip", "--smpp-password", SMPP_PASSWORD, "--firmware", "new"),
    *_card(
        1,
        operator="o2",
        imsi="262070000000001",
        number="+491760000001",
        balance="14.20",
        price_per_sms="0.09",
        balance_code="*101#",
        balance_template="Ihr Guthaben betraegt {balance} EUR.",
    ),
    *_card(
        2,
        operator="Plus",
        imsi="260010000000002",
        number="+48601000002",
        balance="31.50",
        price_per_sms="0.20",
        balance_code="*100#",
        balance_template="Stan konta: {balance} PLN. Konto wazne do 01-03-2027.",
    ),
    *_card(
        3,
        operator="MTS",
        imsi="250010000000003",
        number="+79160000003",
        balance="152.40",
        price_per_sms="2.50",
        balance_code="*100#",
        balance_template="Баланс: {balance} р.",
    ),
    *_card(
        4,
        operator="Kyivstar",
        imsi="255030000000004",
        number="+380670000004",
        balance="54.30",
        price_per_sms="1.10",
        balance_code="*111#",
        balance_template="Na rahunku {balance} grn.",
    ),
)
TG_ARGUMENTS = (
    *("yeastar", "--lines", "2", "--password", TG_PASSWORD),
    *_card(
        1,
        operator="Vodafone",
        imsi="262020000000005",
        number="+491720000005",
        balance="9.85",
        price_per_sms="0.09",
        balance_code="*100#",
        balance_template="Dein Guthaben betraegt: {balance} EUR.",
    ),
    *_card(
        2,
        operator="Safaricom",
        imsi="639020000000006",
        number="+254700000006",
        balance="1234.50",
        price_per_sms="1.20",
        balance_code="*144#",
        balance_template="Your airtime balance is Ksh {balance}. Bonga points: 340",
    ),
)


@dataclass(frozen=True)
class SimEntities:
    """What the dashboard and the check look at, of one SIM."""

    device_id: str
    device: str
    balance: str
    incoming: str
    refresh: str


async def add_goip(home: Home, box: Box) -> None:
    """Add the GoIP, with SMPP, as a person would."""
    page = {
        "host": f"127.0.0.1:{box.ports['http']}",
        "username": "admin",
        "password": GOIP_PASSWORD,
        "transport": "smpp",
        "connection": {"http_port": 80, "verify_ssl": True},
    }
    smpp = {
        "smpp_system_id": "goip",
        "smpp_password": SMPP_PASSWORD,
        "smpp_port": box.ports["smpp"],
    }
    await _add_box(home, "goip", page, smpp)


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


async def _add_box(home: Home, brand: str, *pages: dict[str, Any]) -> None:
    """Go through the pages of the config flow."""
    flow = home.config_flow("gsm_gateway")
    await flow.start()
    step = await flow.fill({"next_step_id": brand})
    for page in pages:
        step = await flow.fill(page)
    result = await flow.fill(_balance_page(step))
    if result["type"] != "create_entry":
        raise HomeError(f"The box was not added: {result}")


def _balance_page(step: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Fill in the codes that the form proposes, and the owner's where it has none."""
    names: Mapping[str, str] = step["description_placeholders"]
    filled: dict[str, dict[str, str]] = {}
    for section in step["data_schema"]:
        fields = {field["name"]: _suggestion(field) for field in section["schema"]}
        code, currency = BALANCE_CODES[names[section["name"]].casefold()]
        proposed = next((n for n in fields if n.endswith("code") and fields[n]), None)
        if proposed is None:
            fields |= {"balance_code": code, "currency": currency}
        filled[section["name"]] = {name: text for name, text in fields.items() if text}
    return filled


def _suggestion(field: Mapping[str, Any]) -> str:
    """Return what the form proposes for a field."""
    return str(field.get("description", {}).get("suggested_value") or "")


async def add_contact(home: Home) -> None:
    """Add somebody to write to, on the first box."""
    entries = await home.request(
        "GET", "/api/config/config_entries/entry?domain=gsm_gateway"
    )
    flow = home.config_flow([entries[0]["entry_id"], "contact"], subentry=True)
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
        )
        for device_id, keys in found.items()
        if "balance" in keys
    ]
    return sorted(sims, key=lambda sim: sim.device)


async def aim_automation(home: Home, sims: list[SimEntities]) -> None:
    """Let the answer to a ping name its SIMs, as a person does in the editor.

    Without a target every SIM counts too, but the editor shows that in red.
    """
    path = "/api/config/automation/config/demo_answer_ping"
    automation = await home.request("GET", path)
    incoming = [sim.incoming for sim in sims]
    automation["triggers"][0]["target"] = {"entity_id": incoming}
    await home.request("POST", path, automation)


async def make_dashboard(home: Home, sims: list[SimEntities]) -> str:
    """Make the dashboard and return its path."""
    path = "sim-cards"
    await home.websocket(
        "lovelace/dashboards/create",
        url_path=path,
        title="SIM cards",
        icon="mdi:sim",
        mode="storage",
        show_in_sidebar=True,
        require_admin=False,
    )
    config = {"views": [_view(sims)]}
    await home.websocket("lovelace/config/save", url_path=path, config=config)
    return f"/{path}/overview"


def _view(sims: list[SimEntities]) -> dict[str, Any]:
    """Return the one page of the dashboard."""
    balances = [
        {"type": "tile", "entity": sim.balance, "name": sim.device} for sim in sims
    ]
    history = {
        "type": "history-graph",
        "title": f"Balance of {sims[0].device}",
        "hours_to_show": 1,
        "entities": [{"entity": sims[0].balance, "name": sims[0].device}],
    }
    rows = "".join(
        f"{{% if state_attr('{sim.incoming}', 'sender') %}}"
        f"| {sim.device} | {{{{ state_attr('{sim.incoming}', 'sender') }}}} "
        f"| {{{{ state_attr('{sim.incoming}', 'text') }}}} |\n{{% endif %}}"
        for sim in sims
    )
    senders = {
        "type": "markdown",
        "title": "Last messages",
        "content": f"| SIM | From | Text |\n| :-- | :-- | :-- |\n{rows}\n"
        "The last message of each SIM.",
    }
    form = {
        "type": "entities",
        "title": "Write an SMS",
        "entities": [
            "input_text.sms_number",
            "input_text.sms_text",
            "script.send_an_sms",
        ],
    }
    return {
        "title": "SIM cards",
        "path": "overview",
        "type": "sections",
        "max_columns": 3,
        "sections": [
            {"type": "grid", "cards": [_heading("Balances", "mdi:cash"), *balances]},
            {"type": "grid", "cards": [_heading("History", "mdi:chart-line"), history]},
            {
                "type": "grid",
                "cards": [_heading("Messages", "mdi:message-text"), form, senders],
            },
        ],
    }


def _heading(text: str, icon: str) -> dict[str, str]:
    return {"type": "heading", "heading": text, "icon": icon}
