"""All lines of a box as clients of the SMS server."""

import asyncio
from random import Random
from typing import TYPE_CHECKING

from ..core.connection import About
from ..core.line import IncomingSms, Line
from ..core.outgoing import Sms
from .udp_air import Dice, Loss
from .udp_client import UdpClient
from .udp_options import server_address
from .udp_push import Push, ReceiptPush, SmsPush

if TYPE_CHECKING:
    from .box import GoipBox


class UdpSide:
    """The clients while the box has power and a server; what somebody broke on their way.

    `losses` wait for their datagrams; `silenced` are the lines that send no keepalive.
    """

    takes_parts = False

    def __init__(self, box: GoipBox) -> None:
        """Bind to a box."""
        self._box = box
        self.clients: dict[int, UdpClient] = {}
        self.losses: list[Loss] = []
        self.silenced: set[int] = set()
        self._addresses: dict[int, str] = {}
        self._ports: dict[int, int] = {}
        self._sms_numbers: dict[int, int] = {}
        self._dice: dict[int, Dice] = {}
        self._seed: int | None = None

    @property
    def server(self) -> tuple[str, int] | None:
        """Whom the lines call, None without UDP."""
        return server_address(self._box.options.udp_server)

    @property
    def asleep(self) -> bool:
        """Whether the box hangs at every port."""
        listeners = self._box.listeners.values()
        return not any(listener.awake.is_set() for listener in listeners)

    async def wait_awake(self) -> None:
        """Wait while the box hangs."""
        if not self.asleep:
            return
        waits = [
            asyncio.ensure_future(listener.awake.wait())
            for listener in self._box.listeners.values()
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def identity(self, line: Line) -> tuple[str, str]:
        """Return id and password of a line."""
        options = self._box.options
        return f"{options.udp_id}{line.number}", options.udp_password

    # Life

    async def open(self) -> None:
        """Let every line call the server, if there is one."""
        if self.server is None or self.clients:
            return
        for line in self._box.lines.values():
            client = UdpClient(self._box, line, self._dice_of(line))
            self.clients[line.number] = client
            survives = self._box.options.udp_port_survives
            port = self._ports.get(line.number, 0) if survives else 0
            await client.open(self.address(line), port)
            self._remember(line)

    async def close(self, reason: str) -> None:
        """End every client."""
        clients, self.clients = self.clients, {}
        for client in clients.values():
            await client.close(reason)
        self._box.send_groups.clear()

    async def refresh(self) -> None:
        """Do what options say that were changed."""
        if self._seed != self._box.options.udp_seed:
            self._throw_anew()
        if self.server is None:
            await self.close("switched off")
        elif self._box.powered:
            await self.open()

    def _dice_of(self, line: Line) -> Dice:
        """Return a line's own sources of chance, the same for one seed."""
        if self._seed is None:
            self._throw_anew()
        return self._dice[line.number]

    def _throw_anew(self) -> None:
        """Begin the chances of every line again."""
        self._seed = self._box.options.udp_seed
        for number in self._box.lines:
            known = self._dice.setdefault(number, {"in": Random(), "out": Random()})
            for direction, dice in known.items():
                dice.seed(f"{self._seed}/{number}/{direction}")

    # Addresses

    def address(self, line: Line) -> str:
        """Return the address that a line sends from."""
        return self._addresses.get(line.number, self._box.options.host)

    async def move(self, line: Line, address: str) -> None:
        """Let a line send from another address, or from another port of its own."""
        self._addresses[line.number] = address
        if client := self.clients.get(line.number):
            await client.move(address)
            self._remember(line)

    def _remember(self, line: Line) -> None:
        """Keep a line's port for the next power-up."""
        if source := self.clients[line.number].source:
            self._ports[line.number] = source[1]

    # What the lines begin

    def take_in(self, line: Line, message: IncomingSms) -> None:
        """Push an SMS that came in."""
        self.push(SmsPush(self._box, line, message))

    def take_in_part(self, line: Line, message: IncomingSms, part: int) -> None:
        """Refuse: the box joins the parts itself (Q22)."""
        raise NotImplementedError

    def next_sms_no(self, line: Line) -> int:
        """Return the number that OK and DELIVER give an SMS; it comes round (D13)."""
        number = self._sms_numbers.get(line.number, self._box.options.udp_sms_no) % 256
        self._sms_numbers[line.number] = number + 1
        return number

    def push_receipt(self, sms: Sms, sms_no: int, state: int) -> None:
        """Push what became of an SMS; `state` is a TP-Status."""
        self.push(ReceiptPush(self._box, sms, sms_no, state))

    def tell(self, line: Line, verb: str, tail: str) -> None:
        """Push anything else; `tail` stands behind id and password."""
        self.push(Push(self._box, line, verb, tail))

    def push(self, push: Push) -> None:
        """Push a packet, if there is a server."""
        if client := self.clients.get(push.line.number):
            client.pushes.add(push)

    def waiting(self) -> list[About]:
        """Return what the server has not answered yet."""
        return [
            about
            for client in self.clients.values()
            for about in client.pushes.waiting()
        ]
