"""The options of a box: what its notify action is called, whom it trusts, what it keeps."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import BooleanSelector, TextSelector
from homeassistant.util import slugify
import voluptuous as vol

from . import notify_name
from .const import (
    CONF_KEEP_DAYS,
    CONF_NOTIFY_NAME,
    CONF_PRIVATE_SENDERS,
    CONF_SHOW_TEXTS,
    CONF_TRUSTED_SENDERS,
    DEFAULT_KEEP_DAYS,
)
from .flow_schemas import InvalidInput, whole_number
from .flow_sections import Sections, section_data, section_fields, section_input
from .flow_senders import SENDERS, senders_data

SECTION_TRUST: Final = "trust"
SECTION_PRIVACY: Final = "privacy"
SECTION_KEEPING: Final = "keeping"

LONGEST_KEPT = 3650
"""Days."""

DAYS = whole_number(LONGEST_KEPT, UnitOfTime.DAYS)
SECTIONS: Final[Sections] = {
    SECTION_TRUST: {vol.Optional(CONF_TRUSTED_SENDERS, default=[]): SENDERS},
    SECTION_PRIVACY: {
        vol.Optional(CONF_PRIVATE_SENDERS, default=[]): SENDERS,
        vol.Required(CONF_SHOW_TEXTS, default=False): BooleanSelector(),
    },
    SECTION_KEEPING: {vol.Required(CONF_KEEP_DAYS, default=DEFAULT_KEEP_DAYS): DAYS},
}


class GsmGatewayOptionsFlow(OptionsFlow):
    """Changes what holds for a whole box."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for all of it."""
        known = self.config_entry.options
        wrong = InvalidInput()
        if user_input is not None:
            try:
                options = self._options(user_input)
            except InvalidInput as err:
                wrong = err
            else:
                return self.async_create_entry(data={**known, **options})
        schema = vol.Schema(
            {
                vol.Required(CONF_NOTIFY_NAME): TextSelector(),
                **section_fields(SECTIONS, wrong.errors),
            }
        )
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or {**known, **section_input(SECTIONS, known)}
            ),
            errors=wrong.errors,
            description_placeholders=wrong.placeholders,
        )

    def _options(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options. Raises `InvalidInput`."""
        name = user_input[CONF_NOTIFY_NAME]
        if not name or name != slugify(name):
            raise InvalidInput(**{CONF_NOTIFY_NAME: "invalid_name"})
        own = self.config_entry.options[CONF_NOTIFY_NAME]
        if name != own and not notify_name.is_free(self.hass, name):
            raise InvalidInput(**{CONF_NOTIFY_NAME: "name_taken"})
        options = section_data(SECTIONS, user_input)
        for key, field in (
            (CONF_TRUSTED_SENDERS, SECTION_TRUST),
            (CONF_PRIVATE_SENDERS, SECTION_PRIVACY),
        ):
            options[key] = senders_data(options[key], field=field)
        return {CONF_NOTIFY_NAME: name, **options}
