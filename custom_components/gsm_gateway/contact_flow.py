"""Adding somebody to write to, and changing how."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .const import (
    CONF_EXPIRE_AFTER,
    CONF_FALLBACK,
    CONF_NUMBER,
    CONF_PRIORITY,
    CONF_SIMS,
    DOMAIN,
    SUBENTRY_SIM,
)
from .devices import async_device
from .flow_schemas import InvalidInput, whole_number
from .messaging.messages import BadNumber, Fallback, Priority
from .messaging.numbers import dialable

LONGEST_WAIT = 7 * 24 * 60
"""Minutes."""

NAME = TextSelector()
NUMBER = TextSelector(TextSelectorConfig(type=TextSelectorType.TEL, autocomplete="off"))
FALLBACK = SelectSelector(
    SelectSelectorConfig(
        options=list(Fallback),
        mode=SelectSelectorMode.LIST,
        translation_key=CONF_FALLBACK,
    )
)
PRIORITY = SelectSelector(
    SelectSelectorConfig(
        options=[priority.name.lower() for priority in reversed(Priority)],
        mode=SelectSelectorMode.LIST,
        translation_key=CONF_PRIORITY,
    )
)
EXPIRE_AFTER = whole_number(LONGEST_WAIT, UnitOfTime.MINUTES)


@callback
def _sim_options(hass: HomeAssistant) -> list[SelectOptionDict]:
    """Return the SIMs of all boxes as choices, by the names of their devices."""
    options = []
    for entry in hass.config_entries.async_entries(DOMAIN):
        for sim in entry.get_subentries_of_type(SUBENTRY_SIM):
            device = async_device(hass, entry, sim.subentry_id)
            name = device and (device.name_by_user or device.name)
            options.append(
                SelectOptionDict(
                    value=sim.subentry_id, label=name or f"{entry.title} {sim.title}"
                )
            )
    return options


def _schema(sims: list[SelectOptionDict]) -> vol.Schema:
    """Return the fields of a contact."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): NAME,
            vol.Required(CONF_NUMBER): NUMBER,
            vol.Optional(CONF_SIMS, default=[]): SelectSelector(
                SelectSelectorConfig(
                    options=sims, multiple=True, mode=SelectSelectorMode.DROPDOWN
                )
            ),
            vol.Required(CONF_FALLBACK, default=Fallback.ANY.value): FALLBACK,
            vol.Required(CONF_PRIORITY, default=Priority.NORMAL.name.lower()): PRIORITY,
            vol.Optional(CONF_EXPIRE_AFTER): EXPIRE_AFTER,
        }
    )


class ContactSubentryFlow(ConfigSubentryFlow):
    """Adds somebody to write to and changes how."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a new contact."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                return self.async_create_entry(**self._contact(user_input))
            except InvalidInput as err:
                errors = err.errors
        return self._show_form("user", user_input, errors)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what changed about a contact."""
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                contact = self._contact(user_input, subentry.subentry_id)
            except InvalidInput as err:
                errors = err.errors
            else:
                return self.async_update_and_abort(
                    self._get_entry(), subentry, **contact
                )
        known = {CONF_NAME: subentry.title, **subentry.data}
        return self._show_form("reconfigure", user_input or known, errors)

    def _contact(
        self, user_input: Mapping[str, Any], subentry_id: str | None = None
    ) -> dict[str, Any]:
        """Return title, identity and data of a contact. Raises `InvalidInput`."""
        data = dict(user_input)
        title = data.pop(CONF_NAME).strip()
        if not title:
            raise InvalidInput(**{CONF_NAME: "name_missing"})
        try:
            data[CONF_NUMBER] = dialable(data[CONF_NUMBER])
        except BadNumber:
            raise InvalidInput(**{CONF_NUMBER: "invalid_number"}) from None
        unique_id = f"contact_{data[CONF_NUMBER]}"
        for other in self._get_entry().subentries.values():
            if other.unique_id == unique_id and other.subentry_id != subentry_id:
                raise InvalidInput(**{CONF_NUMBER: "number_taken"})
        return {"title": title, "unique_id": unique_id, "data": data}

    def _show_form(
        self, step_id: str, filled: Mapping[str, Any] | None, errors: dict[str, str]
    ) -> SubentryFlowResult:
        """Show the contact's fields; a SIM that was removed meanwhile is not among them."""
        options = _sim_options(self.hass)
        there = {option["value"] for option in options}
        filled = dict(filled or {})
        filled[CONF_SIMS] = [sim for sim in filled.get(CONF_SIMS, []) if sim in there]
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(_schema(options), filled),
            errors=errors,
        )
