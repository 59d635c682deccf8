"""Every text that the code names exists, and every text is named by the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

from homeassistant.const import Platform

from .files import english, load_yaml, nodes, selects, sources, unnamed
from .texts import flows, forms, placeholders

# Reasons that Home Assistant's own helpers give by themselves.
REASONS_OF_CORE = {
    "already_configured",
    "already_in_progress",
    "reauth_successful",
    "reconfigure_successful",
    "unique_id_mismatch",
}
TOLD_BY_CORE = {"reauth_successful", "reconfigure_successful"}


def _text(node: ast.AST | None) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _calls() -> Iterator[tuple[Path, ast.Call, dict[str, ast.expr]]]:
    for path, call in nodes(ast.Call):
        yield path, call, {word.arg: word.value for word in call.keywords if word.arg}


def _dict_keys(node: ast.expr | None) -> set[str] | None:
    """Return the keys of a dict display, None where it is not one."""
    if node is None:
        return set()
    if not isinstance(node, ast.Dict):
        return None
    keys = {_text(key) for key in node.keys}
    return {key for key in keys if key} if None not in keys else None


def _exceptions_raised() -> Iterator[tuple[str, set[str] | None]]:
    """Yield the key and the placeholders of every translated exception."""
    for _, _, words in _calls():
        if "translation_domain" in words and (
            key := _text(words.get("translation_key"))
        ):
            yield key, _dict_keys(words.get("translation_placeholders"))


def _exceptions_in_tables() -> Iterator[str]:
    """Yield the keys that errors.py has for kinds of errors."""
    for node in ast.walk(sources()[Path("errors.py")]):
        if isinstance(node, ast.Dict) and all(
            isinstance(key, ast.Name) for key in node.keys
        ):
            yield from (value for item in node.values if (value := _text(item)))


def _steps_shown() -> set[str]:
    return {
        step
        for _, call, words in _calls()
        if _name(call).startswith("async_show_")
        and (step := _text(words.get("step_id")))
    }


def _step_methods() -> set[str]:
    return {
        node.name.removeprefix("async_step_")
        for _, node in nodes(ast.AsyncFunctionDef)
        if node.name.startswith("async_step_")
    }


def test_every_exception_has_a_text() -> None:
    texts = english()["exceptions"]
    raised = {key for key, _ in _exceptions_raised()}
    assert raised | set(_exceptions_in_tables()) <= texts.keys()


def test_exceptions_fill_their_placeholders() -> None:
    texts = english()["exceptions"]
    for key, given in _exceptions_raised():
        if given is not None:
            assert given == placeholders(texts[key]["message"]), key


def test_no_text_of_an_exception_is_dead() -> None:
    assert not unnamed(english()["exceptions"])


def test_every_issue_has_a_text_and_none_is_dead() -> None:
    texts = english().get("issues", {}).keys()
    raised = {
        key
        for _, call, words in _calls()
        if _name(call) == "async_create_issue"
        and (key := _text(words.get("translation_key")))
    }
    assert raised <= texts
    assert not unnamed(texts)


def test_every_entity_has_a_text_and_none_is_dead() -> None:
    texts = english()["entity"]
    assert texts.keys() <= set(Platform)
    for path, call, words in _calls():
        if _name(call).endswith("EntityDescription") and (
            key := _text(words.get("translation_key"))
        ):
            assert key in texts.get(path.stem, {}), f"{path}: {key}"
    for path, node in nodes(ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == "_attr_translation_key":
                key = _text(node.value)
                assert key in texts.get(path.stem, {}), f"{path}: {key}"
    for platform, entities in texts.items():
        assert not unnamed(entities), platform


def test_every_step_that_is_shown_has_a_text() -> None:
    told = {step for _, flow in flows(english()) for step in flow["step"]}
    assert _steps_shown() <= told


def test_no_text_of_a_step_is_dead() -> None:
    for name, flow in flows(english()):
        assert flow["step"].keys() <= _step_methods() | {"init"}, name


def test_no_text_of_a_progress_is_dead() -> None:
    for name, flow in flows(english()):
        assert not unnamed(flow.get("progress", {})), name


def test_every_field_of_a_form_is_named_by_the_code() -> None:
    for name, form in forms(english()):
        assert not unnamed(form.get("data", {})), name
        assert not unnamed(form.get("sections", {})), name


def test_every_reason_to_abort_has_a_text_and_none_is_dead() -> None:
    told = {reason for _, flow in flows(english()) for reason in flow.get("abort", {})}
    given = {
        reason
        for _, call, words in _calls()
        if _name(call) in ("async_abort", "_abort_if_unique_id_mismatch")
        and (reason := _text(words.get("reason")))
    }
    assert given - TOLD_BY_CORE <= told
    assert not unnamed(told - REASONS_OF_CORE)


def test_every_error_of_a_form_has_a_text_and_none_is_dead() -> None:
    told = {error for _, flow in flows(english()) for error in flow.get("error", {})}
    given = set()
    for _, _, words in _calls():
        if isinstance(errors := words.get("errors"), ast.Dict):
            given |= {error for value in errors.values if (error := _text(value))}
    for _, node in nodes(ast.Assign):
        for target in node.targets:
            if (
                isinstance(target, ast.Subscript)
                and isinstance(target.value, ast.Name)
                and target.value.id == "errors"
                and (error := _text(node.value))
            ):
                given.add(error)
    assert given <= told
    assert not unnamed(told)


def test_every_choice_in_a_form_has_a_text_and_none_is_dead() -> None:
    texts = english().get("selector", {})
    for path, call, words in _calls():
        if _name(call) == "SelectSelectorConfig" and (
            key := _text(words.get("translation_key"))
        ):
            assert key in texts, path
    in_yaml = {
        select["translation_key"]
        for kind in ("services", "triggers", "conditions")
        for select in selects(load_yaml(f"{kind}.yaml"))
        if "translation_key" in select
    }
    assert not unnamed(texts.keys() - in_yaml)
    for key in texts.keys() - in_yaml:
        assert not unnamed(texts[key]["options"]), key
