"""The dialogs about an answer that was not taken for the balance."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.repairs import (
    RepairsFlow,
    RepairsFlowContext,
    RepairsFlowResult,
)
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry

from .balance.parser import Balance
from .balance_words import is_in_currency, read_balance
from .const import CONF_BALANCE_CODE, CONF_BALANCE_PATTERN, CONF_CURRENCY, DOMAIN
from .devices import device_name
from .flow_answer import NOTHING, as_block, money
from .flow_pattern import PatternSteps
from .runtime import GsmGatewayConfigEntry


class _AnswerFlow(RepairsFlow):
    """A dialog about the last answer to a SIM's balance code."""

    _entry: GsmGatewayConfigEntry
    _sim: ConfigSubentry
    _answer: str

    def __init__(self, entry_id: str, sim_id: str) -> None:
        """Ask about a SIM of a box."""
        self._entry_id = entry_id
        self._sim_id = sim_id

    def _is_open(self) -> bool:
        """Look again: the SIM may be gone, or the answer read meanwhile."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if (
            entry is None
            or entry.domain != DOMAIN
            or entry.state is not ConfigEntryState.LOADED
            or (sim := entry.subentries.get(self._sim_id)) is None
            or not (unread := entry.runtime_data.balances.known(self._sim_id).unread)
        ):
            return False
        self._entry, self._sim, self._answer = entry, sim, unread
        return True

    def _save(self, **changes: Any) -> RepairsFlowResult:
        """Change the SIM's settings; the answer is then read anew."""
        self.hass.config_entries.async_update_subentry(
            self._entry, self._sim, data={**self._sim.data, **changes}
        )
        return self.async_create_entry(data={})

    async def _let_be(self) -> RepairsFlowResult:
        """Close the issue until there is another answer."""
        if self._is_open():
            await self._entry.runtime_data.balances.async_let_be(self._sim_id)
        return self.async_create_entry(data={})

    @property
    def _settings(self) -> Mapping[str, Any]:
        """The SIM's settings, by which its answers are read."""
        return self._sim.data

    def _told(self) -> dict[str, str]:
        """Return what the texts may have in braces."""
        return {
            "gateway": self._entry.title,
            "sim": device_name(self.hass, self._entry, self._sim_id),
            "code": self._sim.data.get(CONF_BALANCE_CODE) or NOTHING,
            "currency": self._sim.data.get(CONF_CURRENCY) or NOTHING,
            "answer": as_block(self._answer),
        }


class UnreadFlow(_AnswerFlow, PatternSteps[RepairsFlowContext, RepairsFlowResult, str]):
    """Lets the user pick the number that is the balance, and learns where it stands."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Begin with the answer; what comes in is the id of the issue."""
        return await self.async_step_pick()

    @override
    def _earlier(self) -> list[str]:
        known = self._entry.runtime_data.balances.known(self._sim_id)
        return [answer.text for answer in reversed(known.answers)]

    @override
    def _keep_pattern(self, pattern: str) -> RepairsFlowResult:
        return self._save(**{CONF_BALANCE_PATTERN: pattern})

    @override
    async def async_step_no_balance(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Say what to do about an answer without the balance; the next one is told again."""
        if user_input is not None:
            if self._is_open() and self._answer != self._picked_from:
                return await self.async_step_pick(user_input)
            return await self._let_be()
        return self.async_show_form(
            step_id="no_balance", description_placeholders=self._told()
        )


class OtherCurrencyFlow(_AnswerFlow):
    """Lets the user choose between the SIM's currency and that of the answer."""

    _shown: tuple[str, str | None] = "", None
    """The answer and the SIM's currency that the page shows."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show both currencies."""
        if not self._is_open() or (found := self._foreign()) is None:
            return self.async_abort(reason="settled")
        self._shown = self._now
        return self.async_show_menu(
            step_id="init",
            menu_options=["use_found", "keep"],
            description_placeholders={
                **self._told(),
                "amount": money(self._sim.data, found),
                "found_currency": found.currency or NOTHING,
            },
        )

    async def async_step_use_found(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Let the SIM have the currency of the answer, if it is still the one shown."""
        if not self._is_open() or (found := self._foreign()) is None:
            return self.async_abort(reason="settled")
        if self._now != self._shown:
            return await self.async_step_init()
        return self._save(**{CONF_CURRENCY: found.currency})

    async def async_step_keep(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Leave everything as it is; the next such answer is told again."""
        if self._is_open() and self._now != self._shown:
            return await self.async_step_init()
        return await self._let_be()

    @property
    def _now(self) -> tuple[str, str | None]:
        """What the page would show now."""
        return self._answer, self._sim.data.get(CONF_CURRENCY)

    def _foreign(self) -> Balance | None:
        """Return what was read, if it is in another currency than the SIM's."""
        found = read_balance(self._sim.data, self._answer)
        return found if found and not is_in_currency(self._sim.data, found) else None
