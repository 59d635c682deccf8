"""A look over the shoulder of each flow that a test runs: everything shown is told."""

from collections.abc import Iterator
from typing import Any

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigSubentryFlow, OptionsFlow
from homeassistant.data_entry_flow import (
    FlowHandler,
    FlowManager,
    FlowResultType,
    section,
)
from homeassistant.helpers import issue_registry as ir
import pytest

from tests.metadata.files import Json, english
from tests.metadata.texts import placeholders

# Home Assistant has its own words for these.
TOLD_BY_CORE = {"reauth_successful", "reconfigure_successful"}
SHOWN = (FlowResultType.FORM, FlowResultType.MENU, FlowResultType.SHOW_PROGRESS)

type Flow = FlowHandler[Any, Any, Any]
type Result = dict[str, Any]


def _texts_of(flow: Flow) -> Json:
    """Return the texts of a flow: the entry's, its options', a subentry's or a repair's."""
    texts: Json = english()
    if isinstance(flow, RepairsFlow):
        issue = ir.async_get(flow.hass).async_get_issue(flow.handler, flow.issue_id)
        keys: list[str] = [*texts["issues"]]
        if issue is not None and issue.translation_key is not None:
            keys = [issue.translation_key]
        key = next((key for key in keys if flow.issue_id.startswith(key)), keys[0])
        # What has just been mended ends without a text, or by one of its own.
        texts = texts["issues"][key].get("fix_flow", {})
    elif isinstance(flow, ConfigSubentryFlow):
        texts = texts["config_subentries"][flow.handler[1]]
    else:
        texts = texts["options" if isinstance(flow, OptionsFlow) else "config"]
    return texts


def _form(schema: Any, texts: Json) -> Iterator[tuple[str, str | None]]:
    """Yield each text of a form's fields and sections; None where there is none."""
    for key, value in schema.schema.items() if schema else ():
        if isinstance(value, section):
            inner = texts.get("sections", {}).get(key, {})
            yield f"section {key}", inner.get("name")
            yield from _form(value.schema, inner)
        else:
            for kind in ("data", "data_description"):
                yield f"{kind} {key}", texts.get(kind, {}).get(key)


def _shown(texts: Json, result: Result) -> Iterator[tuple[str, str | None]]:
    """Yield each text that a flow's result shows; None where there is none."""
    kind = result["type"]
    if kind is FlowResultType.ABORT and result["reason"] not in TOLD_BY_CORE:
        yield f"abort {result['reason']}", texts.get("abort", {}).get(result["reason"])
    if kind not in SHOWN:
        return
    step = texts["step"].get(result["step_id"], {})
    yield f"step {result['step_id']}", step.get("title")
    if kind is FlowResultType.SHOW_PROGRESS:
        action = result["progress_action"]
        yield f"progress {action}", texts.get("progress", {}).get(action)
    yield "description", step.get("description", "")
    for error in (result.get("errors") or {}).values():
        yield f"error {error}", texts.get("error", {}).get(error)
    for option in result.get("menu_options", ()):
        yield f"choice {option}", step.get("menu_options", {}).get(option)
    if kind is FlowResultType.FORM:
        yield from _form(result.get("data_schema"), step)


def untold(texts: Json, result: Result) -> list[str]:
    """Return what a flow's result shows and the translations do not tell in full."""
    given = (result.get("description_placeholders") or {}).keys()
    return [
        where
        for where, text in _shown(texts, result)
        if text is None or placeholders(text) - given
    ]


@pytest.fixture
def checked_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test whose flow shows anything that has no text."""
    handle_step = FlowManager._async_handle_step

    async def checked(
        self: FlowManager[Any, Any, Any], flow: Flow, *args: Any, **kwargs: Any
    ) -> Result:
        result: Result = await handle_step(self, flow, *args, **kwargs)
        if type(flow).__module__.startswith("custom_components.gsm_gateway"):
            missing = untold(_texts_of(flow), result)
            assert not missing, f"{type(flow).__name__}: {missing}"
        return result

    monkeypatch.setattr(FlowManager, "_async_handle_step", checked)
