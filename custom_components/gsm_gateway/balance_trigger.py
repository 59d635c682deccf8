"""The triggers about the money of SIMs: `balance_low`, `balance_dropped` and `expiry_near`."""

from abc import abstractmethod
from decimal import Decimal
from typing import Any, Final, override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    TriggerActionRunner,
    TriggerNotTriggeredReporter,
)
from homeassistant.util.signal_type import SignalType
import voluptuous as vol

from .announce_balance import (
    SIGNAL_BALANCE_TOLD,
    SIGNAL_EXPIRY_CHECKED,
    ExpiryNews,
    ReadingNews,
    SimNews,
)
from .const import CONF_BALANCE_LOW, CONF_EXPIRY_DAYS, DEFAULT_EXPIRY_DAYS
from .target_trigger import TargetTrigger, schema_with

CONF_BELOW: Final = "below"
CONF_MORE_THAN: Final = "more_than"
CONF_DAYS: Final = "days"

_MOST: Final = 1e12
as_money: Final = vol.All(vol.Coerce(float), vol.Range(min=-_MOST, max=_MOST))
"""Money as an option gives it; the range keeps infinity out, and what is no number."""
_LONGEST: Final = 3650


class _SimTrigger[News: SimNews](TargetTrigger):
    """Starts on news about the money of a SIM."""

    _signal: SignalType[News]

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run the action for all news that are meant."""

        @callback
        def told(news: News) -> None:
            """Look at one SIM."""
            own = self._own_data(news)
            device = news.data["device_id"]
            if own is not None and self._is_meant(device, *news.entity_ids):
                run_action({**news.data, **own}, self._words(news))

        return async_dispatcher_connect(self._hass, self._signal, told)

    @abstractmethod
    def _own_data(self, news: News) -> dict[str, Any] | None:
        """Return what this trigger tells besides, or None where it does not start."""

    @abstractmethod
    def _words(self, news: News) -> str:
        """Return what the trace says of a start."""


class BalanceLowTrigger(_SimTrigger[ReadingNews]):
    """Starts when a balance is read that is low, and the one before was not."""

    schema = schema_with({vol.Optional(CONF_BELOW): vol.Maybe(as_money)})
    _signal = SIGNAL_BALANCE_TOLD

    @override
    def _own_data(self, news: ReadingNews) -> dict[str, Any] | None:
        threshold = self._options.get(CONF_BELOW)
        if threshold is None:
            threshold = news.settings.get(CONF_BALANCE_LOW)
        if threshold is None:
            return None
        low, before = Decimal(str(threshold)), news.read.before
        if news.read.reading.amount >= low or (before and before.amount < low):
            return None
        days_left = news.outlook.days_left
        return {
            "threshold": float(threshold),
            "days_left": None if days_left is None else int(days_left),
        }

    @override
    def _words(self, news: ReadingNews) -> str:
        return f"Low balance of {news.data['sim']}"


class BalanceDroppedTrigger(_SimTrigger[ReadingNews]):
    """Starts when a balance fell by more than the SMS that were sent explain."""

    schema = schema_with({vol.Optional(CONF_MORE_THAN, default=0.0): as_money})
    _signal = SIGNAL_BALANCE_TOLD

    @override
    def _own_data(self, news: ReadingNews) -> dict[str, Any] | None:
        drop = news.read.drop
        if drop is None or drop.unexplained <= Decimal(
            str(self._options[CONF_MORE_THAN])
        ):
            return None
        return {"dropped": float(drop.amount), "unexplained": float(drop.unexplained)}

    @override
    def _words(self, news: ReadingNews) -> str:
        return f"Unexplained drop of the balance of {news.data['sim']}"


class ExpiryNearTrigger(_SimTrigger[ExpiryNews]):
    """Starts once for each end of validity, when so many days are left."""

    schema = schema_with(
        {
            vol.Optional(CONF_DAYS): vol.All(
                vol.Coerce(int), vol.Range(min=0, max=_LONGEST)
            )
        }
    )
    _signal = SIGNAL_EXPIRY_CHECKED

    @override
    def _own_data(self, news: ExpiryNews) -> dict[str, Any] | None:
        limit = self._options.get(
            CONF_DAYS, news.settings.get(CONF_EXPIRY_DAYS, DEFAULT_EXPIRY_DAYS)
        )
        before = news.days_before
        was_far = news.days >= 0 if before is None else before > limit
        return {"days": news.days} if news.days <= limit and was_far else None

    @override
    def _words(self, news: ExpiryNews) -> str:
        return f"{news.data['sim']} is valid until {news.data['valid_until']}"
