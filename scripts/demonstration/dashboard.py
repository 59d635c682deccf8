"""The dashboard of the demonstration."""

from collections.abc import Mapping
from typing import Any

from .furnish import SimEntities
from .home import Home
from .inventory import BY_SMS, LAPSING, LOW, LOW_BELOW, THRIFTY
from .past import DAYS

PATH = "sim-cards"


async def make_dashboard(home: Home, sims: list[SimEntities], hint: str) -> str:
    """Make the dashboard and return its path; `hint` is about the box to be added."""
    await home.websocket(
        "lovelace/dashboards/create",
        url_path=PATH,
        title="SIM cards",
        icon="mdi:sim",
        mode="storage",
        show_in_sidebar=True,
        require_admin=False,
    )
    config = {"views": [_view(sims, hint)]}
    await home.websocket("lovelace/config/save", url_path=PATH, config=config)
    return f"/{PATH}/overview"


def _view(sims: list[SimEntities], hint: str) -> dict[str, Any]:
    """Return the one page of the dashboard; what tells of calls comes first."""
    sims = sorted(sims, key=lambda sim: not sim.call)
    balances = [
        {"type": "tile", "entity": sim.balance, "name": sim.device} for sim in sims
    ]
    form = {
        "type": "entities",
        "title": "Write an SMS",
        "entities": [
            "input_text.sms_number",
            "input_text.sms_text",
            "script.send_an_sms",
        ],
    }
    hints = [{"type": "markdown", "content": hint}] if hint else []
    own = {sim.line: sim for sim in sims if sim.call}
    return {
        "title": "SIM cards",
        "path": "overview",
        "type": "sections",
        "max_columns": 3,
        "sections": [
            _section(
                _heading("Balances", "mdi:cash"), *balances, _what_is_new(own), *hints
            ),
            _section(
                _heading("Looking ahead", "mdi:calendar-clock"),
                *_ahead(own[THRIFTY]),
                _heading("Lines", "mdi:signal"),
                _lines(sims),
            ),
            _section(
                _heading("Messages", "mdi:message-text"),
                form,
                _messages(sims),
                _heading("Calls", "mdi:phone"),
                *_calls(sims),
            ),
        ],
    }


def _heading(text: str, icon: str) -> dict[str, Any]:
    """Return what stands above cards."""
    return {"type": "heading", "heading": text, "icon": icon}


def _section(*cards: dict[str, Any]) -> dict[str, Any]:
    """Return a column."""
    return {"type": "grid", "cards": list(cards)}


def _ahead(sim: SimEntities) -> list[dict[str, Any]]:
    """Return what a past lets foresee, and the past."""
    tiles = [
        {"type": "tile", "entity": entity_id, "name": name}
        for entity_id, name in (
            (sim.cost_per_day, "Cost per day"),
            (sim.days_left, "Days left"),
            (sim.sms_left, "SMS left"),
            (sim.last_top_up, "Last top-up"),
        )
    ]
    graph = {
        "type": "statistics-graph",
        "title": f"Balance of {sim.device}",
        "entities": [{"entity": sim.balance, "name": sim.device}],
        "days_to_show": DAYS,
        "period": "day",
        "stat_types": ["state"],
        "chart_type": "line",
        "hide_legend": True,
    }
    note = {
        "type": "markdown",
        "content": f"All about {sim.device}. What it spent in the {DAYS} days before the "
        "demo began is made up, so that there is something to look ahead from. Made up "
        "is also what GoIP-1 SIM 1 was answered yesterday; all others begin today.",
    }
    return [*tiles, graph, note]


def _what_is_new(own: Mapping[int, SimEntities]) -> dict[str, Any]:
    """Return what there is to click, and what has happened to SIMs."""
    lapsing, by_sms, low = own[LAPSING], own[BY_SMS], own[LOW]
    return {
        "type": "markdown",
        "content": "Under [Repairs](/config/repairs) you find:\n\n"
        "* an answer that is not understood: pick the number that is the balance\n"
        f"* {lapsing.device}, which is valid until {_shown(lapsing.valid_until)}\n\n"
        f"The balance of {by_sms.device} comes as an SMS. {low.device} is low below "
        f"{LOW_BELOW} UAH: look at the notifications.",
    }


def _lines(sims: list[SimEntities]) -> dict[str, Any]:
    """Return what the boxes tell of their lines."""
    rows = "".join(
        f"| {_name(sim)} | {_shown(sim.operator)} | {_shown(sim.signal)} "
        f"| {_shown(sim.line_state)} |\n"
        for sim in sims
    )
    content = f"| SIM | Operator | dBm | Line |\n| :-- | :-- | --: | :-- |\n{rows}"
    return {"type": "markdown", "content": content}


def _name(sim: SimEntities) -> str:
    """Return the name of a SIM, for a narrow table."""
    return sim.device.replace(" ", "&nbsp;")


def _shown(entity_id: str) -> str:
    """Return a template that shows a state as the web page does."""
    return f"{{{{ state_translated('{entity_id}') }}}}" if entity_id else "–"


def _calls(sims: list[SimEntities]) -> list[dict[str, Any]]:
    """Return the gate and who called last."""
    rows = "".join(
        f"{{% set caller = state_attr('{sim.call}', 'caller') %}}{{% if caller %}}"
        f"| {_name(sim)} | {{{{ state_attr('{sim.call}', 'contact') or caller }}}} "
        f"| {{{{ 'rejected' if state_attr('{sim.call}', 'rejected') else 'rang' }}}} |\n"
        "{% endif %}"
        for sim in sims
        if sim.call
    )
    table = {
        "type": "markdown",
        "title": "Last calls",
        "content": f"| SIM | From | Call |\n| :-- | :-- | :-- |\n{rows}\n"
        "When Anna rings, the gate opens.",
    }
    return [{"type": "tile", "entity": "input_boolean.gate"}, table]


def _messages(sims: list[SimEntities]) -> dict[str, Any]:
    """Return the last message of each SIM."""
    rows = "".join(
        f"{{% if state_attr('{sim.incoming}', 'sender') %}}"
        f"| {sim.device} | {{{{ state_attr('{sim.incoming}', 'sender') }}}} "
        f"| {{{{ state_attr('{sim.incoming}', 'text') }}}} |\n{{% endif %}}"
        for sim in sims
    )
    return {
        "type": "markdown",
        "title": "Last messages",
        "content": f"| SIM | From | Text |\n| :-- | :-- | :-- |\n{rows}\n"
        "The last message of each SIM.",
    }
