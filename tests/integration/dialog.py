"""A flow as its page sees it: every form is rendered, and every text it needs must exist."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
import json
from pathlib import Path
from string import Formatter
from typing import Any, Self

from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.config_entries import ConfigEntry, SubentryFlowContext
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import (
    EVENT_DATA_ENTRY_FLOW_PROGRESSED,
    FlowManager,
    FlowResultType,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.data_entry_flow import FlowManagerResourceView
from homeassistant.setup import async_setup_component

from custom_components.gsm_gateway import config_flow
from custom_components.gsm_gateway.const import DOMAIN

LIMIT_SECONDS = 20.0

TEXTS: dict[str, Any] = json.loads(
    Path(config_flow.__file__).with_name("translations").joinpath("en.json").read_text()
)


class Dialog:
    """One flow in progress; `form` is what its page shows."""

    def __init__(
        self, manager: FlowManager[Any, Any, Any], texts: Mapping[str, Any]
    ) -> None:
        """Prepare for a flow whose texts are `texts`."""
        self._manager = manager
        self._texts = texts
        self.result: Any = {}
        self.fields: list[dict[str, Any]] = []
        self.pages = 0
        self._news = asyncio.Event()
        manager.hass.bus.async_listen(
            EVENT_DATA_ENTRY_FLOW_PROGRESSED, self._progressed
        )

    @callback
    def _progressed(self, event: Event) -> None:
        """Take note that the page has to be fetched again."""
        if event.data["flow_id"] == self.result.get("flow_id"):
            self._news.set()

    async def until(self, is_shown: Callable[[Any], bool]) -> None:
        """Fetch the page whenever there is news of it, until it shows what is wanted."""
        async with asyncio.timeout(LIMIT_SECONDS):
            while not is_shown(self.result):
                await self._news.wait()
                self._news.clear()
                await self._show(
                    await self._manager.async_configure(self.result["flow_id"])
                )

    @classmethod
    async def add(cls, hass: HomeAssistant, brand: str) -> Self:
        """Begin to add a box of a brand."""
        dialog = cls(hass.config_entries.flow, TEXTS["config"])
        await dialog._show(
            await hass.config_entries.flow.async_init(
                DOMAIN, context={"source": "user"}
            )
        )
        await dialog.choose(brand)
        return dialog

    @classmethod
    async def opened(cls, hass: HomeAssistant, flow_id: str) -> Self:
        """Open the page of a flow that has begun, as of a box that was discovered."""
        dialog = cls(hass.config_entries.flow, TEXTS["config"])
        await dialog._show(await hass.config_entries.flow.async_configure(flow_id))
        return dialog

    @classmethod
    async def about(cls, hass: HomeAssistant, entry: ConfigEntry, source: str) -> Self:
        """Begin to reconfigure a box, or to log in again."""
        dialog = cls(hass.config_entries.flow, TEXTS["config"])
        await dialog._show(
            await hass.config_entries.flow.async_init(
                DOMAIN,
                context={"source": source, "entry_id": entry.entry_id},
                data=dict(entry.data),
            )
        )
        return dialog

    @classmethod
    async def options(cls, hass: HomeAssistant, entry: ConfigEntry) -> Self:
        """Open the options of a box."""
        dialog = cls(hass.config_entries.options, TEXTS["options"])
        await dialog._show(await hass.config_entries.options.async_init(entry.entry_id))
        return dialog

    @classmethod
    async def subentry(
        cls,
        hass: HomeAssistant,
        entry: ConfigEntry,
        subentry_type: str,
        subentry_id: str | None = None,
    ) -> Self:
        """Begin to add a subentry, or to change one."""
        texts = TEXTS["config_subentries"][subentry_type]
        dialog = cls(hass.config_entries.subentries, texts)
        context = SubentryFlowContext(source="user")
        if subentry_id:
            context = SubentryFlowContext(source="reconfigure", subentry_id=subentry_id)
        await dialog._show(
            await hass.config_entries.subentries.async_init(
                (entry.entry_id, subentry_type), context=context
            )
        )
        return dialog

    @classmethod
    async def repair(cls, hass: HomeAssistant, issue_id: str) -> Self:
        """Open the dialog of a repair."""
        assert await async_setup_component(hass, "repairs", {})
        flows = repairs_flow_manager(hass)
        assert flows is not None
        issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
        assert issue is not None, issue_id
        assert issue.translation_key is not None
        dialog = cls(flows, TEXTS["issues"][issue.translation_key]["fix_flow"])
        await dialog._show(
            await flows.async_init(DOMAIN, context={"issue_id": issue_id})
        )
        return dialog

    async def choose(self, option: str) -> None:
        """Choose from the menu that is shown."""
        await self.fill(next_step_id=option)

    async def fill(self, **filled: Any) -> None:
        """Submit the form that is shown."""
        await self._show(
            await self._manager.async_configure(self.result["flow_id"], filled)
        )

    async def _show(self, result: Any) -> None:
        """Render what came and look for its texts."""
        self.result = result
        self.pages += result["type"] in {FlowResultType.FORM, FlowResultType.MENU}
        match result["type"]:
            case FlowResultType.FORM:
                self._render_form()
            case FlowResultType.MENU:
                texts = self._texts["step"][result["step_id"]]
                self._require(texts["menu_options"], result["menu_options"])
                self._fit(texts)
            case FlowResultType.ABORT if "translation_domain" not in result:
                self._require(self._texts["abort"], [result["reason"]])
                self._fit({"abort": self._texts["abort"][result["reason"]]})
            case FlowResultType.SHOW_PROGRESS:
                action = result["progress_action"]
                self._require(self._texts["progress"], [action])
                self._fit({"progress": self._texts["progress"][action]})
        await self._manager.hass.async_block_till_done()

    def _render_form(self) -> None:
        """Turn the form into what the browser gets."""
        page = FlowManagerResourceView(self._manager)._prepare_result_json(self.result)
        self.fields = json.loads(json.dumps(page["data_schema"]))
        texts = self._texts["step"][self.result["step_id"]]
        self._require_fields(texts, self.fields)
        errors = (self.result["errors"] or {}).values()
        self._require(self._texts.get("error", {}), errors)
        shown = {error: self._texts["error"][error] for error in errors}
        self._fit({key: texts[key] for key in texts.keys() - {"sections"}} | shown)

    def _require_fields(
        self, texts: Mapping[str, Any], fields: Iterable[Mapping[str, Any]]
    ) -> None:
        """Require name and explanation of each field, also in sections."""
        for field in fields:
            name = field["name"]
            if field.get("type") == "expandable":
                section = texts["sections"][name]
                self._fit(section)
                self._require_fields(section, field["schema"])
                continue
            self._require(texts["data"], [name])
            self._require(texts["data_description"], [name])
            choice = field.get("selector", {}).get("select", {})
            if key := choice.get("translation_key"):
                options = [*_unnamed(choice["options"])]
                self._require(TEXTS["selector"][key]["options"], options)

    def _require(self, texts: Mapping[str, str], keys: Iterable[str]) -> None:
        """Require a text for each key."""
        missing = [key for key in keys if not texts.get(key)]
        assert not missing, f"no text for {missing}"

    def _fit(self, texts: object) -> None:
        """Require that what stands in braces is given."""
        given = self.result["description_placeholders"] or {}
        for text in _strings(texts):
            used = {name for _, name, _, _ in Formatter().parse(text) if name}
            assert used <= given.keys(), f"nothing for {used - given.keys()} in {text}"

    def suggested(self, *path: str) -> Any:
        """Return what a field of the form is filled with."""
        fields: list[dict[str, Any]] = self.fields
        for name in path[:-1]:
            fields = next(f for f in fields if f["name"] == name)["schema"]
        field = next(f for f in fields if f["name"] == path[-1])
        return field.get("description", {}).get("suggested_value", field.get("default"))

    @property
    def told(self) -> dict[str, str]:
        """What the page's texts have in their braces."""
        return dict(self.result["description_placeholders"] or {})

    def choices(self, name: str) -> dict[str, str]:
        """Return the choices of a field, by what each is called."""
        field = next(field for field in self.fields if field["name"] == name)
        options = field["selector"]["select"]["options"]
        return {option["label"]: option["value"] for option in options}

    def folded(self) -> dict[str, bool]:
        """Return the form's sections, and whether each is folded."""
        return {
            field["name"]: not field["expanded"]
            for field in self.fields
            if field.get("type") == "expandable"
        }


def _unnamed(options: Iterable[str | dict[str, str]]) -> Iterable[str]:
    """Yield the options of a choice that are shown by their translation alone."""
    for option in options:
        if isinstance(option, str):
            yield option
        elif option["label"] == option["value"]:
            yield option["value"]


def _strings(texts: object) -> Iterable[str]:
    """Yield all texts in nested mappings."""
    if isinstance(texts, str):
        yield texts
    if isinstance(texts, dict):
        for inner in texts.values():
            yield from _strings(inner)
