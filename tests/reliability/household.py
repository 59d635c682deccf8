"""What `runtime.py` puts together, without Home Assistant: boxes, inboxes, one outbox."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from math import inf
from pathlib import Path
from typing import Any
from uuid import uuid7

import aiohttp

from custom_components.gsm_gateway.gateways import goip, yeastar
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.model import (
    ChannelStatus,
    GatewayError,
    GatewayStatus,
    IncomingCall,
    SendReport,
    SmsPart,
)
from custom_components.gsm_gateway.gateways.ports import Gateway
from custom_components.gsm_gateway.messaging.catchup import CatchUp
from custom_components.gsm_gateway.messaging.guard import Card, Guard
from custom_components.gsm_gateway.messaging.inbox import Inbox
from custom_components.gsm_gateway.messaging.line import Line
from custom_components.gsm_gateway.messaging.messages import (
    OutgoingMessage,
    ReceivedMessage,
    SendPolicy,
    State,
)
from custom_components.gsm_gateway.messaging.outbox import Outbox
from custom_components.gsm_gateway.messaging.router import Router
from custom_components.gsm_gateway.messaging.store import Store, Trouble

from .report import Reporter

STATUS_SECONDS = 60.0
STOP_SECONDS = 2.0
SEND_GRACE = 0.4


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """How to reach one simulated box."""

    name: str
    http: int
    smpp: int | None = None
    ami: int | None = None
    udp: int | None = None
    """Where its lines call us."""
    lines: int

    def compose(self, session: aiohttp.ClientSession, clock: Clock) -> Gateway:
        """Return the real driver for all its lines."""
        channels = range(1, self.lines + 1)
        if self.ami is not None:
            tg = yeastar.YeastarSettings(
                host="127.0.0.1",
                http_port=self.http,
                ami_port=self.ami,
                username="apiuser",
                password="apipass",
            )
            return yeastar.compose(session, tg, channels=channels, clock=clock)
        smpp = self.smpp and goip.SmppSettings(
            port=self.smpp, system_id="goip", password="goip"
        )
        ids = {channel: f"{self.name}-{channel}" for channel in channels}
        udp = self.udp and goip.UdpSettings(port=self.udp, password="goip", ids=ids)
        box = goip.GoipSettings(
            host="127.0.0.1",
            http_port=self.http,
            username="admin",
            password="admin",
            smpp=smpp or None,
            udp=udp or None,
        )
        server = self.udp and goip.SmsServer(self.udp, clock, host="127.0.0.1")
        return goip.compose(
            session, box, channels=channels, clock=clock, server=server or None
        )


class BoxSide:
    """One box at work, as `GatewayRuntime` has it."""

    def __init__(
        self,
        address: Address,
        gateway: Gateway,
        home: Household,
    ) -> None:
        """Put the parts together; nothing runs before `start`."""
        self.box_id = address.name
        self.gateway = gateway
        self._home = home
        self._connected = False
        self._status_every = inf if gateway.status_pushes else STATUS_SECONDS
        self._looked = asyncio.Event()
        self.inbox = Inbox(self.box_id, home.clock, new_id, home.announce, home.store)
        self.catchup = CatchUp(gateway, self.inbox, home.clock, UTC)
        self.lines = [
            Line(
                line_id=f"{self.box_id}-{channel}",
                box_id=self.box_id,
                channel=channel,
                gateway=gateway,
                clock=home.clock,
                policy=SendPolicy.ALWAYS,
            )
            for channel in range(1, address.lines + 1)
        ]

    async def load(self) -> None:
        """Take up what the last run has left."""
        await self.inbox.load()
        await self.catchup.load()

    def runs(self) -> Mapping[str, Callable[[], Any]]:
        """Return what must run as tasks."""
        return {
            "inbox": self.inbox.run,
            "catch-up": self.catchup.run,
            "status": self._status,
            "link": lambda: self.gateway.receiver.run(self),
        }

    def on_part(self, part: SmsPart) -> None:
        """Take over an incoming part."""
        self.inbox.take(part)

    def on_report(self, report: SendReport) -> None:
        """Hear what became of an outgoing message."""
        self._home.outbox.on_report(self.box_id, report)

    def on_call(self, call: IncomingCall) -> None:
        """Hear of a voice call that rings."""

    def on_status(self, status: ChannelStatus) -> None:
        """Hear what a channel says of itself."""
        for line in self.lines:
            if line.channel == status.channel and status.registered is not None:
                line.registered = status.registered
        self._home.outbox.wake()

    def on_connection(self, *, connected: bool, error: GatewayError | None) -> None:
        """Hear that the box is within reach, or why it is not any more."""
        changed = connected is not self._connected
        self._connected = connected
        if connected:
            self.catchup.wake()
        if not changed:
            self._home.outbox.wake()
            return
        self._home.reporter.tell("link", box=self.box_id, up=connected)
        for line in self.lines:
            line.connected = connected
        self.inbox.on_connection(connected=connected)
        self._take_status(GatewayStatus())
        if connected:
            self._looked.set()
            self._home.outbox.box_connected(self.box_id)

    async def _status(self) -> None:
        """Read the box's state now and then, or once after each connect."""
        while True:
            self._looked.clear()
            with suppress(TimeoutError):
                async with self._home.clock.timeout(self._status_every):
                    await self._looked.wait()
            if not self._connected:
                continue
            try:
                status = await self.gateway.status.read_status()
            except GatewayError:
                status = GatewayStatus()
            self._take_status(status)

    def _take_status(self, status: GatewayStatus) -> None:
        for line in self.lines:
            channel = status.channel(line.channel)
            line.registered = channel.registered if channel else None
            line.roaming = channel.roaming if channel else None
        self._home.outbox.wake()


class Household:
    """All boxes and what they share, as `Messenger` has it."""

    def __init__(self, path: Path, clock: Clock, reporter: Reporter) -> None:
        """Name the file of the message log."""
        self.clock = clock
        self.reporter = reporter
        self.store = Store(path, clock, self._on_trouble)
        self.router = Router()
        self.guard = Guard(clock, UTC, self.store, lambda *_: None)
        self.outbox = Outbox(
            clock, self.router, new_id, self.store, self.guard, self._on_change
        )
        self.boxes: list[BoxSide] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(
        self, session: aiohttp.ClientSession, addresses: list[Address]
    ) -> None:
        """Load everything, then bring up the links; nothing is announced yet."""
        opening = await self.store.open()
        for address in addresses:
            gateway = address.compose(session, self.clock)
            box = BoxSide(address, gateway, self)
            self.boxes.append(box)
            for line in box.lines:
                self.router.add(line)
        await self.guard.load(
            Card(
                line_id=line.line_id,
                box_id=line.box_id,
                channel=line.channel,
                country=None,
            )
            for line in self.router
        )
        self.outbox.hold_news()
        await self.outbox.load(opening)
        for box in self.boxes:
            await box.load()
        for box in self.boxes:
            self.outbox.recall(box.box_id)
            for name, work in box.runs().items():
                task = asyncio.create_task(work(), name=f"{box.box_id} {name}")
                task.add_done_callback(self._ended)
                self._tasks.append(task)

    def open(self) -> None:
        """Announce from now on: Home Assistant has started."""
        self.outbox.tell_news()
        for box in self.boxes:
            box.inbox.open()

    async def stop(self) -> None:
        """Finish what is on the air, take leave, close the file."""
        for box in self.boxes:
            box.inbox.close()
        with suppress(TimeoutError):
            async with self.clock.timeout(STOP_SECONDS):
                await self.outbox.close(SEND_GRACE)
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
        for box in self.boxes:
            box.inbox.on_store_back()
        await asyncio.wait([self.outbox.on_store_back()], timeout=STOP_SECONDS)
        await self.store.close()

    def announce(self, message: ReceivedMessage) -> None:
        """Fire the event."""
        if not message.redelivered:
            self.guard.note_received(message.sender, None)
        self.reporter.tell(
            "received",
            id=message.message_id,
            box=message.box_id,
            line=message.channel,
            sender=message.sender,
            text=message.text,
            sort=str(message.kind),
            complete=message.complete,
            late=message.late,
            redelivered=message.redelivered,
            stored=message.stored,
        )

    def _on_change(self, message: OutgoingMessage, previous: State | None) -> None:
        self.reporter.tell(
            "status",
            id=message.message_id,
            to=message.to,
            text=message.text,
            state=str(message.state),
            previous=str(previous) if previous else None,
            reason=message.reason,
            code=message.code,
            attempt=message.attempt,
            sim=message.line_id,
            expires=message.expires_at.timestamp(),
        )

    def _on_trouble(self, trouble: Trouble, detail: str) -> None:
        self.reporter.tell("trouble", trouble=str(trouble), detail=detail)
        if trouble is not Trouble.FULL:
            self.guard.on_store_back()
            self.outbox.on_store_back(anew=trouble is Trouble.DAMAGED)
            for box in self.boxes:
                box.inbox.on_store_back()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.reporter.tell("crash", task=task.get_name(), error=repr(error))


def new_id() -> str:
    """Return an id that sorts by time."""
    return str(uuid7())


def addresses_of(ready: Mapping[str, Mapping[str, Any]], lines: int) -> list[Address]:
    """Return what the simulators' ready line tells."""
    return [
        Address(
            name=name,
            http=ports["http"],
            smpp=ports.get("smpp"),
            ami=ports.get("ami"),
            udp=ports.get("udp"),
            lines=lines,
        )
        for name, ports in ready.items()
    ]
