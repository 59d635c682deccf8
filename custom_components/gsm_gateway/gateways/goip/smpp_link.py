"""aiosmpplib made safe: one life of one SMPP bind.

aiosmpplib 0.7.4 ends for good on odd PDUs, throws texts away behind a
"success", takes a refused second bind for a good one, keeps every message for
days, and leaves tasks and sockets behind. Replaced are its reconnecting, its
keeper, its answers to `deliver_sm`, and all that reads a `deliver_sm` or keeps
a request. What stays in use: connecting and binding, the receive loop,
sequence numbers, `enquire_link` and `unbind`, and the building of PDUs.
"""

import asyncio
from asyncio import IncompleteReadError
from contextlib import suppress
import logging
from struct import pack, unpack
from typing import Protocol, override

from aiosmpplib import ESME, AbstractHook, SubmitSm
from aiosmpplib.protocol import DeliverSmResp, EnquireLink, SmppMessage, Unbind
from aiosmpplib.state import (
    PduHeader,
    SmppCommand,
    SmppCommandStatus,
    SmppError,
    SmppSessionState,
)

from ..clock import Clock
from ..model import CannotConnect, GatewayError, InvalidAuth
from .smpp_correlator import NoCorrelator

_LOGGER = logging.getLogger(__name__)

CONNECT_SECONDS = 4.0
ENQUIRE_SECONDS = 10.0
"""How long an `enquire_link` may stay unanswered."""
VERDICT_SECONDS = 30.0
"""How long an incoming part may wait to be safe."""
GOODBYE_SECONDS = 0.5
_PDU_LIMIT = 70_000
_NO_LOG = 100
_RESPONSE = 0x80000000
_UNDERSTOOD = frozenset(
    {
        SmppCommand.GENERIC_NACK,
        SmppCommand.BIND_TRANSCEIVER_RESP,
        SmppCommand.SUBMIT_SM_RESP,
        SmppCommand.DELIVER_SM,
        SmppCommand.UNBIND,
        SmppCommand.UNBIND_RESP,
        SmppCommand.ENQUIRE_LINK,
        SmppCommand.ENQUIRE_LINK_RESP,
    }
)
_ANSWERS = (SmppCommand.SUBMIT_SM_RESP, SmppCommand.GENERIC_NACK)
_BAD_LOGIN = (
    SmppCommandStatus.ESME_RBINDFAIL,
    SmppCommandStatus.ESME_RINVPASWD,
    SmppCommandStatus.ESME_RINVSYSID,
)
_LOST = (OSError, EOFError, ValueError, SmppError)
"""What aiosmpplib raises when a link ends; a time-out is an `OSError`."""


class SmppRefused(InvalidAuth):
    """The box refuses the SMPP login."""


class AlreadyBound(CannotConnect):
    """Somebody is bound with this login (GoIP D8)."""


class LinkListener(Protocol):
    """Who hears what comes over a link. No method raises or waits."""

    def on_deliver(self, pdu: bytes, verdict: Verdict) -> None:
        """Take a whole `deliver_sm`; it is answered through `verdict`."""

    def on_answer(self, token: str, status: int, message_id: str) -> None:
        """Hear the answer to a `submit_sm`."""


class Verdict:
    """The one answer to a `deliver_sm`."""

    def __init__(self, link: SmppLink, sequence: int) -> None:
        """Know what is to be answered, and where."""
        self._link = link
        self._sequence = sequence
        self.given = asyncio.Event()

    def acknowledge(self) -> None:
        """Answer that the message is safe."""
        self._give(SmppCommandStatus.ESME_ROK)

    def refuse(self) -> None:
        """Answer that it cannot be kept."""
        self._give(SmppCommandStatus.ESME_RX_T_APPN)

    def _give(self, status: SmppCommandStatus) -> None:
        if not self.given.is_set():
            self.given.set()
            self._link.answer_deliver(self._sequence, status)


class SmppLink(ESME, AbstractHook):
    """One bind_transceiver. It is never opened a second time."""

    def __init__(
        self,
        address: tuple[str, int],
        login: tuple[str, str],
        listener: LinkListener,
        clock: Clock,
        enquire_after: float = 30.0,
    ) -> None:
        """Prepare; `open` binds. Raises `SmppRefused` for what no SMPP login can be."""
        try:
            super().__init__(
                *address,
                *login,
                client_id=login[0],
                enquire_link_interval=enquire_after,
                log_level=_NO_LOG,
                log_handler=logging.NullHandler(),
                hook=self,
                correlator=NoCorrelator(),
            )
        except ValueError:
            raise SmppRefused("The SMPP id or password is too long") from None
        if not "".join(login).isascii():
            raise SmppRefused("The SMPP id or password is not ASCII")
        self._listener = listener
        self._clock = clock
        self._tokens: dict[int, str] = {}
        self._reminders: set[asyncio.Task[None]] = set()
        self._heard_at = clock.monotonic()
        self.idle_seconds: float | None = None
        """How long nothing was heard when the box hung up (GoIP Q21)."""

    async def open(self) -> None:
        """Connect and bind.

        Raises `SmppRefused` when the box refuses the login, `AlreadyBound`,
        and `CannotConnect` for everything else.
        """
        try:
            async with self._clock.timeout(CONNECT_SECONDS):
                await self.connect()
        except _LOST:
            self._abort()
            raise CannotConnect("The SMPP server does not answer") from None
        except BaseException:
            self._abort()
            raise
        self._bound.set()

    async def serve(self) -> GatewayError:
        """Receive and keep the link alive; return why it ended."""
        receiver = asyncio.create_task(self._receive_data())
        keeper = asyncio.create_task(self._connection_keeper())
        tasks = (receiver, keeper)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            hung_up = receiver.done()
            for task in (*tasks, *self._reminders):
                task.cancel()
            await asyncio.gather(*tasks, *self._reminders, return_exceptions=True)
        self._bound.clear()
        if not hung_up:
            return CannotConnect("The SMPP link is dead")
        error = receiver.exception()
        if isinstance(error, (IncompleteReadError, ConnectionError)):
            self.idle_seconds = self._clock.monotonic() - self._heard_at
        elif error is not None:
            _LOGGER.error("Unforeseen end of an SMPP link", exc_info=error)
        return CannotConnect("The box closed the SMPP link")

    async def submit(self, message: SubmitSm) -> None:
        """Write a message; the answer is told with its `log_id` as token.

        Raises `ConnectionError` when it may have gone out or not, and
        `ValueError` when it cannot be written as a PDU.
        """
        message.set_encoding_info(self.default_encoding, None)
        await self._send_data(message)

    async def close(self) -> None:
        """Unbind, briefly, and hang up."""
        try:
            if self._bound.is_set():
                with suppress(*_LOST):
                    async with self._clock.timeout(GOODBYE_SECONDS):
                        await self._send_data(Unbind())
                        await self._wait_for(SmppCommand.UNBIND_RESP)
        finally:
            self._abort()

    def answer_deliver(self, sequence: int, status: SmppCommandStatus) -> None:
        """Answer a `deliver_sm`; on a link that is lost this does nothing."""
        self._write(DeliverSmResp(sequence, status).pdu())

    @override
    async def sending(
        self, smpp_message: SmppMessage, pdu: bytes, client_id: str
    ) -> None:
        """Note the sequence number of a message before it leaves."""
        if isinstance(smpp_message, SubmitSm):
            self._tokens[smpp_message.sequence_num] = smpp_message.log_id

    @override
    async def received(
        self, smpp_message: SmppMessage | None, pdu: bytes, client_id: str
    ) -> None:
        """Match the answer to a message, from the raw bytes."""
        command, status, sequence = unpack("!III", pdu[4:16])
        if command in _ANSWERS and (token := self._tokens.pop(sequence, None)):
            if command == SmppCommand.GENERIC_NACK:
                status = status or SmppCommandStatus.ESME_RUNKNOWNERR
            message_id = pdu[16:].partition(b"\0")[0].decode("latin-1")
            self._listener.on_answer(token, status, message_id)

    @override
    async def send_error(
        self, smpp_message: SmppMessage, error: Exception, client_id: str
    ) -> None:
        """Do nothing: only aiosmpplib's own queue calls this, and it is not used."""

    @override
    async def _get_pdu(self) -> tuple[bytes, PduHeader]:
        """Return the next PDU that is of use; one without sense does no harm."""
        while True:
            head = await self._read(16)
            size, command, status, sequence = unpack("!IIII", head)
            if not 16 <= size <= _PDU_LIMIT:
                raise ConnectionError("Not an SMPP packet")
            body = await self._read(size - 16)
            self._heard_at = self._clock.monotonic()
            if command == SmppCommand.BIND_TRANSCEIVER_RESP:
                _check_bind(status)
                body = b"\0"  # whatever the box says there (GoIP Q20)
            if command in _UNDERSTOOD:
                header = PduHeader(
                    16 + len(body), SmppCommand(command), _known(status), sequence
                )
                return head + body, header
            self._data_received.set()
            if not command & _RESPONSE:
                status = SmppCommandStatus.ESME_RINVCMDID
                self._write(
                    pack("!IIII", 16, SmppCommand.GENERIC_NACK, status, sequence)
                )

    @override
    async def _handle_request(
        self, pdu: bytes, header: PduHeader
    ) -> SmppMessage | None:
        """Hand a `deliver_sm` on unread; its answer is not aiosmpplib's."""
        if header.smpp_command != SmppCommand.DELIVER_SM:
            return await super()._handle_request(pdu, header)
        verdict = Verdict(self, header.sequence_num)
        self._listener.on_deliver(pdu, verdict)
        if not verdict.given.is_set():
            reminder = asyncio.create_task(self._remind(verdict))
            self._reminders.add(reminder)
            reminder.add_done_callback(self._reminders.discard)
        return None

    @override
    async def _handle_response(
        self, pdu: bytes, header: PduHeader
    ) -> SmppMessage | None:
        """Leave answers to `received`: reading them here can raise."""
        return None

    @override
    async def _connection_keeper(self) -> None:
        """Return when an `enquire_link` stays unanswered."""
        while True:
            self._data_received.clear()
            with suppress(TimeoutError):
                async with self._clock.timeout(self.enquire_link_interval):
                    await self._data_received.wait()
                continue
            try:
                async with self._clock.timeout(ENQUIRE_SECONDS):
                    await self._send_data(EnquireLink())
                    await self._data_received.wait()
            except OSError:
                return

    async def _remind(self, verdict: Verdict) -> None:
        """Refuse a message that is not safe in time."""
        try:
            async with self._clock.timeout(VERDICT_SECONDS):
                await verdict.given.wait()
        except TimeoutError:
            verdict.refuse()

    async def _wait_for(self, command: SmppCommand) -> None:
        """Read until a command comes."""
        while (await self._get_pdu())[1].smpp_command != command:
            pass

    async def _read(self, size: int) -> bytes:
        """Return so many bytes. Raises `EOFError` where the box hung up."""
        if self._reader is None:
            raise EOFError
        return await self._reader.readexactly(size)

    def _write(self, pdu: bytes) -> None:
        """Send a PDU; on a link that is lost this does nothing."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(pdu)

    def _abort(self) -> None:
        """Hang up at once."""
        self._bound.clear()
        self._session_state = SmppSessionState.CLOSED
        if self._writer is not None:
            self._writer.transport.abort()


def _check_bind(status: int) -> None:
    """Raise what a refused bind means.

    aiosmpplib takes ESME_RALYBND for success and cannot read a refusal without
    a body.
    """
    if status in _BAD_LOGIN:
        raise SmppRefused("The box refuses the SMPP login")
    if status == SmppCommandStatus.ESME_RALYBND:
        raise AlreadyBound("Another program uses this SMPP login")
    if status:
        raise CannotConnect(f"The SMPP server is not ready (status {status:#x})")


def _known(status: int) -> SmppCommandStatus:
    """Return a status as aiosmpplib has it; the raw bytes keep a vendor's own."""
    try:
        return SmppCommandStatus(status)
    except ValueError:
        return SmppCommandStatus.ESME_RUNKNOWNERR
