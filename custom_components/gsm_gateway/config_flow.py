"""Adding a box, and changing what is known of it."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_HOST
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.util import slugify

from . import brands, notify_name
from .const import (
    BRAND_GOIP,
    BRAND_YEASTAR,
    CONF_AMI_PORT,
    CONF_BRAND,
    CONF_HTTP_PORT,
    CONF_NOTIFY_NAME,
    DOMAIN,
    SUBENTRY_CONTACT,
    SUBENTRY_SIM,
)
from .contact_flow import ContactSubentryFlow
from .flow_balance import (
    find_operators,
    operators_data,
    operators_input,
    operators_placeholders,
    operators_schema,
)
from .flow_probe import ProbeFailed, async_probe
from .flow_schemas import (
    InvalidInput,
    box_data,
    box_input,
    box_schema,
    login_data,
    login_input,
    login_schema,
    without_known_binds,
)
from .gateways.model import ChannelStatus, GatewayStatus
from .options_flow import GsmGatewayOptionsFlow
from .sim_flow import SimSubentryFlow, has_sim, sim_data, sim_title, sim_unique_id


class GsmGatewayConfigFlow(ConfigFlow, domain=DOMAIN):
    """Adds a box; checks and changes the login and the address of one that is there."""

    VERSION = 1
    MINOR_VERSION = 1

    _input: dict[str, Any]
    """What was last filled in about the box."""
    _data: dict[str, Any]
    _status: GatewayStatus
    _sims: list[ChannelStatus]

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
                self._data = box_data(brand, user_input)
                self._abort_if_address_known(self._data)
                self._status = await async_probe(self.hass, self._data)
            except InvalidInput as err:
                errors = err.errors
            else:
                await self.async_set_unique_id(brands.unique_id(brand, self._status))
                self._abort_if_box_known(brand, self._status)
                self._sims = [sim for sim in self._status.channels if has_sim(sim)]
                if self._sims:
                    return await self.async_step_balance()
                return await self.async_step_no_sim()
        schema = box_schema(brand, open_sections=errors)
        return self.async_show_form(
            step_id=brand,
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
        )

    def _abort_if_address_known(self, data: Mapping[str, Any]) -> None:
        """Abort before a second login disturbs the link of a box that is known."""
        place = (CONF_HOST, CONF_HTTP_PORT, CONF_AMI_PORT)
        self._abort_if_known(
            lambda entry: all(entry.data.get(key) == data.get(key) for key in place)
        )

    def _abort_if_box_known(self, brand: str, status: GatewayStatus) -> None:
        """Abort if the box is known under another address."""
        self._abort_if_known(
            lambda entry: brands.is_same_box(entry, brand, status) is True
        )

    def _abort_if_known(self, is_it: Callable[[ConfigEntry], bool]) -> None:
        """Abort if another entry is about this box."""
        for entry in self._async_current_entries(include_ignore=False):
            if entry.entry_id != self.context.get("entry_id") and is_it(entry):
                raise AbortFlow("already_configured", {"title": entry.title})

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
        return self._create_entry({})

    async def async_step_balance(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the SIMs that were found and ask for the balance code of each operator."""
        operators = find_operators(self._sims)
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                return self._create_entry(operators_data(operators, user_input))
            except InvalidInput as err:
                errors = err.errors
        return self.async_show_form(
            step_id="balance",
            data_schema=self.add_suggested_values_to_schema(
                operators_schema(operators),
                user_input or operators_input(operators, self.hass.config.currency),
            ),
            errors=errors,
            description_placeholders={
                "box": self._title(),
                "sims": str(len(self._sims)),
                "ports": ", ".join(str(sim.channel) for sim in self._sims),
                **operators_placeholders(operators),
            },
            last_step=True,
        )

    def _create_entry(self, balances: Mapping[int, dict[str, Any]]) -> ConfigFlowResult:
        """Add the box with what its SIMs' balances need."""
        title = self._title()
        return self.async_create_entry(
            title=title,
            data=self._data | brands.identity_data(self._data, self._status),
            options={CONF_NOTIFY_NAME: notify_name.free_name(self.hass, title)},
            subentries=[
                ConfigSubentryData(
                    subentry_type=SUBENTRY_SIM,
                    title=sim_title(sim.channel),
                    unique_id=sim_unique_id(sim.channel),
                    data=sim_data(sim, balances.get(sim.channel, {})),
                )
                for sim in self._sims
            ],
        )

    def _title(self) -> str:
        """Return the box's model, with a number if another box has that title."""
        wanted = self._status.model or brands.BRAND_NAMES[self._data[CONF_BRAND]]
        taken = {
            slugify(entry.title)
            for entry in self._async_current_entries(include_ignore=False)
        }
        titles = (
            wanted if number == 1 else f"{wanted} {number}" for number in count(1)
        )
        return next(title for title in titles if slugify(title) not in taken)

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
            try:
                data = box_data(brand, user_input, entry.data)
                self._abort_if_address_known(data)
                status = await self._async_probe_known_box(
                    entry, without_known_binds(data, entry.data)
                )
            except InvalidInput as err:
                errors = err.errors
            else:
                self._abort_if_box_known(brand, status)
                return self._update_entry(entry, data, status)
        schema = box_schema(brand, password_known=True, open_sections=errors)
        return self.async_show_form(
            step_id=f"reconfigure_{brand}",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or box_input(entry.data)
            ),
            errors=errors,
            description_placeholders={"box": entry.title},
        )

    async def _async_probe_known_box(
        self, entry: ConfigEntry, data: Mapping[str, Any]
    ) -> GatewayStatus:
        """Return what the entry's own box tells of itself. Raises `ProbeFailed`."""
        status = await async_probe(self.hass, data)
        if brands.is_same_box(entry, data[CONF_BRAND], status) is False:
            raise ProbeFailed("wrong_box")
        return status

    def _update_entry(
        self, entry: ConfigEntry, data: dict[str, Any], status: GatewayStatus
    ) -> ConfigFlowResult:
        """Keep the new data and see to it that the link starts anew."""
        known = brands.connection_facts(entry.data)
        is_heard = bool(entry.update_listeners)
        result = self.async_update_and_abort(
            entry,
            unique_id=entry.unique_id or brands.unique_id(data[CONF_BRAND], status),
            data=data | brands.identity_data(entry.data, status),
        )
        # Otherwise the entry's update listener reloads.
        if not is_heard or known == brands.connection_facts(data):
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result
