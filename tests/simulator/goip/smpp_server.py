"""The SMPP server: logins, and incoming messages on their way to clients."""

import asyncio
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from ..core import journal as j
from ..core.connection import About, Connection
from ..core.dialogues import log_hit
from ..core.line import IncomingSms, Line
from ..core.listener import Listener
from . import smpp_pdu as p
from .smpp_pdu import Bind, Message
from .smpp_session import Delivery, Login, Session
from .smpp_submit import Submits
from .smpp_text import Piece, incoming_pdus

if TYPE_CHECKING:
    from .box import GoipBox

KEPT_LIMIT = 1000


class SmppServer:
    """All SMPP sessions of a box, and what waits for them."""

    def __init__(self, box: GoipBox) -> None:
        self._box = box
        options = box.options
        self.listener = Listener(self._serve, options.host, options.smpp_port)
        self.sessions: list[Session] = []
        self.submits = Submits(box)
        self.duplicates: list[int] = []
        """Lines whose next deliver_sm comes twice; 0 is any line."""
        self._kept: deque[Delivery] = deque()
        self._later: list[Delivery] = []
        self._workers: dict[Session, asyncio.Task[None]] = {}

    async def _serve(self, connection: Connection) -> None:
        """Serve one connection."""
        session = Session(self._box, connection)
        self.sessions.append(session)
        await session.serve()

    # Logins

    def check(self, session: Session, bind: Bind) -> tuple[int, int | None]:
        """Return the status of a bind and the line it is for, None for the whole box."""
        options = self._box.options
        line, known = self._line_of(bind.system_id)
        if session.login is not None:
            return p.ESME_RALYBND, None
        if not known:
            return p.ESME_RINVSYSID, None
        if bind.password != options.smpp_password or self._box.refused_logins.take():
            return p.ESME_RINVPASWD, None
        if bind.version != 0x34 and not (
            bind.version == 0x33 and options.smpp_version_33
        ):
            return p.ESME_RBINDFAIL, None
        if self._same(bind.system_id) and options.smpp_second_bind == "refuse":
            return p.ESME_RALYBND, None
        return p.ESME_ROK, line

    def _line_of(self, system_id: str) -> tuple[int | None, bool]:
        """Return the line of an id (its last two digits) and whether the id exists."""
        whole = self._box.options.smpp_id
        suffix = system_id.removeprefix(whole)
        if system_id == whole:
            return None, True
        if not system_id.startswith(whole) or len(suffix) != 2 or not suffix.isdigit():
            return None, False
        return int(suffix), int(suffix) in self._box.lines

    def _same(self, system_id: str) -> list[Session]:
        """Return the sessions that are bound with an id."""
        return [s for s in self.sessions if s.login and s.login.system_id == system_id]

    def bound(self, session: Session) -> None:
        """Begin to deliver to a new login."""
        login = session.login
        assert login is not None
        if self._box.options.smpp_second_bind == "replace":
            for other in self._same(login.system_id):
                if (
                    other is not session
                    and other.login
                    and _overlap(other.login, login)
                ):
                    other.drop()
        for delivery in list(self._kept):
            if session.covers(self._box.lines[delivery.line]):
                self._kept.remove(delivery)
                session.outbound.queue.append(delivery)
        self._workers[session] = self._box.spawn(self._work(session))

    def ended(self, session: Session) -> None:
        """Take back what a client did not get or did not acknowledge."""
        self.sessions.remove(session)
        if worker := self._workers.pop(session, None):
            worker.cancel()
        options = self._box.options
        for delivery in reversed(session.outbound.queue):
            self._keep_or_lose(delivery, options.smpp_unbound == "keep", "nobody bound")
        keep = options.smpp_unacked == "repeat"
        for sent in reversed(session.outbound.unacked.values()):
            self._keep_or_lose(sent.delivery.again(), keep, "unacknowledged")

    def forget(self) -> None:
        """Lose what was kept."""
        while self._kept:
            self.give_up(self._kept.popleft(), "power")
        while self._later:
            self.give_up(self._later.pop(), "power")

    def waiting(self) -> list[About]:
        """Return what is on its way to clients."""
        found = [(delivery, "kept") for delivery in self._kept]
        found += [(delivery, "later") for delivery in self._later]
        for session in self.sessions:
            found += [(delivery, "queued") for delivery in session.outbound.queue]
            found += [
                (sent.delivery, "unacknowledged")
                for sent in session.outbound.unacked.values()
            ]
        return [delivery.about | {"stage": stage} for delivery, stage in found]

    # Incoming messages

    def take_in(self, line: Line, message: IncomingSms) -> None:
        """Queue an SMS for whoever is bound for its line."""
        for piece in incoming_pdus(message, self._box.options):
            self._queue_piece(line, message, piece)

    @property
    def takes_parts(self) -> bool:
        """Whether clients get the parts of a long SMS one by one."""
        return self._box.options.smpp_long == "udh"

    def take_in_part(self, line: Line, message: IncomingSms, part: int) -> None:
        """Queue one part, from 1."""
        for piece in incoming_pdus(message, self._box.options):
            if piece.part == part:
                self._queue_piece(line, message, piece)

    def _queue_piece(self, line: Line, message: IncomingSms, piece: Piece) -> None:
        """Queue one deliver_sm of an SMS."""
        ton, npi = self._source_form(message.sender)
        data_coding, esm_class, text, tlvs = piece.body
        body = Message(
            source=message.sender,
            destination=line.sim.number if line.sim else "",
            text=text,
            data_coding=data_coding,
            esm_class=esm_class,
            source_ton=ton,
            source_npi=npi,
            tlvs=tlvs,
        )
        self.queue(Delivery(line.number, body, message.id, piece.part, piece.total))

    def queue(self, delivery: Delivery, prefer: str = "") -> None:
        """Queue one deliver_sm; `prefer` names the login that a receipt belongs to."""
        line = self._box.lines[delivery.line]
        targets = self._targets(line, prefer)
        for session in targets:
            session.outbound.queue.append(delivery)
            session.outbound.changed.set()
        if not targets:
            keep = self._box.options.smpp_unbound == "keep"
            self._keep_or_lose(delivery, keep, "nobody bound", first=False)

    def _targets(self, line: Line, prefer: str) -> list[Session]:
        """Return the sessions that get a message of a line."""
        options = self._box.options
        fitting = [
            s for s in self.sessions if s.covers(line) and not s.connection.closed
        ]
        preferred = [s for s in fitting if s.login and s.login.system_id == prefer]
        own = [s for s in fitting if s.login and s.login.line == line.number]
        if preferred:
            fitting = preferred
        elif own and options.smpp_mixed == "line":
            fitting = own
        return fitting[:1] if options.smpp_second_bind == "older" else fitting

    def _source_form(self, sender: str) -> tuple[int, int]:
        """Return TON and NPI of a sender."""
        options = self._box.options
        if sender.startswith("+"):
            ton, npi = 1, 1
        elif sender.isdigit():
            ton, npi = 0, 1
        else:
            ton, npi = 5, 0
        return (
            ton if options.smpp_ton < 0 else options.smpp_ton,
            npi if options.smpp_npi < 0 else options.smpp_npi,
        )

    async def _work(self, session: Session) -> None:
        """Send what is queued for one session."""
        outbound, options = session.outbound, self._box.options
        while True:
            outbound.changed.clear()
            while outbound.queue:
                delivery = outbound.queue.popleft()
                try:
                    number = await session.deliver(delivery)
                    await self._duplicate(session, delivery)
                except ConnectionError:
                    return
                if options.smpp_wait_ack:
                    await self._wait_for_ack(session, number)
            await outbound.changed.wait()

    async def _wait_for_ack(self, session: Session, number: int) -> None:
        """Wait for a response, but not for ever: some clients never answer."""
        deadline = self._box.clock.monotonic() + self._box.options.smpp_ack_seconds
        while number in session.outbound.unacked:
            session.outbound.changed.clear()
            left = deadline - self._box.clock.monotonic()
            if left <= 0:
                return
            try:
                await self._box.clock.wait_for(session.outbound.changed.wait(), left)
            except TimeoutError:
                return

    async def _duplicate(self, session: Session, delivery: Delivery) -> None:
        """Send a deliver_sm once more on the same link, as a fault asks for."""
        planned = next((x for x in self.duplicates if x in (0, delivery.line)), None)
        if planned is None or delivery.receipt is not None:
            return
        self.duplicates.remove(planned)
        number = session.connection.number
        log_hit(
            self._box.log, "duplicate", delivery.about, port="smpp", connection=number
        )
        await session.deliver(replace(delivery.again(), copy=True))

    def acknowledged(self, session: Session, number: int, status: int) -> None:
        """Take note of a deliver_sm_resp."""
        sent = session.outbound.unacked.pop(number, None)
        session.outbound.changed.set()
        if sent is None:
            return
        session.connection.done(sent.token)
        delivery = sent.delivery
        about = delivery.about
        self._box.log(
            j.SMS_RESULT_ACKNOWLEDGED if delivery.receipt else j.SMS_ACKNOWLEDGED,
            about.pop("line"),
            **about,
            sequence=number,
            connection=session.connection.number,
            how="smpp deliver_sm_resp",
            status=status,
        )
        if status != p.ESME_ROK:
            self._refused(delivery, status)

    def _refused(self, delivery: Delivery, status: int) -> None:
        """Do what this box does when a client refuses a deliver_sm; our guess, no source tells."""
        options, reason = self._box.options, "refused by the client"
        again = options.smpp_temporary_error
        if status != p.ESME_RX_T_APPN or again == "as-unacked":
            keep = options.smpp_unacked == "repeat"
            self._keep_or_lose(delivery.again(), keep, reason, first=False)
        elif again == "repeat" and (
            not options.smpp_repeat_times
            or delivery.attempt <= options.smpp_repeat_times
        ):
            self._later.append(delivery.again())
            self._box.spawn(self._repeat(self._later[-1]))
        else:
            self.give_up(delivery, reason)

    async def _repeat(self, delivery: Delivery) -> None:
        """Queue a deliver_sm again after a while, for whoever is bound then."""
        await self._box.clock.sleep(self._box.options.smpp_repeat_seconds)
        self._later.remove(delivery)
        self.queue(delivery)

    def _keep_or_lose(
        self, delivery: Delivery, keep: bool, reason: str, *, first: bool = True
    ) -> None:
        """Keep a deliver_sm for the next login, or lose it."""
        if delivery.copy:
            return
        if not keep:
            self.give_up(delivery, reason)
            return
        if first:
            self._kept.appendleft(delivery)
        else:
            self._kept.append(delivery)
        if len(self._kept) > KEPT_LIMIT:
            self.give_up(self._kept.popleft(), "too many kept")

    def give_up(self, delivery: Delivery, reason: str) -> None:
        """Journal that SMPP will not hand a message over; the inbox page may still."""
        receipt = delivery.receipt
        if receipt is None:
            self._box.log(
                j.SMS_LOST,
                delivery.line,
                id=delivery.message_id,
                part=delivery.part,
                total=delivery.total,
                how="smpp",
                reason=reason,
            )
        elif receipt.final and reason != "power":  # a lost power is told by itself
            self._box.outgoing.untold(
                receipt.sms, reason, how="smpp receipt", status=receipt.state
            )


def _overlap(one: Login, other: Login) -> bool:
    """Tell whether two logins do the same; a receiver beside a transmitter does not."""
    return (one.receives and other.receives) or (one.sends and other.sends)
