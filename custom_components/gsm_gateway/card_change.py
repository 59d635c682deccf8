"""What becomes of SIMs when their cards change: a new card, or one that moved to another port."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalTypeFormat

from .cards import Card, OtherCard, other_card
from .const import (
    CONF_BALANCE_CODE,
    CONF_BALANCE_PATTERN,
    CONF_BALANCE_SENDER,
    CONF_CARD_SINCE,
    CONF_CHANNEL,
    CONF_COUNTRY,
    CONF_CURRENCY,
    CONF_KNOWN_PORTS,
    CONF_OTHER_CARD,
    DOMAIN,
    SUBENTRY_SIM,
)
from .messaging.moved import exchange_ports
from .sims import sim_title, sim_unique_id

if TYPE_CHECKING:
    from .runtime import GatewayRuntime

# Keyed by entry id.
SIGNAL_CARDS_MOVED: Final[SignalTypeFormat[()]] = SignalTypeFormat(
    f"{DOMAIN}_cards_moved_{{}}"
)
"""The log's messages have followed cards to other ports."""

_OF_THE_CARD: Final = (
    CONF_BALANCE_CODE,
    CONF_BALANCE_PATTERN,
    CONF_BALANCE_SENDER,
    CONF_COUNTRY,
)
"""Settings that another card does not inherit."""
_ALWAYS: Final = datetime.fromtimestamp(0, UTC)


@callback
def async_update(
    hass: HomeAssistant,
    entry: ConfigEntry,
    sim: ConfigSubentry,
    changes: Mapping[str, Any],
    *,
    other: OtherCard | None,
    **about: Any,
) -> None:
    """Change the settings of a SIM; `other` is the card that is in its port instead of its own."""
    data = {k: v for k, v in sim.data.items() if k != CONF_OTHER_CARD}
    data |= changes
    if other is not None:
        data[CONF_OTHER_CARD] = other.data
    hass.config_entries.async_update_subentry(entry, sim, data=data, **about)


def owner_of(
    entry: ConfigEntry, sim: ConfigSubentry, card: Card
) -> ConfigSubentry | None:
    """Return another SIM of the box whose card it is."""
    sims = entry.get_subentries_of_type(SUBENTRY_SIM)
    return next(
        (s for s in sims if s is not sim and card.is_same(Card.of(s.data))), None
    )


@callback
def async_new_card(
    runtime: GatewayRuntime,
    sim: ConfigSubentry,
    found: OtherCard,
    balance: Mapping[str, Any],
) -> None:
    """Let a SIM begin anew with another card: balance and counters are empty.

    `balance` is the code and currency to ask the new card with. A SIM that had
    this card before has none now, and begins anew as well.
    """
    with runtime.as_one_change():
        before = owner_of(runtime.entry, sim, found.card)
        _begin_anew(runtime, sim, found, balance)
        if before is not None:
            gone = OtherCard(card=Card(), since=found.since)
            its = other_card(before.data) or gone
            _begin_anew(runtime, before, its, {CONF_CURRENCY: None})


def _begin_anew(
    runtime: GatewayRuntime,
    sim: ConfigSubentry,
    found: OtherCard,
    balance: Mapping[str, Any],
) -> None:
    kept = {k: v for k, v in sim.data.items() if k not in _OF_THE_CARD}
    since = {CONF_CARD_SINCE: found.since.isoformat()}
    kept.pop(CONF_OTHER_CARD, None)
    runtime.hass.config_entries.async_update_subentry(
        runtime.entry, sim, data={**kept, **found.card.data, **since, **balance}
    )
    runtime.messenger.guard.begin_anew(sim.subentry_id, found.since)
    runtime.balances.async_begin_anew(sim.subentry_id)


@callback
def async_exchange(
    runtime: GatewayRuntime, sim: ConfigSubentry, owner: ConfigSubentry
) -> None:
    """Let two SIMs exchange their ports: the card in the port of `sim` is the other's."""
    found = other_card(sim.data)
    if found is None:
        return
    replaced = other_card(owner.data)
    here, there = sim.data[CONF_CHANNEL], owner.data[CONF_CHANNEL]
    with runtime.as_one_change():
        runtime.hass.config_entries.async_update_subentry(
            runtime.entry, sim, unique_id=None
        )
        _move(runtime, owner, here, found)
        _move(runtime, sim, there, replaced)
    until = {here: found.since, there: (replaced or found).since}
    _move_history(runtime, until)


@callback
def async_follow(runtime: GatewayRuntime, sim: ConfigSubentry, port: int) -> None:
    """Let a SIM follow its card to a port that has no SIM."""
    entry, before = runtime.entry, sim.data[CONF_CHANNEL]
    _move(runtime, sim, port, None)
    ports = {*entry.options[CONF_KNOWN_PORTS], port} - {before}
    runtime.hass.config_entries.async_update_entry(
        entry, options={**entry.options, CONF_KNOWN_PORTS: sorted(ports)}
    )
    _move_history(runtime, {before: runtime.messenger.clock.now(), port: _ALWAYS})


def _move(
    runtime: GatewayRuntime,
    sim: ConfigSubentry,
    port: int,
    found: OtherCard | None,
) -> None:
    """Put a SIM to a port; `found` is the card that was found there."""
    usual = sim.title == sim_title(sim.data[CONF_CHANNEL])
    is_own = found is not None and found.card.is_same(Card.of(sim.data))
    async_update(
        runtime.hass,
        runtime.entry,
        sim,
        {CONF_CHANNEL: port},
        other=None if is_own else found,
        unique_id=sim_unique_id(port),
        title=sim_title(port) if usual else sim.title,
    )


def _move_history(runtime: GatewayRuntime, until: Mapping[int, datetime]) -> None:
    """Let what was received follow the cards."""
    entry_id = runtime.entry.entry_id
    exchange_ports(runtime.messenger.store, entry_id, until)
    runtime.messenger.forget_origins(entry_id)
    async_dispatcher_send(runtime.hass, SIGNAL_CARDS_MOVED.format(entry_id))
