"""Trying a balance code before it is saved: ask once, show the answer, and learn to read it."""

import asyncio
from collections.abc import Mapping
import logging
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
    UnknownSubEntry,
)
from homeassistant.exceptions import HomeAssistantError

from .balance.operators import propose
from .balance.parser import Balance
from .balance_tries import TRIES, Try
from .balance_words import has_number, is_in_currency, read_balance
from .cards import card_told
from .const import (
    CONF_BALANCE_CODE,
    CONF_BALANCE_PATTERN,
    CONF_CURRENCY,
    CONF_IMSI,
    CONF_OPERATOR,
)
from .devices import sim_on_channel
from .errors import translated
from .flow_answer import NOTHING, as_block, money
from .flow_notes import async_note
from .flow_pattern import PatternSteps
from .flow_question import Question
from .gateways.model import GatewayError
from .reasons import text
from .runtime import GsmGatewayConfigEntry
from .sims import sim_title
from .ussd_path import split_path

_LOGGER = logging.getLogger(__name__)

_DESCRIBES: Final = (CONF_BALANCE_CODE, CONF_CURRENCY, CONF_BALANCE_PATTERN)
"""What an answer depends on: once it has changed, a try is offered."""


class TrySteps(
    ConfigSubentryFlow,
    PatternSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]],
):
    """The pages from the filled-in settings of a SIM to the saved ones."""

    _changes: dict[str, Any]
    """What was set about the SIM and is not saved yet; a code of None is no code."""
    _typed: dict[str, Any] | None = None
    """What was last filled in about them."""
    _question: Question
    """What the page shows; nothing else is dialled."""
    _dialling: asyncio.Task[None] | None = None
    _tried: tuple[Question, Try] | None = None
    """The question that was dialled last, and what came of it."""
    _error: str = ""
    """Why there is no answer, in words."""

    @property
    @override
    def _settings(self) -> dict[str, Any]:
        """The SIM's data as it would be saved now."""
        raise NotImplementedError

    @property
    def _edit_step(self) -> str:
        """The step with the form about the settings."""
        return "settings" if self.source == SOURCE_USER else "change"

    @property
    def _saving(self) -> list[str]:
        """The choice to save, where there is anything to save."""
        return ["save"] if self._changes else []

    def _is_worth_a_try(self, before: Mapping[str, Any]) -> bool:
        """Tell whether the balance will be asked for or read otherwise than before."""
        return (
            bool(self._settings.get(CONF_BALANCE_CODE))
            and self._get_entry().state is ConfigEntryState.LOADED
            and any(self._settings.get(key) != before.get(key) for key in _DESCRIBES)
        )

    def _save(self) -> SubentryFlowResult:
        """Save the settings as they are now."""
        raise NotImplementedError

    def _hand_over(self) -> None:
        """Let the answer be the SIM's balance, if its own code and card were asked."""
        if self._tried is None:
            return
        question, tried = self._tried
        if not question.is_same(self._asked()):
            return
        entry: GsmGatewayConfigEntry = self._get_entry()
        if entry.state is ConfigEntryState.LOADED:
            live = entry.runtime_data.status.live(question.channel)
            if live and question.card.is_same(card_told(live)) is False:
                return
        self.hass.data[TRIES].save(entry.entry_id, question.channel, tried)

    @override
    def _is_open(self) -> bool:
        """Look again: somebody may have changed the SIM on another page."""
        return self._question.is_same(self._asked())

    def _asked(self) -> Question | None:
        """Return what would be asked now; None where there is nothing to ask any more."""
        try:
            return Question.of(self._settings)
        except UnknownSubEntry:
            return None

    async def async_step_save(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Save, whatever came of the try."""
        if not self._is_open():
            return self.async_abort(reason="settled")
        return self._save()

    async def async_step_try_code(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the code; nothing was dialled yet."""
        return await self._async_show_code()

    async def _async_show_code(self, *, again: bool = False) -> SubentryFlowResult:
        """Show what would be dialled; `again`: it is not what was shown before."""
        if (question := self._asked()) is None:
            return self.async_abort(reason="settled")
        self._question = question
        proposal = propose(
            imsi=self._settings.get(CONF_IMSI),
            operator=self._settings.get(CONF_OPERATOR),
        )
        note = await async_note(self.hass, proposal, question.code)
        if again:
            note = f"{text(self.hass, 'note_code_changed') or ''} {note}".strip()
        return self.async_show_menu(
            step_id="try_code",
            menu_options=["ask", self._edit_step, *self._saving],
            description_placeholders={**self._told(), "note": note},
        )

    async def async_step_ask(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Dial the code that was shown, once, and wait for the answer."""
        if self._dialling is None:
            if not self._is_open():
                return await self._async_show_code(again=True)
            self._dialling = self.hass.async_create_background_task(
                self._dial(), "balance code that is tried"
            )
        if not self._dialling.done():
            return self.async_show_progress(
                step_id="ask",
                progress_action="ask",
                description_placeholders=self._told(),
                progress_task=self._dialling,
            )
        self._dialling = None
        following = "failed" if self._error else "answered"
        return self.async_show_progress_done(next_step_id=following)

    async def _dial(self) -> None:
        """Get the answer, or the error in words."""
        entry: GsmGatewayConfigEntry = self._get_entry()
        question, sim = self._question, sim_title(self._question.channel)
        self._tried, self._answer = None, ""
        self._error = text(self.hass, "failed", name=sim) or sim
        try:
            if entry.state is not ConfigEntryState.LOADED:
                return
            tried = await entry.runtime_data.balances.try_code(
                question.channel, split_path(question.code)
            )
        except GatewayError as err:
            self._error = self._in_words(translated(err, sim))
        except HomeAssistantError as err:
            self._error = self._in_words(err)
        except Exception:
            _LOGGER.exception("A balance code could not be tried")
        else:
            self._tried, self._answer = (question, tried), tried.answer.text
            self._error = ""

    def _in_words(self, error: HomeAssistantError) -> str:
        """Return an error in the language of the house."""
        given = error.translation_placeholders or {}
        return text(self.hass, error.translation_key or "", **given) or str(error)

    async def async_step_failed(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say why there is no answer."""
        if not self._is_open():
            return self.async_abort(reason="settled")
        return self.async_show_menu(
            step_id="failed",
            menu_options=["ask", self._edit_step, *self._saving],
            description_placeholders={**self._told(), "error": self._error},
        )

    async def async_step_answered(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the answer, and what was understood."""
        if not self._is_open():
            return self.async_abort(reason="settled")
        settings = self._settings
        found = read_balance(settings, self._answer)
        picking = ["pick"] if has_number(settings, self._answer) else []
        if found is None:
            step_id = "not_understood" if picking else "no_number"
            return self._show_answer(step_id, picking)
        if not is_in_currency(settings, found):
            choices = ["take_currency", *picking]
            return self._show_answer("other_currency", choices, found)
        return self._show_answer("understood", ["save", *picking], found)

    async def async_step_understood(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the page again."""
        return await self.async_step_answered()

    async def async_step_other_currency(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the page again."""
        return await self.async_step_answered()

    async def async_step_not_understood(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the page again."""
        return await self.async_step_answered()

    async def async_step_no_number(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the page again."""
        return await self.async_step_answered()

    def _show_answer(
        self, step_id: str, choices: list[str], found: Balance | None = None
    ) -> SubentryFlowResult:
        """Show the answer with what can be done, besides these choices."""
        until = found and found.valid_until
        usual = ("ask", self._edit_step, *self._saving)
        more = [choice for choice in usual if choice not in choices]
        return self.async_show_menu(
            step_id=step_id,
            menu_options=[*choices, *more],
            description_placeholders={
                **self._told(),
                "amount": money(self._settings, found) if found else NOTHING,
                "found_currency": (found and found.currency) or NOTHING,
                "valid_until": until.isoformat() if until else NOTHING,
            },
        )

    async def async_step_take_currency(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Let the SIM have the currency of the answer."""
        if not self._is_open():
            return self.async_abort(reason="settled")
        found = read_balance(self._settings, self._answer)
        if found and found.currency:
            self._changes[CONF_CURRENCY] = found.currency
            if self._typed is not None:
                self._typed[CONF_CURRENCY] = found.currency
        return await self.async_step_answered()

    @override
    async def async_step_no_balance(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say what to do about an answer without the balance."""
        return self._show_answer("no_balance", [])

    @override
    def _keep_pattern(self, pattern: str) -> SubentryFlowResult:
        self._changes[CONF_BALANCE_PATTERN] = pattern
        return self._save()

    @override
    def _earlier(self) -> list[str]:
        entry: GsmGatewayConfigEntry = self._get_entry()
        sim = sim_on_channel(entry, self._question.channel)
        if sim is None or entry.state is not ConfigEntryState.LOADED:
            return []
        known = entry.runtime_data.balances.known(sim.subentry_id)
        return [answer.text for answer in reversed(known.answers)]

    @override
    def _told(self) -> dict[str, str]:
        return {
            "sim": sim_title(self._question.channel),
            "code": self._question.code,
            "currency": self._settings.get(CONF_CURRENCY) or NOTHING,
            "answer": as_block(self._answer),
        }
