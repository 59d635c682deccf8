"""One line that calls our SMS server: where it is, what it pushes, what it is asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import logging
from math import inf
from typing import override

from ..clock import Clock
from ..model import (
    SILENT_SECONDS,
    CannotConnect,
    ChannelStatus,
    Coding,
    IncomingCall,
    SendReport,
    SmsPart,
    Transport,
)
from ..ports import Listener
from .sms_server import SmsServer, UdpClient, UdpLogin
from .udp_calls import Calls
from .udp_deliveries import Deliveries
from .udp_exchange import Exchange
from .udp_packets import Address, Packet, Reply
from .udp_status import keepalive_status

_LOGGER = logging.getLogger(__name__)


class UdpLine(UdpClient):
    """A line as a client of our server. Commands go only to where it has just called from."""

    def __init__(
        self,
        channel: int,
        login: tuple[str, str],
        server: SmsServer,
        clock: Clock,
        on_change: Callable[[], None],
    ) -> None:
        """Prepare for id and password; `on_change` hears that the line has come (back)."""
        self.channel = channel
        self.login = UdpLogin(id=login[0], password=login[1], line=self)
        self.listener: Listener | None = None
        self.heard = -inf
        """When (monotonic) it last called."""
        self.number: str | None = None
        """Its own, if a keepalive told."""
        self.deliveries = Deliveries(clock, self.report)
        self.late_reply: Callable[[Reply], bool] | None = None
        """Takes replies to what is over."""
        self._server = server
        self._clock = clock
        self._on_change = on_change
        self._calls = Calls(channel, clock, self._tell_call, self.tell_status)
        self._place: Address | None = None
        self._left: Address | None = None
        """Where it was before."""
        self._left_at = -inf
        self._is_doubled = False
        self._exchanges: dict[str, Exchange] = {}

    @property
    def is_fresh(self) -> bool:
        """Whether it has called lately, so that its address is known."""
        return self._clock.monotonic() - self.heard <= SILENT_SECONDS

    def forget_place(self) -> None:
        """Count as gone until the next keepalive."""
        self.heard = -inf

    def say(self, words: bytes) -> None:
        """Send a command, or lose it. Raises `CannotConnect` when the line is not fresh."""
        if self._place is None or not self.is_fresh:
            raise CannotConnect(f"Line {self.channel} has not called lately")
        if self._server.trouble is not None:
            raise CannotConnect("The UDP port is not open")
        self._server.send(words, self._place)

    @contextmanager
    def exchange(self, number: str) -> Iterator[Exchange]:
        """Return what hears the replies to one number."""
        exchange = self._exchanges[number] = Exchange(number, self.say, self._clock)
        try:
            yield exchange
        finally:
            del self._exchanges[number]

    @contextmanager
    def command(self) -> Iterator[Exchange]:
        """Return an exchange with a number that is larger than all before."""
        with self.exchange(str(self._server.next_number())) as exchange:
            yield exchange

    @override
    def on_keepalive(self, keepalive: Packet, origin: Address) -> None:
        self._move(origin)
        was_fresh = self.is_fresh
        self.heard = self._clock.monotonic()
        status = keepalive_status(self.channel, keepalive, origin, self._clock.now())
        self.number = status.number
        self.tell_status(status)
        if not was_fresh:
            self._on_change()

    def _move(self, origin: Address) -> None:
        """Take note of where the line is, and tell the log.

        One that comes from where it has just left is most likely two lines.
        """
        left, now = self._place, self._clock.monotonic()
        self._place = origin
        if left is None or left == origin:
            return
        is_back = origin == self._left and now - self._left_at <= SILENT_SECONDS
        self._left, self._left_at = left, now
        told = (self.login.id, *left, *origin)
        if not is_back:
            level = logging.DEBUG if self._is_doubled else logging.INFO
            _LOGGER.log(level, "Line %s has moved from %s:%d to %s:%d", *told)
        elif not self._is_doubled:
            self._is_doubled = True
            _LOGGER.warning(
                "Line %s calls from %s:%d and from %s:%d in turn;"
                " if two lines have this ID, give one of them another",
                *told,
            )

    @override
    def on_packet(self, packet: Packet, origin: Address) -> None:
        def acknowledge() -> None:
            words = f"{packet.verb} {packet.number} OK\n"
            self._server.send(words.encode(), origin)

        match packet.kind:
            case "RECEIVE":
                self._take_message(packet, acknowledge)
            case "DELIVER":
                self.deliveries.deliver(packet, acknowledge)
            case _:
                acknowledge()
                self._calls.take(packet)

    @override
    def on_reply(self, reply: Reply) -> bool:
        if (exchange := self._exchanges.get(reply.number)) is not None:
            exchange.put(reply)
            return True
        return self.late_reply is not None and self.late_reply(reply)

    @override
    def on_trouble(self) -> None:
        self._on_change()

    def report(self, report: SendReport) -> None:
        """Tell the listener what became of a message."""
        if self.listener is not None:
            self.listener.on_report(report)

    def tell_status(self, status: ChannelStatus) -> None:
        """Tell the listener what the line says of itself."""
        if self.listener is not None:
            self.listener.on_status(status)

    def _tell_call(self, call: IncomingCall) -> None:
        if self.listener is not None:
            self.listener.on_call(call)

    def _take_message(self, packet: Packet, acknowledge: Callable[[], None]) -> None:
        """Hand on a message; one that is not acknowledged comes again (Q13).

        Each time it is handed on anew: who keeps messages knows what was kept (D10).
        """
        if self.listener is None:
            return
        part = SmsPart(
            channel=self.channel,
            sender=packet.fields.get("srcnum", ""),
            payload=packet.text,
            coding=Coding.UTF8,
            transport=Transport.UDP,
            link=self.login.id,
            receive_id=packet.number,
            acknowledge=acknowledge,
        )
        self.listener.on_part(part)
