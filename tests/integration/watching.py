"""Automations that note what the trigger for received SMS starts."""

from typing import Any, Self

from homeassistant.core import (
    CALLBACK_TYPE,
    Context,
    HomeAssistant,
    ServiceCall,
    callback,
)
from homeassistant.helpers import trigger as trigger_helper
import pytest

from custom_components.gsm_gateway.const import DOMAIN
from custom_components.gsm_gateway.gateways.model import MessageKind
from custom_components.gsm_gateway.messaging.messages import ReceivedMessage
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.scene import ANNA, automate

SMS_RECEIVED = "gsm_gateway.sms_received"


@pytest.fixture
def runs(hass: HomeAssistant) -> list[dict[str, Any]]:
    """What the automations of `watch` noted, in order."""
    noted: list[dict[str, Any]] = []

    @callback
    def note(call: ServiceCall) -> None:
        noted.append(dict(call.data))

    hass.services.async_register("test", "note", note)
    return noted


async def watch(hass: HomeAssistant, **trigger: Any) -> None:
    """Note the text of every message that starts an automation."""
    await automate(
        hass,
        {
            "triggers": {"trigger": SMS_RECEIVED, **trigger},
            "actions": {"action": "test.note", "data": {"text": "{{ trigger.text }}"}},
        },
    )


class Watched:
    """One trigger, attached without an automation."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []
        """What `trigger` was at each start."""
        self.reasons: list[str] = []
        """Why it did not start."""
        self.remove: CALLBACK_TYPE

    @classmethod
    async def of(cls, hass: HomeAssistant, **trigger: Any) -> Self:
        """Attach the trigger with this configuration."""
        watched = cls()
        config = await trigger_helper.async_validate_trigger_config(
            hass, [{"platform": SMS_RECEIVED, **trigger}]
        )
        remove = await trigger_helper.async_initialize_triggers(
            hass,
            config,
            watched._start,
            DOMAIN,
            "test",
            lambda *_: None,
            did_not_trigger=watched._pass,
        )
        assert remove is not None
        watched.remove = remove
        return watched

    @callback
    def _start(
        self, run_variables: dict[str, Any], context: Context | None = None
    ) -> None:
        self.started.append(run_variables["trigger"])

    @callback
    def _pass(
        self,
        run_variables: dict[str, Any],
        info: trigger_helper.NotTriggeredInfo,
        context: Context | None = None,
    ) -> None:
        self.reasons.append(info.reason)


def texts(runs: list[dict[str, Any]]) -> list[str]:
    """Return the texts that were noted."""
    return [run["text"] for run in runs]


def received(hass: HomeAssistant, text: str, **facts: Any) -> ReceivedMessage:
    """Return a message as an inbox announces it."""
    message: dict[str, Any] = {
        "message_id": text,
        "box_id": "box",
        "channel": 1,
        "sender": ANNA,
        "text": text,
        "kind": MessageKind.TEXT,
        "received_at": hass.data[MESSENGER].clock.now(),
        "time_guessed": False,
        "parts": 1,
        "complete": True,
    }
    return ReceivedMessage(**message | facts)
