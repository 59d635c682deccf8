"""panoramisk made safe: one life of one AMI connection.

Replaced are framing, login, ping and reconnect, where panoramisk 1.4 loses the
text of every ReceivedSMS, sends unanswered actions again, cannot be stopped,
and keeps a dead link. What stays in use: actions, their ids, and the
distribution of events.
"""

import asyncio
from collections.abc import Callable
import logging
from typing import override

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager
from panoramisk.message import Message

from ..clock import Clock
from ..model import (
    CannotConnect,
    InvalidAuth,
    NoReply,
    SendRefused,
    UnexpectedReply,
)
from .ami_blocks import BlockReader, NotAsteriskError, read_block

_LOGGER = logging.getLogger(__name__)

CONNECT_SECONDS = 4.0
COMMAND_SECONDS = 10.0
LOGOFF_SECONDS = 0.5

type EventHandler = Callable[[Message], None]


class ApiClosed(CannotConnect):
    """The box is there, but its API is not open to us (Yeastar Q1)."""


class AmiProtocol(AMIProtocol):
    """panoramisk's protocol, cut into blocks on bytes and without a memory for resends."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._reader = BlockReader()
        self.greeted = asyncio.Event()
        self.foreign: bytes | None = None

    @override
    def data_received(self, data: bytes) -> None:
        try:
            for block in self._reader.feed(data):
                for message in read_block(block):
                    self._hand_on(message)
        except NotAsteriskError as error:
            self.foreign = error.args[0]
            self.transport.abort()
        except OverflowError:
            _LOGGER.debug("AMI link dropped: a block without an end")
            self.transport.abort()
        if self._reader.version is not None:
            self.greeted.set()

    def _hand_on(self, message: Message) -> None:
        """Distribute one message; nothing in it may end the connection."""
        if "response" in message and message.action_id is None:
            self._adopt(message)
        try:
            self.handle_message(message)
        except Exception:
            _LOGGER.exception("AMI block dropped")

    def _adopt(self, message: Message) -> None:
        """Give an answer without ActionID to the one action that waits."""
        waiting = list(self.responses)
        if len(waiting) == 1:
            message["ActionID"] = waiting[0]

    @override
    def send(
        self, data: Action, as_list: bool | None = None
    ) -> asyncio.Future[Message]:
        if any(c in f"{key}{value}" for key, value in data.items() for c in "\r\n\0"):
            raise SendRefused("A line break cannot be sent")
        if self.closed or self.transport.is_closing():
            raise CannotConnect("The connection is down")
        return super().send(data, as_list=as_list)

    def forget(self, action: Action) -> None:
        """Wait for an answer no longer."""
        self.responses.pop(action.id, None)

    @override
    def close(self) -> None:
        for action in self.responses.values():
            if not action.future.done():
                action.future.set_exception(NoReply("The connection was lost"))
                action.future.exception()
        self.responses.clear()
        if not self.closed:
            self.closed = True
            self.transport.abort()


class AmiLink(Manager):
    """A logged-in AMI connection. It is never opened a second time."""

    protocol: AmiProtocol | None

    def __init__(self, host: str, port: int, clock: Clock) -> None:
        """Prepare a link; `open` dials."""
        super().__init__(host=host, port=port, protocol_factory=AmiProtocol)
        self._host = host
        self._port = port
        self._clock = clock
        self._turn = asyncio.Lock()
        self.lost = asyncio.Event()

    @override
    def ping(self) -> None:
        """Do nothing: panoramisk's own ping never looks for the answer."""

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._connected = False
        self.lost.set()

    def on_event(self, pattern: str, handler: EventHandler) -> None:
        """Call `handler` for each event whose name matches `pattern`."""

        def handle(_manager: Manager, event: Message) -> None:
            handler(event)

        self.register_event(pattern, handle)

    async def open(self, username: str, secret: str, *, events: bool) -> None:
        """Dial and log in.

        Raises `CannotConnect` when nobody answers, `ApiClosed` when the box
        hangs up without a greeting (Yeastar D2), `InvalidAuth` for a refused
        login, `UnexpectedReply` when it is no Asterisk Manager.
        """
        self.loop = asyncio.get_running_loop()
        try:
            async with self._clock.timeout(CONNECT_SECONDS):
                pair = await self.loop.create_connection(
                    AmiProtocol, self._host, self._port
                )
        except OSError, TimeoutError:
            raise CannotConnect("The box does not answer") from None
        done: asyncio.Future[object] = self.loop.create_future()
        done.set_result(pair)
        self.connection_made(done)
        if self.pinger is not None:
            self.pinger.cancel()
            self.pinger = None
        try:
            await self._greet(pair[1])
            await self._log_in(pair[1], username, secret, events=events)
        except BaseException:
            self.abort()
            raise

    async def _greet(self, protocol: AmiProtocol) -> None:
        """Wait for the greeting. Raises ApiClosed, UnexpectedReply."""
        greeted = asyncio.create_task(protocol.greeted.wait())
        lost = asyncio.create_task(self.lost.wait())
        try:
            async with self._clock.timeout(COMMAND_SECONDS):
                await asyncio.wait((greeted, lost), return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            raise ApiClosed("The box does not greet") from None
        finally:
            greeted.cancel()
            lost.cancel()
        if protocol.foreign is not None:
            raise UnexpectedReply("Not an Asterisk Manager", protocol.foreign)
        if not protocol.greeted.is_set():
            raise ApiClosed("The box hangs up without a greeting")

    async def _log_in(
        self, protocol: AmiProtocol, username: str, secret: str, *, events: bool
    ) -> None:
        """Log in. Raises InvalidAuth, ApiClosed."""
        action = {
            "Action": "Login",
            "Username": username,
            "Secret": secret,
            "Events": "on" if events else "off",
        }
        try:
            answer = await self.request(action)
        except NoReply:
            if protocol.foreign is not None:
                raise UnexpectedReply(
                    "Not an Asterisk Manager", protocol.foreign
                ) from None
            raise ApiClosed("The box hangs up at the login") from None
        if not answer.success:
            raise InvalidAuth("The box refuses the API account")

    async def request(
        self, headers: dict[str, str], seconds: float = COMMAND_SECONDS
    ) -> Message:
        """Send one action and return its answer; actions take turns.

        Raises `CannotConnect` when it was not sent, `NoReply` when no answer
        came within `seconds`.
        """
        async with self._turn:
            if self.protocol is None:
                raise CannotConnect("The connection is down")
            action = Action(headers)
            try:
                async with self._clock.timeout(seconds):
                    return await self.send_action(action, as_list=False)
            except TimeoutError:
                raise NoReply("The box does not answer") from None
            finally:
                self.protocol.forget(action)

    async def command(self, line: str, seconds: float = COMMAND_SECONDS) -> str:
        """Run one `smscommand` and return the body of the answer.

        Raises as `request`, and `SendRefused` with the box's own words.
        """
        answer = await self.request({"Action": "smscommand", "Command": line}, seconds)
        if not answer.success:
            raise SendRefused(str(answer.get("Message", "refused")))
        return str(answer.get("content", ""))

    async def log_off(self) -> None:
        """Say goodbye, briefly, and close."""
        try:
            await self.request({"Action": "Logoff"}, LOGOFF_SECONDS)
        except CannotConnect, NoReply:
            pass
        finally:
            self.abort()

    def abort(self) -> None:
        """Close at once; whoever waits for an answer gets `NoReply`."""
        if self.protocol is not None:
            self.protocol.close()
        self.lost.set()
