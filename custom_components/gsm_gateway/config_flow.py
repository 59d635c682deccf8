"""Adding a box, and changing what is known of it."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback

from .const import (
    BRAND_GOIP,
    BRAND_YEASTAR,
    CONF_BRAND,
    DOMAIN,
    SUBENTRY_CONTACT,
    SUBENTRY_SIM,
)
from .contact_flow import ContactSubentryFlow
from .flow_discovery import DiscoverySteps
from .flow_login import login_data, login_input, login_schema
from .flow_schemas import (
    CONF_TRANSPORT,
    TRANSPORT_SMPP,
    TRANSPORT_UDP,
    InvalidInput,
    box_data,
    box_input,
    box_schema,
)
from .flow_smpp import SmppStep
from .flow_udp import UdpSteps
from .options_flow import GsmGatewayOptionsFlow
from .sim_flow import SimSubentryFlow
from .sims import has_sim


class GsmGatewayConfigFlow(UdpSteps, SmppStep, DiscoverySteps, domain=DOMAIN):
    """Adds a box; checks and changes the login and the address of one that is there."""

    VERSION = 1
    MINOR_VERSION = 1

    _input: dict[str, Any]
    """What was last filled in about the box."""

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flows for SIMs and contacts."""
        return {SUBENTRY_SIM: SimSubentryFlow, SUBENTRY_CONTACT: ContactSubentryFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow for the box's options."""
        return GsmGatewayOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the brand."""
        return self.async_show_menu(
            step_id="user", menu_options=[BRAND_GOIP, BRAND_YEASTAR]
        )

    async def async_step_goip(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where a GoIP is and how to log in."""
        return await self._async_ask_for_box(BRAND_GOIP, user_input)

    async def async_step_yeastar(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where a Yeastar TG is and how to log in."""
        return await self._async_ask_for_box(BRAND_YEASTAR, user_input)

    async def _async_ask_for_box(
        self, brand: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Ask where a box is, go there, and look whether it is new."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._input = user_input
            try:
                await self._async_meet_box(box_data(brand, user_input))
            except InvalidInput as err:
                errors = err.errors
            else:
                if self._sims:
                    return await self._async_go_on()
                return await self.async_step_no_sim()
        schema = box_schema(brand, open_sections=errors)
        return self.async_show_form(
            step_id=brand,
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
        )

    async def _async_go_on(self) -> ConfigFlowResult:
        """Ask for what the chosen transport needs, if it needs anything."""
        transport = self._input.get(CONF_TRANSPORT)
        if transport == TRANSPORT_UDP:
            return await self.async_step_udp()
        if transport == TRANSPORT_SMPP:
            return await self.async_step_smpp()
        return await self._async_finish()

    async def async_step_no_sim(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that the box is there but has no SIM."""
        return self.async_show_menu(
            step_id="no_sim",
            menu_options=["look_again", "without_sim"],
            description_placeholders={"box": self._title()},
        )

    async def async_step_look_again(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask the box once more, now that a SIM was put in."""
        return await self._async_ask_for_box(self._data[CONF_BRAND], self._input)

    async def async_step_without_sim(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add the box as it is."""
        return await self._async_go_on()

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Begin with a login that the box refuses."""
        return await self._async_ask_for_login(None)

    async def async_step_reauth_goip(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the login of a GoIP."""
        return await self._async_ask_for_login(user_input)

    async def async_step_reauth_yeastar(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the API account of a Yeastar TG."""
        return await self._async_ask_for_login(user_input)

    async def _async_ask_for_login(
        self, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Ask for another login and try it."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                data = login_data(user_input, entry.data)
                status = await self._async_probe_known_box(entry, data)
            except InvalidInput as err:
                errors = err.errors
            else:
                return self._update_entry(entry, data, status)
        return self.async_show_form(
            step_id=f"reauth_{entry.data[CONF_BRAND]}",
            data_schema=self.add_suggested_values_to_schema(
                login_schema(entry.data), user_input or login_input(entry.data)
            ),
            errors=errors,
            description_placeholders={"box": entry.title},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin with what is known of the box."""
        return await self._async_ask_for_changes(None)

    async def async_step_reconfigure_goip(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what changed about a GoIP."""
        return await self._async_ask_for_changes(user_input)

    async def async_step_reconfigure_yeastar(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what changed about a Yeastar TG."""
        return await self._async_ask_for_changes(user_input)

    async def _async_ask_for_changes(
        self, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Ask for another address or login and look whether the same box is there."""
        entry = self._get_reconfigure_entry()
        brand = entry.data[CONF_BRAND]
        errors: dict[str, str] = {}
        if user_input is not None:
            self._input = user_input
            try:
                self._data = box_data(brand, user_input, entry.data)
                self._abort_if_address_known(self._data)
                self._status = await self._async_probe_known_box(entry, self._data)
            except InvalidInput as err:
                errors = err.errors
            else:
                self._abort_if_box_known(brand, self._status)
                self._sims = [sim for sim in self._status.channels if has_sim(sim)]
                return await self._async_go_on()
        schema = box_schema(brand, password_known=True, open_sections=errors)
        return self.async_show_form(
            step_id=f"reconfigure_{brand}",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or box_input(entry.data)
            ),
            errors=errors,
            description_placeholders={"box": entry.title},
        )
