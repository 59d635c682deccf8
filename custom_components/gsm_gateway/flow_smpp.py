"""The step about SMPP."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult

from .const import CONF_SMPP
from .flow_box import BoxFlow
from .flow_probe import async_probe
from .flow_schemas import InvalidInput
from .flow_smpp_form import SMPP_SCHEMA, smpp_data, smpp_input, without_known_binds


class SmppStep(BoxFlow):
    """Asks for the login and tries it."""

    async def async_step_smpp(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for ID and password."""
        known: dict[str, Any] = {}
        if self.source == SOURCE_RECONFIGURE:
            known = dict(self._get_reconfigure_entry().data)
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                smpp = smpp_data(user_input, known.get(CONF_SMPP, {}))
                data = {**self._data, CONF_SMPP: smpp}
                await async_probe(self.hass, without_known_binds(data, known))
            except InvalidInput as err:
                errors = err.errors
            else:
                self._data = data
                return await self._async_finish()
        return self.async_show_form(
            step_id="smpp",
            data_schema=self.add_suggested_values_to_schema(
                SMPP_SCHEMA, user_input or smpp_input(known)
            ),
            errors=errors,
        )
