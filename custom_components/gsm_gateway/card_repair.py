"""The dialog about another card in a port: a new one, or one that has moved."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry

from .card_change import async_exchange, async_new_card, owner_of
from .cards import OtherCard, other_card
from .const import CONF_CHANNEL, DOMAIN
from .devices import device_name, sim_on_channel
from .flow_balance import balance_data
from .flow_card import card_input, card_schema
from .flow_schemas import InvalidInput
from .runtime import GsmGatewayConfigEntry


class OtherCardFlow(RepairsFlow):
    """Asks what the card is that was found in a port."""

    _entry: GsmGatewayConfigEntry
    _sim: ConfigSubentry
    _found: OtherCard

    def __init__(self, entry_id: str, port: int) -> None:
        """Ask about a port of a box."""
        self._entry_id = entry_id
        self._port = port

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Let the user choose, where the card is known from another port."""
        if not self._is_open():
            return self.async_abort(reason="settled")
        owner = owner_of(self._entry, self._sim, self._found.card)
        if owner is None:
            return await self.async_step_new_card()
        return self.async_show_menu(
            step_id="init",
            menu_options=["moved", "new_card"],
            description_placeholders={
                **self._placeholders(),
                "before": str(owner.data[CONF_CHANNEL]),
                "owner": device_name(self.hass, self._entry, owner.subentry_id),
            },
        )

    async def async_step_moved(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Let the SIMs exchange their ports."""
        if not self._is_open():
            return self.async_abort(reason="settled")
        owner = owner_of(self._entry, self._sim, self._found.card)
        if owner is None:
            return self.async_abort(reason="settled")
        async_exchange(self._entry.runtime_data, self._sim, owner)
        return self.async_create_entry(data={})

    async def async_step_new_card(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask how the balance of the new card is asked for, and begin anew."""
        if not self._is_open():
            return self.async_abort(reason="settled")
        errors: dict[str, str] = {}
        card = self._found.card
        if user_input is not None:
            try:
                balance = balance_data(user_input)
            except InvalidInput as err:
                errors = err.errors
            else:
                runtime = self._entry.runtime_data
                async_new_card(runtime, self._sim, self._found, balance)
                return self.async_create_entry(data={})
        if user_input is None:
            currency = self.hass.config.currency
            user_input = card_input(card, self._sim.data, currency)
        return self.async_show_form(
            step_id="new_card",
            data_schema=self.add_suggested_values_to_schema(
                card_schema(card), user_input
            ),
            errors=errors,
            description_placeholders=self._placeholders(),
        )

    def _is_open(self) -> bool:
        """Look again what is in the port: it may have changed while the dialog was open."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if (
            entry is None
            or entry.domain != DOMAIN
            or entry.state is not ConfigEntryState.LOADED
            or (sim := sim_on_channel(entry, self._port)) is None
            or (found := other_card(sim.data)) is None
        ):
            return False
        self._entry, self._sim, self._found = entry, sim, found
        return True

    def _placeholders(self) -> dict[str, str]:
        return {
            "gateway": self._entry.title,
            "port": str(self._port),
            "sim": device_name(self.hass, self._entry, self._sim.subentry_id),
        }
