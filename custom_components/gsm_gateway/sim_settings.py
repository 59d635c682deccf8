"""What the settings of a SIM mean for the line that sends with it."""

from collections.abc import Mapping
from typing import Any

from .cards import present_imsi
from .const import (
    CONF_CHANNEL,
    CONF_NUMBER_FORM,
    CONF_PACING,
    CONF_PARTS_PER_DAY,
    CONF_PARTS_PER_HOUR,
    CONF_PARTS_PER_MONTH,
    CONF_RECIPIENTS_PER_DAY,
    CONF_ROAMING,
    CONF_USE_FOR_SENDING,
)
from .messaging.guard import Limits
from .messaging.line import Line
from .messaging.messages import SendPolicy
from .messaging.numbers import NumberForm, country_of


def apply_sim_settings(line: Line, settings: Mapping[str, Any]) -> None:
    """Let a line follow the settings of its SIM from now on."""
    given = {
        name: settings[name]
        for name in (
            CONF_PARTS_PER_HOUR,
            CONF_PARTS_PER_DAY,
            CONF_PARTS_PER_MONTH,
            CONF_RECIPIENTS_PER_DAY,
        )
        if name in settings
    }
    line.channel = settings[CONF_CHANNEL]
    line.policy = SendPolicy(settings.get(CONF_USE_FOR_SENDING, SendPolicy.ALWAYS))
    line.limits = Limits(**given)
    line.pacing = settings.get(CONF_PACING)
    line.roaming_allowed = settings.get(CONF_ROAMING, False)
    line.number_form = NumberForm(settings.get(CONF_NUMBER_FORM, NumberForm.AS_GIVEN))
    line.country = country_of(present_imsi(settings))
