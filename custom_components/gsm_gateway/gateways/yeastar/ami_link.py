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
    GatewayError,
    InvalidAuth,
    NoReply,
    SendRefused,
    UnexpectedReply,
)
from ..text import clean
from .ami_blocks import BlockReader, NotAsteriskError, read_block
from .errors import ApiClosed
from .settings import YeastarSettings

_LOGGER = logging.getLogger(__name__)

CONNECT_SECONDS = 4.0
GREETING_SECONDS = 5.0
COMMAND_SECONDS = 10.0
LOGOFF_SECONDS = 0.5

type EventHandler = Callable[[Message], None]


class AmiProtocol(AMIProtocol):
    """panoramisk's protocol, cut into blocks on bytes and without a memory for resends."""

    def __init__(self, link: AmiLink) -> None:
        """Serve one link; `greeting` is done when the box has greeted, or never will."""
        self.greeting: asyncio.Future[None]
        self.greeting = asyncio.get_running_loop().create_future()
        self._link = link
        self._reader = BlockReader()
        self._unanswered = False  # the last action has got no answer
        self._late = False  # and its answer may still come

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.factory = self._link  # the connection may be lost before it is taken over

    @override
    def data_received(self, data: bytes) -> None:
        try:
            for block in self._reader.feed(data):
                self._hand_on(block)
        except NotAsteriskError as error:
            wire: bytes = error.args[0]
            self._give_up_greeting(UnexpectedReply("Not an Asterisk Manager", wire))
            self.transport.abort()
        except OverflowError:
            _LOGGER.debug("AMI link dropped: a block without an end")
            self.transport.abort()
        if self._reader.version is not None and not self.greeting.done():
            self.greeting.set_result(None)

    def _hand_on(self, block: bytes) -> None:
        """Distribute one message; nothing in it may end the connection."""
        try:
            message = read_block(block)
            if message is None:
                return
            if "response" in message:
                self._adopt(message)
            self.handle_message(message)
        except Exception:
            _LOGGER.exception("AMI block dropped")

    def _adopt(self, answer: Message) -> None:
        """Give an answer that names no action to the oldest one without an answer.

        A box answers in order (Q13), also what nobody waits for any more. So
        behind an answer that names its action no older one comes.
        """
        if answer.action_id is not None:
            self._unanswered = self._late = False
        elif self._late:
            self._late = False
        elif self.responses:
            answer["ActionID"] = next(iter(self.responses))
            self._unanswered = False

    def _give_up_greeting(self, error: GatewayError) -> None:
        if not self.greeting.done():
            self.greeting.set_exception(error)
            self.greeting.exception()  # perhaps nobody asks

    @override
    def send(
        self, data: Action, as_list: bool | None = None
    ) -> asyncio.Future[Message]:
        """Write an action.

        Raises `SendRefused` for what cannot stand in a header, `CannotConnect`
        on a link that is down.
        """
        text = "".join(f"{name}{value}" for name, value in data.items())
        if "\r" in text or "\n" in text or clean(text) != text:
            raise SendRefused("A line break or half a character cannot be sent")
        if self.closed or self.transport.is_closing():
            raise CannotConnect("The connection is down")
        return super().send(data, as_list=as_list)

    def forget(self, action: Action) -> None:
        """Wait for an answer no longer; two in succession end the connection.

        Where answers name no action, a lost one would shift all that follow.
        """
        if self.responses.pop(action.id, None) is None:
            return
        if self._unanswered:
            self.transport.abort()
        self._unanswered = self._late = True

    @override
    def close(self) -> None:
        self._give_up_greeting(ApiClosed("The box hangs up without a greeting"))
        for action in self.responses.values():
            if not action.future.done():
                action.future.set_exception(NoReply("The connection was lost"))
                action.future.exception()  # perhaps nobody asks
        self.responses.clear()
        if not self.closed:
            self.closed = True
            self.transport.abort()


class AmiLink(Manager):
    """A logged-in AMI connection. It is never opened a second time."""

    protocol: AmiProtocol | None

    def __init__(self, clock: Clock) -> None:
        """Prepare a link; `open` dials."""
        super().__init__()
        self._clock = clock
        self._turn = asyncio.Lock()
        self.lost = asyncio.Event()

    @property
    def busy(self) -> bool:
        """Whether an action waits for its answer."""
        return self._turn.locked()

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

    async def open(self, settings: YeastarSettings, *, events: bool) -> None:
        """Dial and log in; whoever calls this calls `aclose` in the end.

        Raises `CannotConnect` when nobody answers, `ApiClosed` when the box
        hangs up (Yeastar D2), `InvalidAuth` for a refused login,
        `UnexpectedReply` when it is no Asterisk Manager; then it is closed.
        """
        try:
            protocol = await self._dial(settings.host, settings.ami_port)
            await self._wait_for_greeting(protocol)
            await self._log_in(settings, events=events)
        except BaseException:
            self.close()
            raise

    async def _dial(self, host: str, port: int) -> AmiProtocol:
        """Connect. Raises CannotConnect."""
        self.loop = asyncio.get_running_loop()
        try:
            async with self._clock.timeout(CONNECT_SECONDS):
                pair = await self.loop.create_connection(
                    lambda: AmiProtocol(self), host, port
                )
        except OSError, UnicodeError:
            raise CannotConnect("The box does not answer") from None
        done: asyncio.Future[object] = self.loop.create_future()
        done.set_result(pair)
        self.connection_made(done)
        return pair[1]

    async def _wait_for_greeting(self, protocol: AmiProtocol) -> None:
        """Wait until the box has greeted. Raises ApiClosed, UnexpectedReply, CannotConnect."""
        try:
            async with self._clock.timeout(GREETING_SECONDS):
                await protocol.greeting
        except TimeoutError:
            raise CannotConnect("The box does not greet") from None

    async def _log_in(self, settings: YeastarSettings, *, events: bool) -> None:
        """Log in. Raises InvalidAuth, ApiClosed, CannotConnect."""
        action = {
            "Action": "Login",
            "Username": settings.username,
            "Secret": settings.password,
            "Events": "on" if events else "off",
        }
        try:
            answer = await self.request(action)
        except SendRefused as error:
            raise InvalidAuth(f"Not an API account: {error}") from None
        except CannotConnect, NoReply:
            if self.lost.is_set():
                raise ApiClosed("The box hangs up at the login") from None
            raise CannotConnect("The box does not answer the login") from None
        if not answer.success:
            raise InvalidAuth("The box refuses the API account")

    async def request(
        self, headers: dict[str, str], seconds: float = COMMAND_SECONDS
    ) -> Message:
        """Send one action and return its answer; actions take turns.

        Raises `CannotConnect` and `SendRefused` when it was not sent, `NoReply`
        when no answer came within `seconds`.
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
            raise SendRefused(str(answer.get("Message", "refused"))[:200])
        return str(answer.get("content", ""))

    async def aclose(self) -> None:
        """Say goodbye, if that is possible at once, and close."""
        try:
            async with self._clock.timeout(LOGOFF_SECONDS):
                await self.request({"Action": "Logoff"})
        except CannotConnect, NoReply, TimeoutError:
            pass
        finally:
            self.close()

    @override
    def close(self) -> None:
        """Close at once; whoever waits for an answer gets `NoReply`."""
        super().close()
        self.lost.set()
