"""What all boxes share: the message log, the queue of outgoing messages, the guard."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

from homeassistant.const import (
    EVENT_CORE_CONFIG_UPDATE,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
)
from homeassistant.core import Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ulid import ulid_now

from . import troubles
from .balance_store import BalanceStore
from .cards import card_since, present_imsi
from .const import (
    CONF_CHANNEL,
    CONF_KEEP_DAYS,
    DEFAULT_KEEP_DAYS,
    DOMAIN,
    SUBENTRY_SIM,
)
from .devices import sim_on_channel
from .gateways.clock import Clock
from .messaging import history, retention
from .messaging.catchup import CatchUp
from .messaging.countries import Country
from .messaging.guard import Card, Guard
from .messaging.guard_refusals import Stop
from .messaging.inbox import Inbox
from .messaging.messages import OutgoingMessage, Reason, ReceivedMessage, State
from .messaging.numbers import country_of
from .messaging.outbox import Outbox
from .messaging.router import Router
from .messaging.store import Store, StoreUnavailable, Trouble
from .report import report
from .tasks import OwnedTasks

if TYPE_CHECKING:
    from .runtime import GatewayRuntime

_LOGGER = logging.getLogger(__name__)

STORE_FILE: Final = f"{DOMAIN}.db"
STOP_SECONDS: Final = 2.0
"""All boxes together."""
SEND_GRACE: Final = 0.4
"""Seconds of them for what is being sent."""
REMEMBERED: Final = 1000
PRUNE_EVERY: Final = 24 * 3600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Receiving:
    """What of a box outlives a reload: unfinished messages, and what its page has shown."""

    inbox: Inbox
    catchup: CatchUp


class Messenger:
    """One in each Home Assistant, at `hass.data[MESSENGER]`."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Put the parts together; nothing is read before `async_open`."""
        self._hass = hass
        self.clock = Clock()
        path = Path(hass.config.path(STORE_FILE))
        self.store = Store(path, self.clock, self._on_trouble)
        zone = dt_util.get_default_time_zone()
        self.guard = Guard(self.clock, zone, self.store, self._on_stop)
        self.router = Router()
        self.outbox = Outbox(
            self.clock, self.router, ulid_now, self.store, self.guard, self._on_change
        )
        self.running: set[GatewayRuntime] = set()
        self.receiving: dict[str, Receiving] = {}
        """By entry id, until the entry is removed or disabled."""
        self._latest: dict[str, history.Origin] = {}
        """Those of the last messages, which may not be on disk."""
        self._copied = False
        """Whether the mark of a backup could not be taken away."""
        self._tasks = OwnedTasks("GSM Gateway", self.clock)

    async def async_open(self) -> None:
        """Read the log; everything ends when Home Assistant stops."""
        self._hass.async_add_shutdown_job(HassJob(self._async_stop, "gsm_gateway stop"))
        self._hass.bus.async_listen_once(
            EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_close
        )
        self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._config_changed)
        opening = await self.store.open()
        await self.guard.load(self._cards())
        self.outbox.hold_news()  # before the start, no automation hears them
        await self.outbox.load(opening)
        for stop in self.guard.stops():
            troubles.async_stopped(self._hass, stop)
        self.async_tell_restored()
        self._tasks.run("retention", self._prune)
        async_at_started(self._hass, self._started)

    @callback
    def _config_changed(self, _event: Event) -> None:
        self.guard.zone = dt_util.get_default_time_zone()

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        self.outbox.tell_news()

    def _cards(self) -> Iterator[Card]:
        """Give the SIMs of all boxes, as their settings are now."""
        for entry in self._hass.config_entries.async_entries(DOMAIN):
            for sim in entry.get_subentries_of_type(SUBENTRY_SIM):
                yield Card(
                    line_id=sim.subentry_id,
                    box_id=entry.entry_id,
                    channel=sim.data[CONF_CHANNEL],
                    country=country_of(present_imsi(sim.data)),
                    since=card_since(sim.data),
                )

    @callback
    def note_received(self, message: ReceivedMessage) -> None:
        """Hear of a message that is announced now: it can be answered."""
        if not message.redelivered:
            self.guard.note_received(message.sender, self._country(message))
        self._latest[message.message_id] = history.Origin(
            box_id=message.box_id, channel=message.channel, sender=message.sender
        )
        if len(self._latest) > REMEMBERED:
            del self._latest[next(iter(self._latest))]

    def _country(self, message: ReceivedMessage) -> Country | None:
        entry = self._hass.config_entries.async_get_entry(message.box_id)
        sim = sim_on_channel(entry, message.channel) if entry else None
        return country_of(present_imsi(sim.data)) if sim else None

    async def async_forget(self, box_id: str) -> None:
        """Forget the messages of a box that was removed."""
        self.outbox.forget(box_id)
        try:
            await retention.forget_box(self.store, box_id)
            await BalanceStore(self.store, box_id).async_remove()
        except StoreUnavailable as error:
            _LOGGER.warning("Messages of a removed gateway are still kept: %s", error)

    @callback
    def forget_origins(self, box_id: str) -> None:
        """Look up in the log where messages of a box came from: its cards changed places."""
        self._latest = {
            message_id: origin
            for message_id, origin in self._latest.items()
            if origin.box_id != box_id
        }

    async def async_origin(self, message_id: str) -> history.Origin | None:
        """Return where a received message came from, if anybody knows."""
        if (known := self._latest.get(message_id)) is not None:
            return known
        try:
            return await history.origin(self.store, message_id)
        except StoreUnavailable:
            return None

    async def async_begin_copy(self) -> None:
        """Let a backup copy the log. Raises `StoreUnavailable`."""
        await self.store.begin_copy()

    async def async_end_copy(self) -> None:
        """Hear that the backup has copied it. Raises `StoreUnavailable`."""
        self._copied = True
        await self.store.end_copy()
        self._copied = False

    @callback
    def async_tell_restored(self) -> None:
        """Ask the user about messages that waited when the backup was made, if there are any."""
        troubles.async_restored(self._hass, self.outbox.restored)

    async def _async_stop(self) -> None:
        """Finish what is on the air, then say goodbye to all boxes."""
        for runtime in self.running:
            runtime.inbox.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.outbox.close(SEND_GRACE)
                await asyncio.gather(*(box.async_stop() for box in set(self.running)))
        except TimeoutError:
            _LOGGER.debug("Not every box took leave in time")
        await self._tasks.stop()

    async def _async_close(self, _event: Event) -> None:
        """Write once more what a full disk has refused, and close the log."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._async_write_again(anew=False)
        await self.store.close()

    async def _prune(self) -> None:
        """Forget old messages once a day."""
        while True:
            entries = self._hass.config_entries.async_entries(DOMAIN)
            days = max(
                (e.options.get(CONF_KEEP_DAYS, DEFAULT_KEEP_DAYS) for e in entries),
                default=DEFAULT_KEEP_DAYS,
            )
            try:
                await retention.prune(self.store, self.clock.now(), days)
            except StoreUnavailable as error:
                _LOGGER.debug("Old messages could not be removed: %s", error)
            await self.clock.sleep(PRUNE_EVERY)

    @callback
    def _on_trouble(self, trouble: Trouble, detail: str) -> None:
        """Hear what became of the log."""
        troubles.async_store(self._hass, trouble, detail)
        if trouble is Trouble.FULL:
            return
        anew = trouble is Trouble.DAMAGED
        work = partial(self._async_write_again, anew=anew)
        self._tasks.run(f"writing after the trouble {trouble}", work)

    async def _async_write_again(self, *, anew: bool) -> None:
        """Write what could not be written, into an empty file all that waits."""
        if self._copied:
            with suppress(StoreUnavailable):
                await self.async_end_copy()
        for runtime in self.running:
            runtime.connection.note()
        self.guard.on_store_back()
        for receiving in self.receiving.values():
            receiving.inbox.on_store_back(anew=anew)
        await asyncio.wait([self.outbox.on_store_back(anew=anew)])

    @callback
    def _on_stop(self, stop: Stop) -> None:
        troubles.async_stopped(self._hass, stop)

    @callback
    def _on_change(self, message: OutgoingMessage, previous: State | None) -> None:
        _LOGGER.debug(
            "Message %s: %s after %s (%s)",
            message.message_id,
            message.state,
            previous or "nothing",
            message.reason or "no reason",
        )
        report(self._hass, message, previous)
        if message.reason_key is Reason.RESTORED:
            self.async_tell_restored()  # found late: the file could not be opened


MESSENGER: HassKey[Messenger] = HassKey(DOMAIN)
