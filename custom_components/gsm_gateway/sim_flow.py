"""Adding a port's SIM, and its settings."""

from collections.abc import Collection, Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    SubentryFlowResult,
)
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .balance.operators import Proposal
from .card_change import async_new_card
from .cards import Card, OtherCard, card_told
from .const import CONF_BALANCE_CODE, CONF_CHANNEL, CONF_CURRENCY
from .devices import sim_on_channel
from .flow_balance import balance_data, proposal_for
from .flow_card import card_input, card_schema
from .flow_notes import async_note
from .flow_schemas import InvalidInput
from .flow_sim import (
    proposed_settings,
    settings_data,
    settings_input,
    settings_proposal,
    settings_schema,
)
from .flow_try import TrySteps
from .gateways.model import ChannelStatus, GatewayError
from .runtime import GsmGatewayConfigEntry
from .sims import sim_data, sim_title, sim_unique_id

MOST_PORTS = 48
"""The most that a box's SMPP server can name (GoIP, section 3)."""


class SimSubentryFlow(TrySteps):
    """Adds a port's SIM and changes its settings."""

    _free: dict[int, ChannelStatus]
    """The ports that the box tells of and nobody added yet."""
    _sim: ChannelStatus

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which of the box's other ports."""
        if user_input is not None:
            channel = int(user_input[CONF_CHANNEL])
            if sim_on_channel(self._get_entry(), channel) is not None:
                return self.async_abort(reason="already_configured")
            self._sim = self._free.get(channel) or ChannelStatus(channel=channel)
            return await self.async_step_settings()
        entry: GsmGatewayConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        try:
            status = await entry.runtime_data.gateway.status.read_status()
        except GatewayError:
            return self.async_abort(reason="cannot_connect")
        self._free = {
            sim.channel: sim
            for sim in status.channels
            if sim_on_channel(entry, sim.channel) is None
        }
        if status.channels and not self._free:
            return self.async_abort(reason="no_free_port")
        return self.async_show_form(
            step_id="user",
            data_schema=vol.Schema(
                {vol.Required(CONF_CHANNEL): _port_choice(self._free.values())}
            ),
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the settings of the new SIM."""
        proposal = proposal_for(self._sim)
        wrong = InvalidInput()
        if user_input is not None:
            self._typed = user_input
            try:
                settings = settings_data(user_input)
            except InvalidInput as err:
                wrong = err
            else:
                return await self._async_go_on(settings, {})
        if self._typed is None:
            home = self.hass.config.currency
            self._typed = settings_input(proposed_settings(proposal, home))
        sim = sim_title(self._sim.channel)
        return await self._async_show_settings("settings", proposal, sim, wrong)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to do, where there is more to do than to change settings."""
        entry: GsmGatewayConfigEntry = self._get_entry()
        subentry = self._get_reconfigure_subentry()
        if entry.state is not ConfigEntryState.LOADED:
            return await self.async_step_change()
        choices = ["change"]
        if subentry.data.get(CONF_BALANCE_CODE):
            choices.append("check")
        if not _tells_cards(entry):
            choices.append("card")
        if len(choices) == 1:
            return await self.async_step_change()
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=choices,
            description_placeholders={"sim": subentry.title},
        )

    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Try the code that the SIM has."""
        self._changes = {}
        return await self.async_step_try_code()

    async def async_step_card(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask how the balance of a new card is asked for, and begin anew with it."""
        subentry = self._get_reconfigure_subentry()
        entry: GsmGatewayConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        errors: dict[str, str] = {}
        card = Card()
        if user_input is not None:
            try:
                balance = balance_data(user_input)
            except InvalidInput as err:
                errors = err.errors
            else:
                runtime = entry.runtime_data
                found = OtherCard(card=card, since=runtime.messenger.clock.now())
                async_new_card(runtime, subentry, found, balance)
                return self.async_abort(reason="card_changed")
        else:
            currency = subentry.data.get(CONF_CURRENCY) or self.hass.config.currency
            user_input = card_input(card, subentry.data, currency)
        return self.async_show_form(
            step_id="card",
            data_schema=self.add_suggested_values_to_schema(
                card_schema(card), user_input
            ),
            errors=errors,
            description_placeholders={"sim": subentry.title},
        )

    async def async_step_change(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for other settings."""
        subentry = self._get_reconfigure_subentry()
        proposal = settings_proposal(subentry.data)
        wrong = InvalidInput()
        if user_input is not None:
            self._typed = user_input
            try:
                settings = settings_data(user_input)
            except InvalidInput as err:
                wrong = err
            else:
                settings.setdefault(CONF_BALANCE_CODE, None)
                return await self._async_go_on(settings, subentry.data)
        if self._typed is None:
            proposed = proposed_settings(proposal, self.hass.config.currency)
            known = {k: v for k, v in subentry.data.items() if v is not None}
            self._typed = settings_input(proposed | known)
        return await self._async_show_settings(
            "change", proposal, subentry.title, wrong
        )

    async def _async_show_settings(
        self, step_id: str, proposal: Proposal | None, sim: str, wrong: InvalidInput
    ) -> SubentryFlowResult:
        """Show the form about the settings as it was last filled in."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                settings_schema(
                    proposal, open_sections=wrong.errors, calls=self._rejects_calls()
                ),
                self._typed,
            ),
            errors=wrong.errors,
            description_placeholders={
                "sim": sim,
                "note": await async_note(self.hass, proposal),
                **wrong.placeholders,
            },
        )

    async def _async_go_on(
        self, settings: dict[str, Any], before: Mapping[str, Any]
    ) -> SubentryFlowResult:
        """Offer a try where it tells something new, else save."""
        self._changes = settings
        if self._is_worth_a_try(before):
            return await self.async_step_try_code()
        return self._save()

    @property
    @override
    def _settings(self) -> dict[str, Any]:
        """The SIM's data as it would be saved now: what no form shows stays."""
        if self.source == SOURCE_USER:
            return sim_data(self._sim, self._changes)
        data = {**self._get_reconfigure_subentry().data, **self._changes}
        return {k: v for k, v in data.items() if k != CONF_BALANCE_CODE or v}

    @override
    def _save(self) -> SubentryFlowResult:
        """Add the SIM, or change what is known of it; what was tried is its first answer."""
        self._hand_over()
        if self.source == SOURCE_USER:
            channel = self._settings[CONF_CHANNEL]
            return self.async_create_entry(
                title=sim_title(channel),
                unique_id=sim_unique_id(channel),
                data=self._settings,
            )
        entry: GsmGatewayConfigEntry = self._get_entry()
        subentry = self._get_reconfigure_subentry()
        saved = self.async_update_and_abort(entry, subentry, data=self._settings)
        if entry.state is ConfigEntryState.LOADED:  # also where nothing has changed
            entry.runtime_data.balances.async_apply_settings()
        return saved

    def _rejects_calls(self) -> bool:
        """Tell whether the box tells of calls and can reject them."""
        entry: GsmGatewayConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return False
        gateway = entry.runtime_data.gateway
        return gateway.tells_calls and gateway.call_dropper is not None


def _tells_cards(entry: GsmGatewayConfigEntry) -> bool:
    """Tell whether the box says which cards it has, or cannot be asked just now."""
    status = entry.runtime_data.status
    told = any(card_told(channel).is_told for channel in status.data.channels)
    return told or not status.looked


def _port_choice(sims: Collection[ChannelStatus]) -> Selector[Any]:
    """Return the choice of a port: by name, or by number where the box tells of none."""
    if not sims:
        return NumberSelector(
            NumberSelectorConfig(
                min=1, max=MOST_PORTS, step=1, mode=NumberSelectorMode.BOX
            )
        )
    options = [
        SelectOptionDict(
            value=str(sim.channel),
            label=f"{sim.channel} ({sim.operator})"
            if sim.operator
            else f"{sim.channel}",
        )
        for sim in sims
    ]
    return SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
    )
