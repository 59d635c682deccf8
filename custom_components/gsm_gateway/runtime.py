"""One box at work: its links, its SIMs, and who listens to it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
import logging

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigSubentry,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.device_registry import EventDeviceRegistryUpdatedData
from homeassistant.helpers.event import async_track_device_registry_updated_event
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from . import brands
from .announce import announce
from .announce_call import async_take_call
from .balances import Balances
from .card_watch import CardWatch
from .connection import Connection
from .const import CONF_CHANNEL, SUBENTRY_SIM
from .coordinator import StatusCoordinator
from .devices import async_device, async_register_devices
from .gap_log import async_log_gap
from .gateways.model import (
    ChannelStatus,
    GatewayError,
    IncomingCall,
    SendReport,
    SmsPart,
)
from .messaging.catchup import CatchUp
from .messaging.inbox import Inbox
from .messaging.line import Line
from .messaging.messages import ReceivedMessage, SendPolicy
from .messenger import MESSENGER, STOP_SECONDS, Receiving
from .sim_settings import apply_sim_settings
from .sim_upkeep import SimUpkeep
from .tasks import OwnedTasks

_LOGGER = logging.getLogger(__name__)

type GsmGatewayConfigEntry = ConfigEntry[GatewayRuntime]


class GatewayRuntime:
    """One box at work, and who listens to it: `entry.runtime_data`."""

    def __init__(self, hass: HomeAssistant, entry: GsmGatewayConfigEntry) -> None:
        """Put the parts together; no link is up before `async_start`."""
        self.hass = hass
        self.entry = entry
        self.messenger = hass.data[MESSENGER]
        clock = self.messenger.clock
        self._channels = _channels(entry)
        self._facts = brands.connection_facts(entry.data)
        self.gateway = brands.compose(hass, entry.data, sorted(self._channels), clock)
        self.connection = Connection(hass, entry, clock)
        self.status = StatusCoordinator(
            hass, entry, self.gateway, self.connection, clock
        )
        """Its listeners hear of the connection and of changed settings as well."""
        self.lines: dict[str, Line] = {}
        """By the subentry id of the SIM, which is the line's id as well."""
        store = self.messenger.store
        self.balances = Balances(hass, entry, self.lines, self.gateway, clock, store)
        self.upkeep = SimUpkeep(self, self.lines)
        self.inbox: Inbox
        """There from `async_load` on."""
        self._catchup: CatchUp
        self.cards = CardWatch(self)
        self._held = self._held_back = False
        self._tasks = OwnedTasks(entry.title, clock)
        self._told = self.status.data
        self._untrack_devices: CALLBACK_TYPE | None = None
        entry.async_on_unload(self.status.async_add_listener(self._status_changed))

    async def async_load(self) -> None:
        """Read what the log has of this box, unless the entry's last run has left it."""
        entry_id, known = self.entry.entry_id, self.messenger.receiving
        if entry_id in known:
            known[entry_id].inbox.reopen(self._announce)
            known[entry_id].catchup.use(self.gateway)
        else:
            messenger, clock = self.messenger, self.messenger.clock
            inbox = Inbox(entry_id, clock, ulid_now, self._announce, messenger.store)
            zone = dt_util.get_default_time_zone()
            catchup = CatchUp(self.gateway, inbox, clock, zone)
            await inbox.load()
            await catchup.load()
            known[entry_id] = Receiving(inbox=inbox, catchup=catchup)
        self.inbox, self._catchup = known[entry_id].inbox, known[entry_id].catchup
        await self.balances.async_load()
        await self.connection.async_load()

    @callback
    def async_start(self) -> None:
        """Bring up the link, and announce messages once Home Assistant has started."""
        self.messenger.running.add(self)
        flows = self.hass.config_entries.flow
        self.entry.async_on_unload(flows.async_subscribe_flow(self._flow_changed))
        self.entry.async_on_unload(async_at_started(self.hass, self._started))
        self.entry.async_on_unload(self.cards.async_leave)
        self.balances.async_start()
        self.upkeep.async_start()
        self._tasks.run("inbox", self.inbox.run)
        self._tasks.run("catch-up", self._catchup.run)
        self._tasks.run("balance", self.balances.run)
        self._tasks.run("upkeep", self.upkeep.run)
        if self.gateway.status_pushes:
            self._tasks.run("pulse", self.status.pulses.run)
        self.messenger.outbox.recall(self.entry.entry_id)
        self._run_link()

    async def async_stop(self) -> None:
        """Take leave of the box; what its SIMs have to send waits for its return."""
        self.messenger.running.discard(self)
        self.inbox.close()
        for line in self.lines.values():
            line.break_off_ussd()
        self.balances.async_stop()
        if self._untrack_devices:
            self._untrack_devices()
            self._untrack_devices = None
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._tasks.stop()
        except TimeoutError:
            _LOGGER.debug("%s was left without a goodbye", self.entry.title)
        self.connection.leave()
        for line in self.lines.values():
            line.connected = False

    async def async_entry_changed(self) -> None:
        """Apply what changed; only another address or login drops the link."""
        if self._held:
            self._held_back = True
        elif self.needs_reload:
            await self.hass.config_entries.async_reload(self.entry.entry_id)
        else:
            self.async_apply_settings()

    @contextmanager
    def as_one_change(self) -> Iterator[None]:
        """Let several changes of the entry be applied as one, if there are any."""
        if self._held:
            yield
            return
        self._held, self._held_back = True, False
        try:
            yield
        finally:
            self._held = False
            if self._held_back:
                name = f"{self.entry.title} changes"
                self.hass.async_create_task(self.async_entry_changed(), name)

    @property
    def needs_reload(self) -> bool:
        """Tell whether the link is made of other facts, or reaches too few ports."""
        if brands.connection_facts(self.entry.data) != self._facts:
            return True
        new = _channels(self.entry) - self._channels
        served = map(self.gateway.sender.serves, new)
        return bool(new) and not (self._channels and all(served))

    @callback
    def async_apply_settings(self) -> None:
        """Take over the entry's SIMs and contacts as they are now; the link stays up."""
        self.cards.async_remember_ports()
        async_register_devices(self.hass, self.entry, self.status.data)
        self._channels |= _channels(self.entry)
        sims = self.entry.get_subentries_of_type(SUBENTRY_SIM)
        for line_id in self.lines.keys() - {sim.subentry_id for sim in sims}:
            del self.lines[line_id]
            self.messenger.router.remove(line_id)
        for sim in sims:
            if (line := self.lines.get(sim.subentry_id)) is None:
                line = self.lines[sim.subentry_id] = self._new_line(sim)
            apply_sim_settings(line, sim.data)
        self._track_devices()
        self.balances.async_apply_settings()
        self.upkeep.async_wake()
        self.cards.async_ask()
        self.status.async_update_listeners()

    def _new_line(self, sim: ConfigSubentry) -> Line:
        line = Line(
            line_id=sim.subentry_id,
            box_id=self.entry.entry_id,
            channel=sim.data[CONF_CHANNEL],
            gateway=self.gateway,
            clock=self.messenger.clock,
            policy=SendPolicy.NEVER,
        )
        line.connected = self.connection.connected
        line.roaming = True  # perhaps: the box has not told yet
        self.messenger.router.add(line)
        return line

    def on_part(self, part: SmsPart) -> None:
        """Take over an incoming part."""
        self.inbox.take(part)

    def on_report(self, report: SendReport) -> None:
        """Hear what became of an outgoing message."""
        self.messenger.outbox.on_report(self.entry.entry_id, report)

    def on_call(self, call: IncomingCall) -> None:
        """Hear of a voice call that rings."""
        clock = self.messenger.clock
        async_take_call(self.hass, self.entry, self.gateway, clock, call)

    def on_status(self, status: ChannelStatus) -> None:
        """Hear what a channel says of itself."""
        if self in self.messenger.running:
            self.status.async_heard(status)

    def on_connection(self, *, connected: bool, error: GatewayError | None) -> None:
        """Hear that the box is within reach, or why it is not any more."""
        if self not in self.messenger.running:
            return  # the goodbye is no loss
        changed = self.connection.update(connected=connected, error=error)
        if connected:
            self._catchup.wake()  # perhaps one line of several has just come back
        if not changed:
            self.messenger.outbox.wake()
            return
        if connected:
            self._tell_gap()
        for line in self.lines.values():
            line.connected = connected
        self.inbox.on_connection(connected=connected)
        self.status.async_connection_changed()
        if connected:
            self.messenger.outbox.box_connected(self.entry.entry_id)

    @callback
    def _status_changed(self) -> None:
        """Let the lines know what the box tells of their SIMs."""
        for line in self.lines.values():
            channel = self.status.live(line.channel)
            line.registered = channel.registered if channel else None
            if self.status.looked:  # else what was known last
                line.roaming = channel.roaming if channel else None
        box = replace(self.status.data, channels=())
        if box != self._told:
            self._told = box
            async_register_devices(self.hass, self.entry, box)
        self.messenger.outbox.wake()
        self.balances.async_wake()
        self.upkeep.async_wake()
        self.cards.async_look()

    def _tell_gap(self) -> None:
        """Tell of a gap in which messages may have come that the box does not keep for us."""
        if self.gateway.inbox is None and not self.connection.first:
            async_log_gap(self.hass, self.entry, self.connection.gap)
        self.connection.first = False

    @callback
    def _track_devices(self) -> None:
        """Use a SIM only while its device is enabled, and hear when that changes."""
        if self._untrack_devices:
            self._untrack_devices()
        devices = (
            async_device(self.hass, self.entry, line_id) for line_id in self.lines
        )
        self._untrack_devices = async_track_device_registry_updated_event(
            self.hass,
            [device.id for device in devices if device],
            self._device_changed,
        )
        self._device_changed()

    @callback
    def _device_changed(
        self, _event: Event[EventDeviceRegistryUpdatedData] | None = None
    ) -> None:
        for line in self.lines.values():
            device = async_device(self.hass, self.entry, line.line_id)
            line.enabled = device is not None and not device.disabled
        self.messenger.outbox.wake()
        self.balances.async_wake()
        self.upkeep.async_wake()

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        self.inbox.open()

    @callback
    def _flow_changed(self, change: str, _flow_id: str) -> None:
        """Try the box again when the user has dealt with refused credentials."""
        if (
            change == "removed"
            and self.connection.refused
            and not self._is_user_asked()
            and not self.needs_reload
        ):
            self._run_link()

    def _is_user_asked(self) -> bool:
        asking = {SOURCE_REAUTH, SOURCE_RECONFIGURE}
        return any(self.entry.async_get_active_flows(self.hass, asking))

    def _run_link(self) -> None:
        self._tasks.run("link", self._link)

    async def _link(self) -> None:
        """Listen to the box; a link that crashes is a lost one."""
        try:
            await self.gateway.receiver.run(self)
        except Exception:
            error = GatewayError("the link has crashed")
            self.on_connection(connected=False, error=error)
            raise

    def _announce(self, message: ReceivedMessage) -> None:
        self.messenger.note_received(message)
        announce(self.hass, self.entry, message)
        self.balances.async_hear(message)


def _channels(entry: ConfigEntry) -> frozenset[int]:
    sims = entry.get_subentries_of_type(SUBENTRY_SIM)
    return frozenset(sim.data[CONF_CHANNEL] for sim in sims)
