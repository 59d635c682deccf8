"""The pages on which a user picks the number that is the balance, and sees its pattern."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult

from .balance_words import numbers_in
from .const import CONF_BALANCE_PATTERN
from .flow_answer import (
    CONF_PICKED,
    CONF_THEN,
    PATTERN_SCHEMA,
    SHOW,
    fitting_pattern,
    learn,
    numbers_schema,
    rows,
)
from .flow_schemas import InvalidInput


class PatternSteps[ContextT: FlowContext, ResultT: FlowResult[Any, Any], HandlerT](
    FlowHandler[ContextT, ResultT, HandlerT]
):
    """Asks about the numbers of an answer, and learns the pattern of the one that is picked."""

    _answer: str = ""
    _pattern: str = ""
    """What is shown to be saved."""
    _picked_from: str = ""
    """The answer whose numbers are shown."""

    def _is_open(self) -> bool:
        """Look again whether there is still something to ask."""
        return True

    @property
    def _settings(self) -> Mapping[str, Any]:
        """The SIM's settings, by which its answers are read."""
        raise NotImplementedError

    def _earlier(self) -> Sequence[str]:
        """Return the last answers, the newest first."""
        raise NotImplementedError

    def _told(self) -> dict[str, str]:
        """Return what the texts may have in braces."""
        raise NotImplementedError

    def _keep_pattern(self, pattern: str) -> ResultT:
        """Save the pattern, and end."""
        raise NotImplementedError

    async def async_step_no_balance(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Say what to do where none of the numbers is the balance."""
        raise NotImplementedError

    async def async_step_pick(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Show the answer and ask which of its numbers is the balance."""
        if not self._is_open():
            return self.async_abort(reason="settled")
        wrong = InvalidInput()
        if user_input is not None and self._answer != self._picked_from:
            wrong = InvalidInput(base="other_answer")
        elif user_input is not None:
            try:
                picked = user_input.get(CONF_PICKED)
                learned = learn(self._settings, self._answer, picked)
            except InvalidInput as err:
                wrong = err
            else:
                if learned is None:
                    return await self.async_step_no_balance()
                self._pattern = learned
                return await self.async_step_pattern()
        self._picked_from = self._answer
        return self.async_show_form(
            step_id="pick",
            data_schema=numbers_schema(numbers_in(self._settings, self._answer)),
            errors=wrong.errors,
            description_placeholders=self._told(),
        )

    async def async_step_pattern(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Show the pattern with what it reads; save it, or show what another one reads."""
        if not self._is_open():
            return self.async_abort(reason="settled")
        wrong = InvalidInput()
        shown = {CONF_BALANCE_PATTERN: self._pattern}
        if user_input is not None:
            try:
                self._pattern = fitting_pattern(
                    user_input, self._settings, self._answer
                )
            except InvalidInput as err:
                wrong, shown = err, user_input
            else:
                if user_input[CONF_THEN] != SHOW:
                    return self._keep_pattern(self._pattern)
                shown = {CONF_BALANCE_PATTERN: self._pattern}
        answers = [self._answer, *self._earlier()]
        return self.async_show_form(
            step_id="pattern",
            data_schema=self.add_suggested_values_to_schema(PATTERN_SCHEMA, shown),
            errors=wrong.errors,
            description_placeholders={
                **self._told(),
                "rows": rows(self._settings, answers, self._pattern),
            },
        )
