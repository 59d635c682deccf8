"""The server that GoIP lines call: one socket for all boxes, and who is believed (GoIP 2.1)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hmac import compare_digest
import logging
import socket
from typing import Protocol, override

from ..clock import Clock
from .udp_packets import Address, Packet, Refusal, Reply, Unreadable, read
from .udp_strangers import Stranger, StrangerLine, Strangers
from .udp_trial import Trial

__all__ = ["SmsServer", "Stranger", "StrangerLine", "Trial", "UdpClient", "UdpLogin"]

_LOGGER = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
"""Until a port that is taken is tried again."""
KEEPALIVE = "REQ"
_RECEIVE_BUFFER = 1 << 20
"""Bytes; 32 lines may push at once what their SIMs got overnight."""


class UdpClient(Protocol):
    """A line, as the server hands things over to it. No method raises or waits."""

    def on_keepalive(self, keepalive: Packet, origin: Address) -> None:
        """Hear that the line is there, and where. It is answered already."""

    def on_packet(self, packet: Packet, origin: Address) -> None:
        """Take any other packet, and answer it when that is right."""

    def on_reply(self, reply: Reply) -> bool:
        """Take a reply from where the line is; tell whether it was asked for."""

    def on_trouble(self) -> None:
        """Hear that the socket opened, or could not be opened."""


@dataclass(kw_only=True, slots=True, eq=False)
class UdpLogin:
    """A line that may call."""

    id: str
    password: str = field(repr=False)
    only_from: frozenset[str] | None = None
    """Hosts that it may call from; may be changed at any time. None means anywhere."""
    line: UdpClient = field(repr=False)
    warned: bool = field(default=False, repr=False)
    """Whether the log has told of a wrong password."""


class SmsServer:
    """Listens while there is a line registered, or somebody who watches.

    A datagram is believed by its id and password; nothing else is answered. A
    keepalive that passes moves its line to where it came from. A reply to a
    command counts from where a line is, and nowhere else.
    """

    def __init__(self, port: int, clock: Clock, *, host: str = "0.0.0.0") -> None:  # noqa: S104 # boxes call from the network
        """Prepare; the first who registers opens the socket."""
        self.on_trouble: Callable[[OSError | None], None] | None = None
        """Hears why the port cannot be had, and None when it can."""
        self.on_strangers: Callable[[Mapping[str, Stranger]], None] | None = None
        """Hears which unknown addresses call, whenever that changes."""
        self.refused: Counter[str] = Counter()
        """Datagrams without an answer, by reason."""
        self.trouble: OSError | None = None
        """Why the socket is not open, if it should be."""
        self._address = (host, port)
        self._clock = clock
        self._logins: dict[str, UdpLogin] = {}
        self._places: dict[Address, list[UdpLogin]] = {}
        self._place_of: dict[UdpLogin, Address] = {}
        self._trials: list[Trial] = []
        self._strangers = Strangers(clock, self._tell_strangers)
        self._transport: asyncio.DatagramTransport | None = None
        self._listening: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._one_socket = asyncio.Lock()
        self._last_number = 0
        self._has_failed = False

    @property
    def bound_port(self) -> int | None:
        """The port that is open, if one is."""
        if self._transport is None:
            return None
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    @property
    def strangers(self) -> Mapping[str, Stranger]:
        """Unknown private addresses that called in the last ten minutes."""
        self._strangers.forget()
        return self._strangers.present()

    def stranger_password_is(self, address: str, line_id: str, password: str) -> bool:
        """Tell whether this is the password that an unknown line calls with."""
        stranger = self._strangers.present().get(address)
        line = stranger.lines.get(line_id) if stranger else None
        return line is not None and line.password_is(password)

    def register(self, login: UdpLogin) -> None:
        """Let a line call. Raises `ValueError` when its id is taken."""
        if login.id in self._logins:
            raise ValueError(f"the id {login.id} is taken")
        self._logins[login.id] = login
        self._open_or_close()

    def unregister(self, login: UdpLogin) -> None:
        """Forget a line."""
        if self._logins.get(login.id) is login:
            del self._logins[login.id]
            self._move(login, None)
            self._open_or_close()

    @contextmanager
    def watch(
        self, ids: frozenset[str], password: str, on_change: Callable[[], None]
    ) -> Iterator[Trial]:
        """Look who calls while a user sets up a box.

        Keepalives with these ids and this password are answered, whoever else
        calls is noted; all other packets stay without an answer, so that the
        box repeats them. `on_change` hears that there is something new.
        """
        trial = Trial(ids, password, on_change)
        self._trials.append(trial)
        self._open_or_close()
        try:
            yield trial
        finally:
            self._trials.remove(trial)
            self._open_or_close()

    def next_number(self) -> int:
        """Return a number for a command, larger than all before, over restarts too (Q17)."""
        seconds = int(self._clock.now().timestamp())
        self._last_number = max(self._last_number + 1, seconds)
        return self._last_number

    def send(self, data: bytes, address: Address) -> None:
        """Send a datagram, or lose it: the network may do the same."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, address)

    async def aclose(self) -> None:
        """Forget all lines and close the socket."""
        self._logins.clear()
        self._places.clear()
        self._place_of.clear()
        self._trials.clear()
        self._open_or_close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def take(self, data: bytes, origin: Address) -> None:
        """Take one datagram, whatever it holds."""
        try:
            self._sort(data, origin)
        except Unreadable as unreadable:
            self._refuse(unreadable.reason)
        except Exception:  # others are served by this socket as well
            if not self._has_failed:
                _LOGGER.exception("A datagram could not be handed on")
            self._has_failed = True

    def _sort(self, data: bytes, origin: Address) -> None:
        """Hand a datagram to whom it concerns. Raises `Unreadable`."""
        self._strangers.forget()
        message = read(data)
        if isinstance(message, Reply):
            self._take_reply(message, origin)
        elif message.verb == KEEPALIVE:
            self._take_keepalive(message, origin)
        else:
            self._take_packet(message, origin)

    def _take_keepalive(self, keepalive: Packet, origin: Address) -> None:
        login = self._logins.get(keepalive.id)
        refusal = _judge(login, keepalive, origin)
        passed = [
            t.hear(keepalive, origin, known=login is not None) for t in self._trials
        ]
        if refusal is None or any(passed):
            self.send(f"reg:{keepalive.number};status:200;".encode(), origin)
        if login is not None and refusal is None:
            self._move(login, origin)
            self._strangers.drop(origin[0])
            login.line.on_keepalive(keepalive, origin)
        elif not any(passed):
            if login is None and not self._is_home(origin[0]):
                self._strangers.add(keepalive, origin)
            self._refuse(refusal, login)

    def _take_packet(self, packet: Packet, origin: Address) -> None:
        login = self._logins.get(packet.id)
        refusal = _judge(login, packet, origin)
        if login is None or refusal is not None:
            self._refuse(refusal, login)
        else:
            login.line.on_packet(packet, origin)

    def _take_reply(self, reply: Reply, origin: Address) -> None:
        here = self._places.get(origin, ())
        if not any(login.line.on_reply(reply) for login in here):
            self._refuse(Refusal.UNASKED)

    def _refuse(self, reason: Refusal | None, login: UdpLogin | None = None) -> None:
        """Count what gets no answer; the user hears once of a password that is wrong."""
        if reason is None:
            return
        self.refused[reason] += 1
        if reason is Refusal.WRONG_PASSWORD and login is not None and not login.warned:
            login.warned = True
            _LOGGER.warning(
                "A GoIP line calls as %s with another password than the one in the"
                " settings; it gets no answer",
                login.id,
            )

    def _move(self, login: UdpLogin, place: Address | None) -> None:
        """Take note of where a line is."""
        old = self._place_of.pop(login, None)
        if old is not None and old != place:
            self._places[old].remove(login)
            if not self._places[old]:
                del self._places[old]
        if place is not None:
            self._place_of[login] = place
            if old != place:
                self._places.setdefault(place, []).append(login)

    def _is_home(self, host: str) -> bool:
        """Tell whether a line that is known called from a host."""
        return any(place[0] == host for place in self._places)

    def _tell_strangers(self) -> None:
        if self.on_strangers is not None:
            self.on_strangers(self._strangers.present())

    def _tell_trouble(self, trouble: OSError | None) -> None:
        self.trouble = trouble
        if self.on_trouble is not None:
            self.on_trouble(trouble)
        for login in list(self._logins.values()):
            login.line.on_trouble()

    def _open_or_close(self) -> None:
        """Listen if there is anybody to listen for."""
        wanted = bool(self._logins or self._trials)
        if wanted and self._listening is None:
            self._listening = asyncio.create_task(self._listen())
            self._tasks.add(self._listening)
            self._listening.add_done_callback(self._tasks.discard)
        elif not wanted and self._listening is not None:
            self._listening.cancel()
            self._listening = None
            self._strangers.forget_all()
            if self.trouble is not None:
                self._tell_trouble(None)

    async def _listen(self) -> None:
        """Keep the socket open until cancelled; never two at a time."""
        async with self._one_socket:
            while True:
                try:
                    await self._open_once()
                except OSError as error:
                    self._tell_trouble(error)
                await self._clock.sleep(RETRY_SECONDS)

    async def _open_once(self) -> None:
        """Open the socket and use it until it is closed. Raises `OSError`."""
        closed = asyncio.Event()
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Protocol(self.take, closed), local_addr=self._address
        )
        own = transport.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        self._transport = transport
        try:
            self._tell_trouble(None)
            await closed.wait()
        finally:
            self._transport = None
            transport.abort()
            await closed.wait()


def _judge(login: UdpLogin | None, packet: Packet, origin: Address) -> Refusal | None:
    """Return why a packet is not believed, if it is not."""
    if login is None:
        return Refusal.UNKNOWN_ID
    if not compare_digest(packet.password.encode(), login.password.encode()):
        return Refusal.WRONG_PASSWORD
    if login.only_from is not None and origin[0] not in login.only_from:
        return Refusal.WRONG_ADDRESS
    return None


class _Protocol(asyncio.DatagramProtocol):
    """Hands over datagrams; errors of single ones are the network's."""

    def __init__(
        self, take: Callable[[bytes, Address], None], closed: asyncio.Event
    ) -> None:
        self._take = take
        self._closed = closed

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._take(data, addr)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()
