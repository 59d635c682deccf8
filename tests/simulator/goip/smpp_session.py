"""One SMPP connection."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..core import journal as j
from ..core.connection import About, Connection
from ..core.line import Line
from ..core.outgoing import Sms
from . import smpp_pdu as p
from .smpp_about import SmppFraming
from .smpp_pdu import Bind, Message, Pdu, PduError

if TYPE_CHECKING:
    from .box import GoipBox

UNACKED_LIMIT = 200


@dataclass(frozen=True)
class Receipt:
    """What a receipt tells of which SMS; `final` unless it is only on its way."""

    sms: Sms
    state: str
    final: bool


@dataclass(frozen=True)
class Delivery:
    """One deliver_sm on its way: a message's journal id and part (from 1), or a receipt.

    `attempt` counts how often it was sent, from 1; a `copy` is one that a fault made.
    """

    line: int
    message: Message
    message_id: int = 0
    part: int = 1
    total: int = 1
    receipt: Receipt | None = None
    attempt: int = 1
    copy: bool = False

    def again(self) -> Delivery:
        """Return its next attempt."""
        return replace(self, attempt=self.attempt + 1)

    @property
    def about(self) -> About:
        """What tells which message or which SMS's result it is."""
        if self.receipt is None:
            which = {"id": self.message_id, "part": self.part, "total": self.total}
            return {
                "dialogue": "deliver_sm",
                "line": self.line,
                **which,
                "attempt": self.attempt,
            }
        return {
            **self.receipt.sms.about,
            "dialogue": "receipt",
            "state": self.receipt.state,
            "attempt": self.attempt,
        }


@dataclass(frozen=True)
class Asked:
    """One packet of a client, and the dialogue that it opened."""

    pdu: Pdu
    token: int
    about: About


@dataclass(frozen=True)
class Sent:
    """One deliver_sm that waits for its response, and its dialogue."""

    delivery: Delivery
    token: int


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
    unacked: dict[int, Sent] = field(default_factory=dict)
    sequence: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Session:
    """Reads and answers the packets of one connection."""

    def __init__(self, box: GoipBox, connection: Connection) -> None:
        self._box = box
        self.connection = connection
        connection.framing = SmppFraming(self, box.options.smpp_dc0)
        self.login: Login | None = None
        self.outbound = Outbound()

    async def serve(self) -> None:
        """Answer packets until the link ends."""
        idle = self._box.options.smpp_idle_seconds
        try:
            while not self.connection.closed:
                reading = self.connection.request()
                taken = await (
                    self._box.clock.wait_for(reading, idle) if idle else reading
                )
                await self._handle(
                    Asked(p.decode(taken.data), taken.token, taken.about)
                )
        except PduError as error:
            self._journal("bad packet", reason=str(error))
            await self._send(Pdu(p.GENERIC_NACK, 0, p.ESME_RINVCMDLEN))
            await self.connection.close("bad packet")
        except TimeoutError:
            self._journal("dropped as idle")
            await self.connection.close("idle")
        finally:
            self._box.smpp.ended(self)

    async def _handle(self, asked: Asked) -> None:
        """Answer one packet."""
        pdu = asked.pdu
        if pdu.command in p.BINDS:
            await self._bind(asked)
        elif pdu.command == p.ENQUIRE_LINK:
            await self.answer(asked)
        elif pdu.command == p.UNBIND:
            await self.answer(asked)
            self._journal("unbound")
            await self.connection.close()
        elif pdu.command == p.SUBMIT_SM:
            await self._submit(asked)
        elif pdu.command & p.RESPONSE:
            if pdu.command == p.DELIVER_SM | p.RESPONSE:
                self._box.smpp.acknowledged(self, pdu.sequence, pdu.status)
            self.connection.done(asked.token)
        else:
            await self._send(
                Pdu(p.GENERIC_NACK, pdu.sequence, p.ESME_RINVCMDID), asked.about
            )
            self.connection.done(asked.token)

    async def _bind(self, asked: Asked) -> None:
        """Take or refuse a login."""
        try:
            bind = Bind.decode(asked.pdu.body)
        except PduError:
            await self.answer(asked, p.ESME_RBINDFAIL)
            return
        status, line = self._box.smpp.check(self, bind)
        if status != p.ESME_ROK:
            self._box.log(
                j.LOGIN_REFUSED,
                port="smpp",
                user=bind.system_id,
                status=status,
                connection=self.connection.number,
            )
            body = bind.system_id.encode("latin-1") + b"\0"
            await self.answer(
                asked, status, body if self._box.options.smpp_refusal_body else b""
            )
            return
        self.login = Login(bind.system_id, line, p.BINDS[asked.pdu.command])
        self.connection.user, self.connection.line = bind.system_id, line
        nul = b"" if self._box.options.smpp_missing_nul else b"\0"
        self._box.log(
            j.LOGIN,
            line,
            port="smpp",
            user=bind.system_id,
            bind=self.login.kind,
            connection=self.connection.number,
        )
        await self.answer(asked, body=bind.system_id.encode("latin-1") + nul)
        self._box.smpp.bound(self)

    async def _submit(self, asked: Asked) -> None:
        """Read a submit_sm and leave it to the box."""
        if self.login is None or not self.login.sends:
            await self.answer(asked, p.ESME_RINVBNDSTS)
            return
        try:
            message = Message.decode(asked.pdu.body)
        except PduError:
            await self.answer(asked, p.ESME_RINVCMDLEN)
            return
        await self._box.smpp.submits.take(self, asked, message)

    async def answer(
        self, asked: Asked, status: int = p.ESME_ROK, body: bytes = b""
    ) -> None:
        """Send the response to a packet; its dialogue is over when all of it has gone out."""
        pdu = asked.pdu
        response = Pdu(pdu.command | p.RESPONSE, pdu.sequence, status, body)
        asked.about["dialogue"] = p.name(response.command)
        await self._send(response, asked.about)
        self.connection.done(asked.token)

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
        about = delivery.about | {"sequence": number, "written": False}
        token = self.connection.begin(about)
        self._remember(number, Sent(delivery, token))
        message = delivery.message
        if self.login is not None and self._box.options.smpp_destination == "system_id":
            message = replace(message, destination=self.login.system_id)
        await self._send(Pdu(p.DELIVER_SM, number, body=message.encode()), about)
        about["written"] = True
        if self.login is not None:
            self._journal_written(delivery, number, self.login.system_id)
        return number

    def _remember(self, number: int, sent: Sent) -> None:
        """Wait for a response; who never answers is waited for only so long."""
        unacked = self.outbound.unacked
        unacked[number] = sent
        while len(unacked) > UNACKED_LIMIT:
            oldest = unacked.pop(next(iter(unacked)))
            self.connection.done(oldest.token)
            self._box.smpp.give_up(oldest.delivery, "unacknowledged")

    def _journal_written(
        self, delivery: Delivery, sequence: int, system_id: str
    ) -> None:
        """Journal a deliver_sm that has gone out to its last byte."""
        where = {
            "attempt": delivery.attempt,
            "sequence": sequence,
            "system_id": system_id,
            "connection": self.connection.number,
        }
        if delivery.receipt is None:
            self._box.log(
                j.SMS_HANDED_OVER,
                delivery.line,
                id=delivery.message_id,
                part=delivery.part,
                total=delivery.total,
                how="smpp deliver_sm",
                **where,
            )
        elif delivery.receipt.final:
            self._box.outgoing.told(
                delivery.receipt.sms,
                "smpp receipt",
                delivery.receipt.state,
                more=False,
                **where,
            )

    async def _send(self, pdu: Pdu, about: About | None = None) -> None:
        """Send one packet."""
        about = about or {"dialogue": p.name(pdu.command)}
        await self.connection.send(pdu.encode(), {0: about})

    async def send_raw(self, octets: bytes) -> None:
        """Send whatever a person wants to see on the wire."""
        await self.connection.send(octets)

    def drop(self) -> None:
        """Drop the connection."""
        with suppress(ConnectionError):
            self.connection.abort("second bind")

    def covers(self, line: Line) -> bool:
        """Tell whether messages of a line may come here."""
        login = self.login
        return (
            login is not None and login.receives and login.line in (None, line.number)
        )

    def _journal(self, event: str, **fields: str) -> None:
        """Journal what became of the connection; its end is journalled by the listener."""
        self._box.log(
            j.CONNECTION,
            self.connection.line,
            port="smpp",
            user=self.connection.user,
            event=event,
            connection=self.connection.number,
            **fields,
        )
