"""One AMI login: reads actions, answers them one by one, and takes events in between."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core import journal as j
from ..core.connection import About, Connection, Taken
from . import access
from .ami_about import SEND_SMS
from .ami_writer import AmiWriter, Block, SessionEnd
from .blocks import (
    BANNER,
    Action,
    ActionReader,
    InputTooLongError,
    follows_body,
    follows_head,
    response,
)
from .errors import CommandRefusedError
from .handover import Handover
from .smscommand import SmsCommands

if TYPE_CHECKING:
    from .box import YeastarBox

PENDING_ACTIONS = 100


@dataclass(frozen=True)
class Asked:
    """One action of a client, and the dialogue that it opened."""

    action: Action
    taken: Taken


class AmiSession:
    """One connection on the AMI port."""

    def __init__(self, box: YeastarBox, connection: Connection) -> None:
        """Prepare; `run` serves the connection."""
        self._box = box
        self._connection = connection
        self._writer = AmiWriter(connection, box.clock, lambda: box.options, box.random)
        self._actions: asyncio.Queue[Asked | None] = asyncio.Queue(PENDING_ACTIONS)
        self._held: list[Block] | None = None
        self._commands = SmsCommands(box, self)
        self._may_have_events = False
        self._events_on = False
        self._accepted = False
        self._ended = False
        self.number = connection.number

    @property
    def logged_in(self) -> bool:
        """Whether somebody is logged in here now."""
        return self._accepted and not self._ended

    @property
    def takes_events(self) -> bool:
        """Whether this login gets events now."""
        return self.logged_in and self._may_have_events and self._events_on

    def post(self, event: bytes, handover: Handover) -> None:
        """Send an event, or keep it while a command runs and the box holds events back (D1)."""
        about = dict(handover.about)
        block = Block(event, about, self._connection.begin(about), handover)
        if self._held is None:
            self._writer.put(block)
        else:
            self._held.append(block)

    async def run(self) -> None:
        """Serve until the client leaves or the box closes."""
        if not self._admit():
            return
        self._put(BANNER, {"dialogue": "banner"})
        self._box.spawn(self._answer())
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read())
                tasks.create_task(self._writer.run())
        except* ConnectionError:
            pass
        finally:
            self._end()

    def _admit(self) -> bool:
        """Tell whether the client's address gets a banner."""
        options = self._box.options
        if options.forbidden_ami != "closed" or self._is_allowed():
            return True
        self._refuse_login("", "address")
        return False

    def _is_allowed(self) -> bool:
        address = access.address_of(self._connection.peer)
        return access.is_address_allowed(self._box.options, address)

    def _end(self) -> None:
        """Leave the writer; what the client has asked for is still done, though not answered."""
        self._ended = True
        self._release_held()
        self._writer.abandon()
        if not self._actions.full():
            self._actions.put_nowait(None)

    async def _read(self) -> None:
        reader = ActionReader()
        try:
            while True:
                taken = await self._connection.request()
                for action in reader.feed(taken.data):
                    await self._actions.put(Asked(action, taken))
                    break
                else:
                    self._connection.done(taken.token)
        except InputTooLongError as error:
            raise SessionEnd("too many bytes without a blank line") from error

    async def _answer(self) -> None:
        """Take one action after the other: while a USSD runs, nothing else is answered (Q13)."""
        while not (self._ended and self._actions.empty()):
            asked = await self._actions.get()
            if asked is None:
                return
            name = (asked.action.get("Action") or "").lower()
            if name == "login":
                self._login(asked)
            elif name == "logoff":
                self._reply(
                    asked,
                    "Goodbye",
                    ("Message", "Thanks for all the fish."),
                    last=True,
                )
            elif not self._accepted:
                self._reply(asked, "Error", ("Message", "Permission denied"))
            else:
                await self._handlers.get(name, self._deny)(asked)

    @property
    def _handlers(self) -> dict[str, Callable[[Asked], Awaitable[None]]]:
        return {
            "smscommand": self._command,
            "ping": self._ping,
            "events": self._set_events,
        }

    async def _deny(self, asked: Asked) -> None:
        """Refuse every other action: the API account has only smscommand (section 2.1)."""
        self._reply(asked, "Error", ("Message", "Permission denied"))

    async def _ping(self, asked: Asked) -> None:
        pong = [("Ping", "Pong")] if self._box.options.ping_pong else []
        self._reply(asked, "Success", *pong)

    async def _set_events(self, asked: Asked) -> None:
        if self._box.options.events_action == "refused":
            await self._deny(asked)
            return
        self._events_on = self._wants_events(asked.action.get("EventMask"))
        self._reply(asked, "Events " + ("On" if self._events_on else "Off"))

    def _login(self, asked: Asked) -> None:
        options, action = self._box.options, asked.action
        user, password = action.get("Username"), action.get("Secret")
        reason = self._login_refusal(user, password)
        if reason:
            self._refuse_login(user or "", reason)
            closes = options.failed_login == "closes"
            self._reply(
                asked, "Error", ("Message", "Authentication failed"), last=closes
            )
            return
        self._may_have_events = (
            not self._is_second or options.second_login != "no-events"
        )
        self._events_on = self._wants_events(action.get("Events"))
        self._accepted = True
        self._connection.user = user or ""
        self._box.log(j.LOGIN, port="ami", user=user, connection=self.number)
        self._reply(asked, "Success", ("Message", "Authentication accepted"))

    def _login_refusal(self, user: str | None, password: str | None) -> str:
        """Return why a login is refused, empty if it is not."""
        options = self._box.options
        if not self._is_allowed():
            return "address"
        if self._box.refused_logins.take():
            return "planned"
        if options.second_login == "refused" and self._is_second:
            return "second login"
        return access.refusal(options, user, password)

    @property
    def _is_second(self) -> bool:
        return self._box.ami.is_another_logged_in(self)

    def _refuse_login(self, user: str, reason: str) -> None:
        self._box.log(
            j.LOGIN_REFUSED,
            port="ami",
            user=user,
            reason=reason,
            connection=self.number,
        )

    def _wants_events(self, mask: str | None) -> bool:
        """Read ``Events: on``, ``off`` or a list of classes; None is the box's default (D3)."""
        value = self._box.options.default_events if mask is None else mask
        return value.strip().lower() not in ("off", "no", "false", "0", "")

    def _put(self, data: bytes, about: About) -> None:
        """Send bytes that answer nothing."""
        self._writer.put(Block(data, about, self._connection.begin(about)))

    def _reply(
        self, asked: Asked, kind: str, *headers: tuple[str, str], last: bool = False
    ) -> None:
        data = response(kind, headers, asked.action.get("ActionID"))
        self._finish(asked, data, last=last)

    def _finish(self, asked: Asked, data: bytes, *, last: bool = False) -> None:
        """Send the end of an answer; its dialogue is over when all of it has gone out."""
        taken = asked.taken
        self._writer.put(Block(data, taken.about, taken.token, last=last))

    async def _command(self, asked: Asked) -> None:
        """Run one command line; its body may come long after its head (Q13, D1)."""
        options = self._box.options
        action_id = asked.action.get("ActionID")
        try:
            work = self._commands.prepare(asked.action.get("Command") or "")
        except CommandRefusedError as error:
            self._refuse_command(asked, str(error))
            return
        head = follows_head(action_id, options.action_id)
        if options.events_during_command == "held":
            self._held = []
        elif options.events_during_command == "inside":
            self._put(head, dict(asked.taken.about))
            head = b""
        try:
            await self._box.clock.sleep(options.command_seconds)
            output = await work()
            body = follows_body(
                output.lines, options.end_mark, mark_glued=output.mark_glued
            )
            self._finish(asked, head + body)
        finally:
            self._release_held()

    def _refuse_command(self, asked: Asked, text: str) -> None:
        options, about = self._box.options, dict(asked.taken.about)
        self._box.log("command_refused", text=text, connection=self.number)
        if about.get("dialogue") == SEND_SMS:
            self._box.outgoing.refuse(
                about.pop("line", None), text, interface="ami", **about
            )
        if options.command_errors == "error":
            self._reply(asked, "Error", ("Message", text))
            return
        head = follows_head(asked.action.get("ActionID"), options.action_id)
        self._finish(asked, head + follows_body([text], options.end_mark))

    def _release_held(self) -> None:
        held, self._held = self._held or [], None
        for block in held:
            self._writer.put(block)
