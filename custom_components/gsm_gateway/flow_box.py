"""What all ways to add and to change a box share: who it is, and how it ends."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
)
from homeassistant.const import CONF_HOST
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.util import slugify

from . import brands, notify_name
from .const import (
    CONF_AMI_PORT,
    CONF_BRAND,
    CONF_HTTP_PORT,
    CONF_NOTIFY_NAME,
    SUBENTRY_SIM,
)
from .flow_balance import (
    find_operators,
    operators_data,
    operators_input,
    operators_placeholders,
    operators_schema,
)
from .flow_notes import async_operator_notes
from .flow_probe import ProbeFailed, async_probe
from .flow_schemas import InvalidInput
from .gateways.model import ChannelStatus, GatewayStatus
from .sims import has_sim, sim_data, sim_title, sim_unique_id
from .sms_servers import discovery_id


class BoxFlow(ConfigFlow):
    """The end of each flow, and what has to be known of a box until then."""

    _data: dict[str, Any]
    _status: GatewayStatus
    _sims: list[ChannelStatus]

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
        for entry in self._other_entries():
            if is_it(entry):
                raise AbortFlow("already_configured", {"title": entry.title})

    def _other_entries(self) -> list[ConfigEntry]:
        """Return the entries about other boxes than the one this flow is about."""
        return [
            entry
            for entry in self._async_current_entries(include_ignore=False)
            if entry.entry_id != self.context.get("entry_id")
        ]

    async def _async_meet_box(self, data: dict[str, Any]) -> None:
        """Ask a box that is to be added who it is; abort if it is there already.

        Raises `InvalidInput`.
        """
        self._abort_if_address_known(data)
        self._status = await async_probe(self.hass, data)
        self._data = data
        if self.source == SOURCE_USER:  # a discovered one is ignored by its address
            await self._async_claim_box()
        self._abort_if_box_known(data[CONF_BRAND], self._status)
        self._sims = [sim for sim in self._status.channels if has_sim(sim)]

    async def _async_claim_box(self) -> None:
        """Abort if another flow is about the same box."""
        brand = self._data[CONF_BRAND]
        await self.async_set_unique_id(brands.unique_id(brand, self._status))

    async def _async_probe_known_box(
        self, entry: ConfigEntry, data: Mapping[str, Any]
    ) -> GatewayStatus:
        """Return what the entry's own box tells of itself. Raises `ProbeFailed`."""
        status = await async_probe(self.hass, data)
        if brands.is_same_box(entry, data[CONF_BRAND], status) is False:
            raise ProbeFailed("wrong_box")
        return status

    async def _async_finish(self) -> ConfigFlowResult:
        """Go on when all about the link is known: to the balances, or to the end."""
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            return self._update_entry(entry, self._data, self._status)
        if self._asks_for_balance():
            return await self.async_step_balance()
        return await self._async_create({})

    def _asks_for_balance(self) -> bool:
        """Tell whether there are SIMs that nobody was asked about yet."""
        return self.source != SOURCE_RECONFIGURE and bool(self._sims)

    async def async_step_balance(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the SIMs that were found and ask for the balance code of each operator."""
        operators = find_operators(self._sims)
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                balances = operators_data(operators, user_input)
            except InvalidInput as err:
                errors = err.errors
            else:
                return await self._async_create(balances)
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
                **await async_operator_notes(self.hass, operators),
            },
            last_step=True,
        )

    async def _async_create(
        self, balances: Mapping[int, dict[str, Any]]
    ) -> ConfigFlowResult:
        """Add the box with what its SIMs' balances need."""
        title = self._title()
        if self.source != SOURCE_USER:
            await self._async_claim_box()
        self._abort_if_box_known(self._data[CONF_BRAND], self._status)
        self._end_discovery()
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

    def _end_discovery(self) -> None:
        """Take back the offer to add the box, where there is one."""
        for flow in self._async_in_progress(
            include_uninitialized=True,
            match_context={"unique_id": discovery_id(self._data[CONF_HOST])},
        ):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])

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
