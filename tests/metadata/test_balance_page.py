"""docs/balance.md speaks of settings, sensors, triggers and blueprints by their real names."""

from typing import Any
from urllib.parse import quote

import pytest

from custom_components.gsm_gateway import flow_wishes
from custom_components.gsm_gateway.sensor import BALANCES
from custom_components.gsm_gateway.trigger import TRIGGERS

from .files import ROOT, english, load_yaml

PAGE = (ROOT / "docs" / "balance.md").read_text(encoding="utf-8")
FORM: dict[str, Any] = english()["config_subentries"]["sim"]["step"]["change"]
SECTIONS = list(flow_wishes.WISHES)
RAW = "https://raw.githubusercontent.com/gsm-gateway/home-assistant-gsm-gateway/main/"
IMPORT = "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="
BLUEPRINTS = sorted((ROOT / "blueprints").rglob("*.yaml"))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_wish_about_a_balance_is_told(section: str) -> None:
    told = FORM["sections"][section]
    assert f"**{told['name']}**" in PAGE
    for label in told["data"].values():
        assert f"*{label}*" in PAGE


@pytest.mark.parametrize(
    "field", ["country", "balance_code", "guessed_code", "currency", "balance_interval"]
)
def test_every_setting_about_a_balance_is_told(field: str) -> None:
    assert f"*{FORM['data'][field]}*" in PAGE


@pytest.mark.parametrize("key", [sensor.translation_key for sensor in BALANCES])
def test_every_sensor_of_money_is_told(key: str) -> None:
    assert f"| **{english()['entity']['sensor'][key]['name']}** |" in PAGE


@pytest.mark.parametrize(
    "key", [key for key in TRIGGERS if key.startswith(("balance", "expiry"))]
)
def test_every_trigger_about_money_is_told_with_its_options(key: str) -> None:
    told = english()["triggers"][key]
    (row,) = [line for line in PAGE.splitlines() if f"| `gsm_gateway.{key}`" in line]
    assert f"(*{told['name']}*)" in row
    assert all(f"`{option}`" in row for option in told["fields"])


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_every_blueprint_has_a_link_that_imports_it(path: Any) -> None:
    raw = RAW + path.relative_to(ROOT).as_posix()
    assert f"]: {IMPORT}{quote(raw, safe='')}\n" in PAGE
    source = load_yaml(path)["blueprint"]["source_url"]
    assert source.endswith(path.relative_to(ROOT).as_posix())
