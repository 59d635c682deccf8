"""quality_scale.yaml: every rule is there, and claims that a file can show are held."""

import ast
from collections.abc import Callable

import pytest

from .files import INTEGRATION, ROOT, english, icons, load_yaml, nodes
from .quality_rules import RULES

PLATFORMS = {"binary_sensor", "button", "event", "notify", "sensor", "switch"}


def _defined(name: str) -> bool:
    functions = {node.name for _, node in nodes(ast.FunctionDef)}
    return name in functions | {node.name for _, node in nodes(ast.AsyncFunctionDef)}


def _every_platform_limits_updates() -> bool:
    limited = {
        path.stem
        for path, node in nodes(ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id == "PARALLEL_UPDATES"
    }
    modules = {path.stem for path in INTEGRATION.glob("*.py")}
    return modules & PLATFORMS <= limited


def _exists(name: str) -> bool:
    return (INTEGRATION / name).exists()


def _readme_has(*words: str) -> bool:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    return all(word in readme for word in words)


# What must be so before a rule may be called done.
EVIDENCE: dict[str, Callable[[], bool]] = {
    "action-setup": lambda: _defined("async_setup"),
    "brands": lambda: _exists("brand/icon.png"),
    "common-modules": lambda: _exists("entity.py"),
    "config-entry-unloading": lambda: _defined("async_unload_entry"),
    "config-flow": lambda: _defined("async_step_user"),
    "diagnostics": lambda: _exists("diagnostics.py"),
    "docs-actions": lambda: _readme_has("send_sms", "send_ussd", "refresh_balance"),
    "docs-conditions": lambda: _readme_has("gsm_gateway.sim_registered"),
    "docs-data-update": lambda: _readme_has("## how fresh the data is"),
    "docs-installation-instructions": lambda: _readme_has("hacs", "install"),
    "docs-known-limitations": lambda: _readme_has("## known limits"),
    "docs-removal-instructions": lambda: _readme_has("## removal"),
    "docs-supported-devices": lambda: _readme_has("## supported boxes"),
    "docs-triggers": lambda: _readme_has("gsm_gateway.sms_received"),
    "entity-translations": lambda: bool(english()["entity"]),
    "exception-translations": lambda: bool(english()["exceptions"]),
    "icon-translations": lambda: bool(icons()["entity"]),
    "inject-websession": lambda: any(
        node.func.id == "async_get_clientsession"
        for _, node in nodes(ast.Call)
        if isinstance(node.func, ast.Name)
    ),
    "parallel-updates": _every_platform_limits_updates,
    "reauthentication-flow": lambda: _defined("async_step_reauth"),
    "reconfiguration-flow": lambda: _defined("async_step_reconfigure"),
    "repair-issues": lambda: bool(english().get("issues")),
    "runtime-data": lambda: any(
        node.attr == "runtime_data" for _, node in nodes(ast.Attribute)
    ),
    "unique-config-entry": lambda: any(
        isinstance(node.func, ast.Attribute) and node.func.attr == "async_set_unique_id"
        for _, node in nodes(ast.Call)
    ),
}


def _claims() -> dict[str, object]:
    claims: dict[str, object] = load_yaml("quality_scale.yaml")["rules"]
    return claims


def test_all_rules_are_there_once() -> None:
    assert len(RULES) == 54
    assert sorted(_claims()) == sorted(RULES)


def test_states_are_known_and_exemptions_have_a_reason() -> None:
    for rule, claim in _claims().items():
        if isinstance(claim, dict):
            assert claim.keys() == {"status", "comment"}, rule
            assert claim["status"] in {"done", "exempt", "todo"}, rule
            assert claim["comment"], rule
        else:
            assert claim in {"done", "todo"}, rule


@pytest.mark.parametrize("rule", EVIDENCE)
def test_claim_is_held(rule: str) -> None:
    claim = _claims()[rule]
    if claim == "done":
        assert EVIDENCE[rule]()
