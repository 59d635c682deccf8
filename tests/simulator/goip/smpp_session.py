"""One SMPP connection."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..core import journal as j
from ..core.line import Line
from ..core.listener import Connection
from . import smpp_pdu as p
from .smpp_pdu import Bind, Message, Pdu, PduError

if TYPE_CHECKING:
    from .box import GoipBox

UNACKED_LIMIT = 200


@dataclass(frozen=True)
class Delivery:
    """One deliver_sm on its way: the message's journal id, or a receipt."""

    line: int
    message: Message
    message_id: int = 0
    part: int = 1
    receipt: bool = False


@dataclass
class Login:
    """What a session is bound as; `line` None is the whole box."""

    system_id: str
    line: int | None
    kind: str

    @property
    def receives(self) -> bool:
        """Whether deliver_sm may be sent."""
        return self.kind != "transmitter"

    @property
    def sends(self) -> bool:
        """Whether submit_sm is taken."""
        return self.kind != "receiver"


@dataclass
class Outbound:
    """What the box sent to this client and what is still to be sent."""

    queue: deque[Delivery] = field(default_factory=deque)
    unacked: dict[int, Delivery] = field(default_factory=dict)
    sequence: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Session:
    """Reads and answers the packets of one connection."""

    def __init__(self, box: GoipBox, connection: Connection) -> None:
        self._box = box
        self.connection = connection
        self.login: Login | None = None
        self.outbound = Outbound()

    async def serve(self) -> None:
        """Answer packets until the link ends."""
        idle = self._box.options.smpp_idle_seconds
        try:
            while not self.connection.closed:
                pdu = await (
                    self._box.clock.wait_for(self._read(), idle)
                    if idle
                    else self._read()
                )
                await self._handle(pdu)
        except PduError as error:
            self._journal("bad packet", reason=str(error))
            await self._send(Pdu(p.GENERIC_NACK, 0, p.ESME_RINVCMDLEN))
        except TimeoutError:
            self._journal("dropped as idle")
        finally:
            self._box.smpp.ended(self)
            if self.login is not None:
                self._journal("closed")

    async def _read(self) -> Pdu:
        """Return the next packet."""
        header = await self.connection.read_exactly(p.HEADER_SIZE)
        body = await self.connection.read_exactly(p.body_size(header))
        return p.decode(header, body)

    async def _handle(self, pdu: Pdu) -> None:
        """Answer one packet."""
        if pdu.command in p.BINDS:
            await self._bind(pdu)
        elif pdu.command == p.ENQUIRE_LINK:
            await self.answer(pdu)
        elif pdu.command == p.UNBIND:
            await self.answer(pdu)
            self._journal("unbound")
            await self.connection.close()
        elif pdu.command == p.SUBMIT_SM:
            await self._submit(pdu)
        elif pdu.command == p.DELIVER_SM | p.RESPONSE:
            self._box.smpp.acknowledged(self, pdu.sequence, pdu.status)
        elif not pdu.command & p.RESPONSE:
            await self._send(Pdu(p.GENERIC_NACK, pdu.sequence, p.ESME_RINVCMDID))

    async def _bind(self, pdu: Pdu) -> None:
        """Take or refuse a login."""
        try:
            bind = Bind.decode(pdu.body)
        except PduError:
            await self.answer(pdu, p.ESME_RBINDFAIL)
            return
        status, line = self._box.smpp.check(self, bind)
        if status != p.ESME_ROK:
            self._box.log(
                j.LOGIN_REFUSED, interface="smpp", user=bind.system_id, status=status
            )
            body = bind.system_id.encode("latin-1") + b"\0"
            await self.answer(
                pdu, status, body if self._box.options.smpp_refusal_body else b""
            )
            return
        self.login = Login(bind.system_id, line, p.BINDS[pdu.command])
        nul = b"" if self._box.options.smpp_missing_nul else b"\0"
        self._box.log(
            j.LOGIN, line, interface="smpp", user=bind.system_id, bind=self.login.kind
        )
        await self.answer(pdu, body=bind.system_id.encode("latin-1") + nul)
        self._box.smpp.bound(self)

    async def _submit(self, pdu: Pdu) -> None:
        """Read a submit_sm and leave it to the box."""
        if self.login is None or not self.login.sends:
            await self.answer(pdu, p.ESME_RINVBNDSTS)
            return
        try:
            message = Message.decode(pdu.body)
        except PduError:
            await self.answer(pdu, p.ESME_RINVCMDLEN)
            return
        await self._box.smpp.submits.take(self, pdu, message)

    async def answer(
        self, pdu: Pdu, status: int = p.ESME_ROK, body: bytes = b""
    ) -> None:
        """Send the response to a packet."""
        await self._send(Pdu(pdu.command | p.RESPONSE, pdu.sequence, status, body))

    async def request(self, command: int, body: bytes = b"") -> int:
        """Send a packet of the box's own and return its sequence number."""
        self.outbound.sequence += 1
        number = self.outbound.sequence
        await self._send(Pdu(command, number, body=body))
        return number

    async def deliver(self, delivery: Delivery) -> int:
        """Send one deliver_sm, remember it as unacknowledged, return its sequence number."""
        self.outbound.sequence += 1
        number = self.outbound.sequence
        unacked = self.outbound.unacked
        unacked[number] = delivery
        while len(unacked) > UNACKED_LIMIT:
            self._box.smpp.give_up(unacked.pop(next(iter(unacked))), "unacknowledged")
        message = delivery.message
        if self.login is not None and self._box.options.smpp_destination == "system_id":
            message = replace(message, destination=self.login.system_id)
        pdu = Pdu(p.DELIVER_SM, number, body=message.encode())
        await self._send(pdu)
        if not delivery.receipt and self.login is not None:
            self._box.log(
                j.SMS_HANDED_OVER,
                delivery.line,
                id=delivery.message_id,
                part=delivery.part,
                how="smpp deliver_sm",
                system_id=self.login.system_id,
                connection=self.connection.number,
            )
        return number

    async def _send(self, pdu: Pdu) -> None:
        """Send one packet."""
        await self.connection.send(pdu.encode())

    async def send_raw(self, octets: bytes) -> None:
        """Send whatever a person wants to see on the wire."""
        await self.connection.send(octets)

    def drop(self) -> None:
        """Drop the connection."""
        with suppress(ConnectionError):
            self.connection.abort()

    def covers(self, line: Line) -> bool:
        """Tell whether messages of a line may come here."""
        login = self.login
        return (
            login is not None and login.receives and login.line in (None, line.number)
        )

    def _journal(self, event: str, **fields: str) -> None:
        """Journal what became of the connection."""
        user = self.login.system_id if self.login else ""
        self._box.log(
            j.CONNECTION,
            self.login.line if self.login else None,
            interface="smpp",
            user=user,
            event=event,
            **fields,
        )
