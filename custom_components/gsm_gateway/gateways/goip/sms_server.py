"""The server that GoIP lines call: one socket for all boxes, and who is believed (GoIP 2.1)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hmac import compare_digest
import logging
from typing import Protocol

from ..clock import Clock
from .udp_packets import Address, Packet, Refusal, Reply, Unreadable, read
from .udp_socket import UdpSocket
from .udp_strangers import Stranger, StrangerLine, Strangers
from .udp_trial import Trial

__all__ = ["SmsServer", "Stranger", "StrangerLine", "Trial", "UdpClient", "UdpLogin"]

_LOGGER = logging.getLogger(__name__)

KEEPALIVE = "REQ"


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
        self.port = port
        """The one to type into the box."""
        self.on_trouble: Callable[[OSError | None], None] | None = None
        """Hears why the port cannot be had, and None when it can."""
        self.on_strangers: Callable[[Mapping[str, Stranger]], None] | None = None
        """Hears which unknown addresses call, whenever that changes."""
        self.refused: Counter[str] = Counter()
        """Datagrams without an answer, by reason."""
        self._socket = UdpSocket((host, port), clock, self.take, self._tell_trouble)
        self._clock = clock
        self._logins: dict[str, UdpLogin] = {}
        self._places: dict[Address, list[UdpLogin]] = {}
        self._place_of: dict[UdpLogin, Address] = {}
        self._trials: set[Trial] = set()
        self._strangers = Strangers(clock, self._tell_strangers)
        self._last_number = 0
        self._has_failed = False

    @property
    def bound_port(self) -> int | None:
        """The port that is open, if one is; any free one where 0 was asked for."""
        return self._socket.port

    @property
    def trouble(self) -> OSError | None:
        """Why the port is not open, if it should be."""
        return self._socket.trouble

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
        self._trials.add(trial)
        self._open_or_close()
        try:
            yield trial
        finally:
            self._trials.discard(trial)
            self._open_or_close()

    def next_number(self) -> int:
        """Return a number for a command, larger than all before, over restarts too (Q17)."""
        seconds = int(self._clock.now().timestamp())
        self._last_number = max(self._last_number + 1, seconds)
        return self._last_number

    def send(self, data: bytes, address: Address) -> None:
        """Send a datagram, or lose it: the network may do the same."""
        self._socket.send(data, address)

    async def aclose(self) -> None:
        """Forget all lines and close the socket."""
        self._logins.clear()
        self._places.clear()
        self._place_of.clear()
        self._trials.clear()
        self._open_or_close()
        await self._socket.wait_closed()

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
        elif message.kind == KEEPALIVE:
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
        if self.on_trouble is not None:
            self.on_trouble(trouble)
        for login in list(self._logins.values()):
            login.line.on_trouble()

    def _open_or_close(self) -> None:
        """Listen if there is anybody to listen for."""
        if self._logins or self._trials:
            self._socket.open()
        else:
            self._socket.close()
            self._strangers.forget_all()


def _judge(login: UdpLogin | None, packet: Packet, origin: Address) -> Refusal | None:
    """Return why a packet is not believed, if it is not."""
    if login is None:
        return Refusal.UNKNOWN_ID
    if not compare_digest(packet.password.encode(), login.password.encode()):
        return Refusal.WRONG_PASSWORD
    if login.only_from is not None and origin[0] not in login.only_from:
        return Refusal.WRONG_ADDRESS
    return None
