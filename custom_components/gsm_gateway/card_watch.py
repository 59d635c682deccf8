"""Which cards a box tells of: other ones, ones that moved, and SIMs that come to a port later."""

from types import MappingProxyType
from typing import TYPE_CHECKING

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import callback

from . import troubles
from .card_change import async_follow, async_update
from .cards import Card, OtherCard, card_told, other_card
from .const import CONF_CHANNEL, CONF_KNOWN_PORTS, DOMAIN, SUBENTRY_SIM
from .devices import device_name, sim_on_channel
from .gateways.model import ChannelStatus
from .reasons import text
from .sims import has_sim, sim_data, sim_title, sim_unique_id

if TYPE_CHECKING:
    from .runtime import GatewayRuntime


class CardWatch:
    """Looks after the cards of one box.

    What a box does not tell is never taken for another card; what it tells
    decides nothing for good before the user has said what it means.
    """

    def __init__(self, runtime: GatewayRuntime) -> None:
        """Watch nothing yet."""
        self._runtime = runtime
        self._hass = runtime.hass
        self._entry = runtime.entry

    @property
    def _sims(self) -> list[ConfigSubentry]:
        return self._entry.get_subentries_of_type(SUBENTRY_SIM)

    @callback
    def async_remember_ports(self) -> None:
        """Remember which ports had a SIM of ours: one that is removed stays so."""
        before = self._entry.options.get(CONF_KNOWN_PORTS, [])
        ports = sorted({*before, *(sim.data[CONF_CHANNEL] for sim in self._sims)})
        self._hass.config_entries.async_update_entry(
            self._entry, options={**self._entry.options, CONF_KNOWN_PORTS: ports}
        )

    @callback
    def async_ask(self) -> None:
        """Ask the user about the other cards that were found, as a repair for each port."""
        asked = {
            sim.data[CONF_CHANNEL]: device_name(
                self._hass, self._entry, sim.subentry_id
            )
            for sim in self._sims
            if other_card(sim.data) is not None
        }
        troubles.async_other_cards(self._hass, self._entry, asked)

    @callback
    def async_leave(self) -> None:
        """Ask nothing while the box is not set up; after the end nothing is written."""
        if self._hass.is_running:
            troubles.async_other_cards(self._hass, self._entry, {})

    @callback
    def async_look(self) -> None:
        """Compare the cards that the box tells of with those that its SIMs had."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return
        channels = self._runtime.status.data.channels
        with self._runtime.as_one_change():
            for channel in channels:
                if (sim := sim_on_channel(self._entry, channel.channel)) is not None:
                    self._compare(sim, card_told(channel))
            for channel in channels:
                if sim_on_channel(self._entry, channel.channel) is None:
                    self._look_at_free_port(channel)

    def _compare(self, sim: ConfigSubentry, told: Card) -> None:
        """Find out whether a SIM's own card is in its port; nobody is asked twice."""
        if not told.is_told:
            return
        known, other = Card.of(sim.data), other_card(sim.data)
        same = told.is_same(known)
        if not known.is_told:
            same = self._owner(told) is None  # the first card that is told
        if same:
            card = known.completed_by(told).data
            async_update(self._hass, self._entry, sim, card, other=None)
        elif same is False and not (other and told.is_same(other.card)):
            found = OtherCard(card=told, since=self._runtime.messenger.clock.now())
            async_update(self._hass, self._entry, sim, {}, other=found)
            if line := self._runtime.lines.get(sim.subentry_id):
                line.break_off_ussd()  # the code was meant for the card before

    def _look_at_free_port(self, channel: ChannelStatus) -> None:
        """Add the SIM in a port that has none of ours, or let the one that moved follow."""
        told = card_told(channel)
        if not has_sim(channel):
            return
        if not told.is_told and (self._tells_cards() or not channel.registered):
            return  # perhaps its module has not read the card yet
        if (owner := self._owner(told)) is not None:
            if self._has_left(owner, told):
                self._follow(owner, channel.channel)
        elif channel.channel not in self._entry.options[CONF_KNOWN_PORTS]:
            self._add(channel)

    def _owner(self, card: Card) -> ConfigSubentry | None:
        """Return the SIM of this box whose card it is."""
        return next((s for s in self._sims if card.is_same(Card.of(s.data))), None)

    def _has_left(self, sim: ConfigSubentry, card: Card) -> bool:
        """Tell whether the box says that a card is not in its SIM's port any more."""
        status = self._runtime.status.data.channel(sim.data[CONF_CHANNEL])
        if status is None:
            return False
        return status.sim_present is False or card_told(status).is_same(card) is False

    def _tells_cards(self) -> bool:
        """Tell whether the box ever says which card is in a port."""
        told = map(card_told, self._runtime.status.data.channels)
        known = (Card.of(sim.data) for sim in self._sims)
        return any(card.is_told for card in (*told, *known))

    def _add(self, channel: ChannelStatus) -> None:
        port = channel.channel
        self._hass.config_entries.async_add_subentry(
            self._entry,
            ConfigSubentry(
                data=MappingProxyType(sim_data(channel, {})),
                subentry_type=SUBENTRY_SIM,
                title=sim_title(port),
                unique_id=sim_unique_id(port),
            ),
        )
        self._tell("sim_added", port)

    def _follow(self, sim: ConfigSubentry, port: int) -> None:
        before = sim.data[CONF_CHANNEL]
        async_follow(self._runtime, sim, port)
        self._tell("sim_followed", port, before=str(before))

    def _tell(self, key: str, port: int, **more: str) -> None:
        title = self._entry.title
        message = text(self._hass, key, port=str(port), gateway=title, **more)
        persistent_notification.async_create(
            self._hass,
            message or "",
            title,
            f"{DOMAIN}_{self._entry.entry_id}_{port}",
        )
