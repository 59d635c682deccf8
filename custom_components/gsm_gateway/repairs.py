"""What the user can do about a repair issue."""

from typing import override

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.core import HomeAssistant

from .balance_repair import OtherCurrencyFlow, UnreadFlow
from .balance_troubles import Problem
from .card_repair import OtherCardFlow
from .messenger import MESSENGER
from .troubles import ISSUE_OTHER_CARD, ISSUE_RESTORED, ISSUE_STOPPED


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the dialog for an issue."""
    if issue_id == ISSUE_RESTORED:
        return RestoredFlow()
    if issue_id.startswith(ISSUE_STOPPED) and data:
        return ResumeFlow(str(data["number"]), str(data["text_hash"]))
    if issue_id.startswith(ISSUE_OTHER_CARD) and data:
        return OtherCardFlow(str(data["entry_id"]), int(data["port"] or 0))
    if issue_id.startswith(Problem.UNREAD) and data:
        return UnreadFlow(str(data["entry_id"]), str(data["sim_id"]))
    if issue_id.startswith(Problem.OTHER_CURRENCY) and data:
        return OtherCurrencyFlow(str(data["entry_id"]), str(data["sim_id"]))
    return ConfirmRepairFlow()


class ResumeFlow(ConfirmRepairFlow):
    """Lets messages to a number go out again."""

    def __init__(self, number: str, text_hash: str) -> None:
        self._number = number
        self._text_hash = text_hash

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Resume once the user says so."""
        if user_input is not None:
            self.hass.data[MESSENGER].guard.resume(self._number, self._text_hash)
        return await super().async_step_confirm(user_input)


class RestoredFlow(RepairsFlow):
    """Sends, or drops, what waited when the backup was made."""

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Let the user choose."""
        count = self.hass.data[MESSENGER].outbox.restored
        return self.async_show_menu(
            step_id="init",
            menu_options=["send", "drop"],
            description_placeholders={"count": str(count)},
        )

    async def async_step_send(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Put the messages back into the queue."""
        await self.hass.data[MESSENGER].outbox.resume_restored()
        return self.async_create_entry(data={})

    async def async_step_drop(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Leave them unsent."""
        self.hass.data[MESSENGER].outbox.drop_restored()
        return self.async_create_entry(data={})
