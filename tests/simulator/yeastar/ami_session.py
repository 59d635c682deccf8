"""One AMI login: reads actions, answers them one by one, and takes events in between."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ..core import journal as j
from ..core.listener import Connection
from . import access
from .ami_writer import AmiWriter, SessionEnd
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


class AmiSession:
    """One connection on the AMI port."""

    def __init__(self, box: YeastarBox, connection: Connection) -> None:
        """Prepare; `run` serves the connection."""
        self._box = box
        self._connection = connection
        self._writer = AmiWriter(connection, box.clock, lambda: box.options, box.random)
        self._actions: asyncio.Queue[Action] = asyncio.Queue(PENDING_ACTIONS)
        self._held: list[tuple[bytes, Handover | None]] | None = None
        self._commands = SmsCommands(box, self)
        self._may_have_events = False
        self._events_on = False
        self.logged_in = False
        self.number = connection.number

    @property
    def takes_events(self) -> bool:
        """Whether this login gets events now."""
        return self.logged_in and self._may_have_events and self._events_on

    def post(self, event: bytes, handover: Handover | None) -> None:
        """Send an event, or keep it while a command runs and the box holds events back (D1)."""
        if self._held is None:
            self._writer.put(event, handover)
        else:
            self._held.append((event, handover))

    async def run(self) -> None:
        """Serve until the client leaves or the box closes."""
        if not self._admit():
            return
        self._writer.put(BANNER)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read())
                tasks.create_task(self._answer())
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
        if self.logged_in:
            self._box.log(
                j.CONNECTION, port="ami", event="closed", connection=self.number
            )
        self.logged_in = False
        self._release_held()
        self._writer.abandon()

    async def _read(self) -> None:
        reader = ActionReader()
        try:
            while True:
                for action in reader.feed(await self._connection.read()):
                    await self._actions.put(action)
        except InputTooLongError as error:
            raise SessionEnd("too many bytes without a blank line") from error

    async def _answer(self) -> None:
        """Take one action after the other: while a USSD runs, nothing else is answered (Q13)."""
        while True:
            action = await self._actions.get()
            name = (action.get("Action") or "").lower()
            if name == "login":
                self._login(action)
            elif name == "logoff":
                self._reply(
                    action,
                    "Goodbye",
                    ("Message", "Thanks for all the fish."),
                    last=True,
                )
            elif not self.logged_in:
                self._reply(action, "Error", ("Message", "Permission denied"))
            else:
                await self._handlers.get(name, self._deny)(action)

    @property
    def _handlers(self) -> dict[str, Callable[[Action], Awaitable[None]]]:
        return {
            "smscommand": self._command,
            "ping": self._ping,
            "events": self._set_events,
        }

    async def _deny(self, action: Action) -> None:
        """Refuse every other action: the API account has only smscommand (section 2.1)."""
        self._reply(action, "Error", ("Message", "Permission denied"))

    async def _ping(self, action: Action) -> None:
        pong = [("Ping", "Pong")] if self._box.options.ping_pong else []
        self._reply(action, "Success", *pong)

    async def _set_events(self, action: Action) -> None:
        if self._box.options.events_action == "refused":
            await self._deny(action)
            return
        self._events_on = self._wants_events(action.get("EventMask"))
        self._reply(action, "Events " + ("On" if self._events_on else "Off"))

    def _login(self, action: Action) -> None:
        options = self._box.options
        user, password = action.get("Username"), action.get("Secret")
        reason = self._login_refusal(user, password)
        if reason:
            self._refuse_login(user or "", reason)
            closes = options.failed_login == "closes"
            self._reply(
                action, "Error", ("Message", "Authentication failed"), last=closes
            )
            return
        self._may_have_events = (
            not self._is_second or options.second_login != "no-events"
        )
        self._events_on = self._wants_events(action.get("Events"))
        self.logged_in = True
        self._box.log(j.LOGIN, port="ami", user=user, connection=self.number)
        self._reply(action, "Success", ("Message", "Authentication accepted"))

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

    def _reply(
        self, action: Action, kind: str, *headers: tuple[str, str], last: bool = False
    ) -> None:
        self._writer.put(response(kind, headers, action.get("ActionID")), last=last)

    async def _command(self, action: Action) -> None:
        """Run one command line; its body may come long after its head (Q13, D1)."""
        options = self._box.options
        action_id = action.get("ActionID")
        try:
            work = self._commands.prepare(action.get("Command") or "")
        except CommandRefusedError as error:
            self._refuse_command(action, str(error))
            return
        head = follows_head(action_id, options.action_id)
        if options.events_during_command == "held":
            self._held = []
        elif options.events_during_command == "inside":
            self._writer.put(head)
            head = b""
        try:
            await self._box.clock.sleep(options.command_seconds)
            # The box goes on with a command whose client has left.
            output = await self._box.run_on(work())
            body = follows_body(
                output.lines, options.end_mark, mark_glued=output.mark_glued
            )
            self._writer.put(head + body)
        finally:
            self._release_held()

    def _refuse_command(self, action: Action, text: str) -> None:
        options = self._box.options
        self._box.log("command_refused", text=text, connection=self.number)
        if options.command_errors == "error":
            self._reply(action, "Error", ("Message", text))
            return
        head = follows_head(action.get("ActionID"), options.action_id)
        self._writer.put(head + follows_body([text], options.end_mark))

    def _release_held(self) -> None:
        held, self._held = self._held or [], None
        for event, handover in held:
            self._writer.put(event, handover)
