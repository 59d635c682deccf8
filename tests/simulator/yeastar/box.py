"""The simulated Yeastar NeoGate TG."""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, override

from ..core import journal as j
from ..core.arrivals import Journey
from ..core.box import Box
from ..core.clock import Clock
from ..core.commands import command
from ..core.connection import About
from ..core.http_commands import HttpCommands
from ..core.journal import Journal
from ..core.line import IncomingSms, Line
from ..core.listener import Listener
from ..core.sim_card import default_card
from .ami_server import AmiServer
from .option_table import checked
from .options import YeastarOptions
from .port import Port
from .sms_receiver import Part, SmsReceiver
from .sms_sender import SmsSender
from .span_status import SpanView
from .ussd_runner import UssdRunner
from .webcgi import WebCgi

DEFAULT_PORTS = 2


@dataclass(frozen=True)
class Address:
    """Where the box listens; port 0 is chosen by the kernel."""

    host: str = "127.0.0.1"
    http_port: int = 0
    ami_port: int = 0


class YeastarBox(HttpCommands, Box):
    """A TG whose `lines` are the ports printed on it; AMI knows them as spans, one higher."""

    brand = "yeastar"
    no_money_error = "no money"
    not_registered_error = "not registered"

    def __init__(
        self,
        options: YeastarOptions | None = None,
        lines: Iterable[Line] | None = None,
        clock: Clock | None = None,
        journal: Journal | None = None,
        name: str = "",
        seconds_per_sms: float = 3.0,
        address: Address | None = None,
    ) -> None:
        """Put a box together; without `lines` it has two ports with a card each."""
        if lines is None:
            lines = [Line(n, default_card(n)) for n in range(1, DEFAULT_PORTS + 1)]
        super().__init__(lines, clock, journal, name, seconds_per_sms)
        self.options = options or YeastarOptions()
        self.random = Random(self.options.seed)
        imei = int(self.options.first_imei)
        self.ports = {
            number: Port(line, str(imei + number - 1))
            for number, line in self.lines.items()
        }
        self.sender = SmsSender(self)
        self.receiver = SmsReceiver(self)
        self.ussd = UssdRunner(self)
        address = address or Address()
        self.ami = AmiServer(self, address.host, address.ami_port)
        self.http = WebCgi(self, address.host, address.http_port).server

    @property
    @override
    def listeners(self) -> dict[str, Listener]:
        """The HTTP and the AMI port."""
        return {"http": self.http.listener, "ami": self.ami.listener}

    @property
    def http_port(self) -> int:
        """The real HTTP port."""
        return self.http.listener.port

    @property
    def ami_port(self) -> int:
        """The real AMI port."""
        return self.ami.listener.port

    @override
    async def start(self) -> None:
        """Power on; every port starts its module and works off its queue."""
        await super().start()
        await self._open_or_close_ami()
        for port in self.ports.values():
            port.ready_at = self.clock.monotonic() + self.options.start_up_seconds
            self.spawn(self.sender.work(port))

    @override
    def forget(self) -> None:
        """Lose queues, message numbers and open menus."""
        self.sender.forget()
        self.receiver.forget()
        for port in self.ports.values():
            port.restart(self.clock.monotonic())

    @override
    async def deliver(self, line: Line, message: IncomingSms) -> None:
        """Tell an incoming SMS; with gaps between its parts the network goes on by itself."""
        parts, gap = self.receiver.plan(message), self.options.part_gap_seconds
        if gap and len(parts) > 1:
            steps = [
                (part, gap if number else 0.0) for number, part in enumerate(parts)
            ]
            self.arrivals.begin(Journey(line, message, steps))
            return
        for part in parts:
            self.receiver.tell_part(self.ports[line.number], message, part)

    @override
    async def deliver_part(self, line: Line, message: IncomingSms, part: int) -> None:
        """Tell one part of a long SMS."""
        self.receiver.tell_part(self.ports[line.number], message, part)

    @override
    def deliveries(self) -> list[About]:
        """Return the events that are not written to their end."""
        return self.ami.waiting()

    @override
    def forget_faults(self) -> int:
        """Forget the faults of the web pages."""
        return self.forget_web_faults()

    async def _open_or_close_ami(self) -> None:
        """Refuse connections while the API is switched off, or the box has no power."""
        if self.options.api_enabled and self.powered:
            await self.ami.listener.open()
        else:
            await self.ami.listener.close()

    async def run_on[ResultT](self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Run work that the box ends even if who waits for it leaves."""
        return await asyncio.shield(self.spawn(work))

    def view(self, port: Port) -> SpanView:
        """Return what the status pages tell of a port now."""
        options = self.options
        return port.view(options.spans, options.unknown_signal, self.clock.monotonic())

    def local_time(self) -> datetime:
        """Return the time of the box's own clock."""
        return self.clock.now() + timedelta(hours=self.options.utc_offset_hours)

    @override
    @command("Switch a port's radio module on or off (the page shows Power off).")
    async def module(self, line: int, state: bool) -> None:
        """Switch the module; switched on, it starts anew."""
        await super().module(line, state)
        if state:
            ready_at = self.clock.monotonic() + self.options.start_up_seconds
            self.ports[line].ready_at = ready_at

    @command("Change one option while the box runs; see --help for names and values.")
    async def set_option(self, name: str, value: str) -> None:
        """Replace one option."""
        self.options = checked(self.options, {name: value})
        await self._open_or_close_ami()
        self.log(j.FAULT, fault="option", option=name)

    @command("Say another State or Network Status for a port; empty: the true one.")
    async def say(self, line: int, state: str = "", network: str = "") -> None:
        """Replace what a module tells; it sends only in READY."""
        self.line(line)
        self.ports[line].told_state = state
        self.ports[line].told_network = network

    @command(
        "One part of an incoming SMS alone: missing, double and mixed parts.",
        aliases={"from": "sender"},
    )
    async def receive_part(
        self,
        line: int,
        sender: str,
        text: str,
        part: int,
        total: int,
        id: str = "",  # noqa: A002
    ) -> int:
        """Tell a single part, counted from 1, with the `id` that the event shall carry."""
        self.require_network(self.line(line))
        self.incoming_count += 1
        message = IncomingSms(self.incoming_count, sender, text, "gsm7")
        self.log(
            j.SMS_INCOMING,
            line,
            id=message.id,
            sender=sender,
            text=text,
            part=part,
            total=total,
        )
        self.receiver.tell(self.ports[line], message, Part(text, part - 1, total), id)
        return message.id

    @override
    def line_state(self, line: Line) -> dict[str, Any]:
        """Return one port as JSON, with its span and the module's state."""
        port = self.ports[line.number]
        now = self.clock.monotonic()
        return super().line_state(line) | {
            "span": port.span,
            "imei": port.imei,
            "state": port.state(now),
            "waiting_sms": port.jobs.qsize(),
        }
