"""A GoIP whose lines call our SMS server (GoIP section 2)."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
import ipaddress
import logging
import re
import socket
from typing import override

from ..clock import Clock
from ..model import (
    SILENT_SECONDS,
    CannotConnect,
    ChannelStatus,
    GatewayError,
    SendRefused,
    SendState,
    TextTooLong,
)
from ..ports import Listener, Recaller, Receiver, Sender
from ..text import count_parts
from .settings import UdpSettings
from .sms_server import SmsServer
from .udp_control import UdpControl
from .udp_line import UdpLine
from .udp_send import Sms, SmsDialogues, take_late_result, text_bytes

_LOGGER = logging.getLogger(__name__)

FIRST_CALL_SECONDS = 40.0
"""A line calls every 30 s."""
_LOOK_AGAIN_SECONDS = 60.0
_RESOLVE_SECONDS = 5.0
_TEXT_LIMIT_BYTES = 3000
"""GoIP 2.4."""
_SERIALS = 1 << 30
"""Numbers of messages; those of commands begin with the seconds of the clock, above."""
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")


class UdpBox(Receiver, Sender, Recaller):
    """The lines of a box that have an id."""

    reaches = SendState.DELIVERED

    def __init__(
        self, host: str, settings: UdpSettings, server: SmsServer, clock: Clock
    ) -> None:
        """Prepare; `run` lets the lines call."""
        self._news = asyncio.Event()
        self.lines: Mapping[int, UdpLine] = {
            channel: UdpLine(
                channel, (line_id, settings.password), server, clock, self._news.set
            )
            for channel, line_id in settings.ids.items()
        }
        self.control = UdpControl(self.lines)
        for line in self.lines.values():
            line.late_reply = partial(take_late_result, line)
        self._host = host
        self._only_address = settings.only_address
        self._server = server
        self._clock = clock
        self._dialogues = SmsDialogues(clock)
        self._registered: set[UdpLine] = set()
        self._fresh: set[UdpLine] = set()
        """Those that the listener knows to be there."""
        self._tasks: set[asyncio.Task[None]] = set()

    @override
    async def run(self, listener: Listener) -> None:
        """Let the lines call. The box is connected as long as one does."""
        for line in self.lines.values():
            line.listener = listener
        began = self._clock.monotonic()
        try:
            while True:
                await self._limit_addresses()
                self._register()
                self._news.clear()
                self._tell(listener, began)
                with suppress(TimeoutError):
                    async with self._clock.timeout(self._next_look(began)):
                        await self._news.wait()
        finally:
            await self._leave()

    async def _leave(self) -> None:
        """Let the lines call no more."""
        for line in self._registered:
            self._server.unregister(line.login)
            line.forget_place()
        self._registered.clear()
        self._fresh.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _register(self) -> None:
        """Let those lines call that may not yet: another box may have had their ids."""
        for line in self.lines.values():
            if line in self._registered:
                continue
            try:
                self._server.register(line.login)
            except ValueError:
                _LOGGER.debug("The id of line %d is taken", line.channel)
            else:
                self._registered.add(line)

    async def _limit_addresses(self) -> None:
        """Find out which addresses are the box's own, if only those count."""
        if not self._only_address:
            return
        try:
            own = {str(ipaddress.ip_address(self._host))}
        except ValueError:
            own = await self._resolve()
        for line in self.lines.values():
            # While a name is not known, the address that it had still counts.
            line.login.only_from = frozenset(own) or line.login.only_from or frozenset()

    async def _resolve(self) -> set[str]:
        """Return the addresses of the box's name; none while nobody knows them."""
        loop = asyncio.get_running_loop()
        try:
            async with self._clock.timeout(_RESOLVE_SECONDS):
                found = await loop.getaddrinfo(
                    self._host, None, family=socket.AF_INET, type=socket.SOCK_DGRAM
                )
        except OSError, UnicodeError:
            return set()
        return {str(address[0]) for *_, address in found}

    def _next_look(self, began: float) -> float:
        """Return in how many seconds something may have changed by itself."""
        now = self._clock.monotonic()
        due = [now + _LOOK_AGAIN_SECONDS]
        due += [line.heard + SILENT_SECONDS for line in self._fresh]
        if began + FIRST_CALL_SECONDS > now:
            due.append(began + FIRST_CALL_SECONDS)
        return max(0.0, min(due) - now) + 0.01

    def _tell(self, listener: Listener, began: float) -> None:
        """Tell whether the box is within reach, if that is new."""
        fresh = {line for line in self.lines.values() if line.is_fresh}
        come, self._fresh = fresh - self._fresh, fresh
        for line in come:
            self._ask_number(line)
        if come:
            listener.on_connection(connected=True, error=None)
        if fresh:
            return
        if trouble := self._server.trouble:
            error = f"UDP port {self._server.port}: {trouble.strerror or trouble}"
        elif not self._registered:
            error = "Another box has the ids of the lines"
        elif self._clock.monotonic() - began < FIRST_CALL_SECONDS:
            return
        else:
            error = "No line of the box has called"
        listener.on_connection(connected=False, error=CannotConnect(error))

    def _ask_number(self, line: UdpLine) -> None:
        """Ask a line for its number where its keepalives do not have it."""
        if line.number is not None:
            return
        task = asyncio.create_task(self._read_number(line))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read_number(self, line: UdpLine) -> None:
        try:
            number = await self.control.read_number(line)
        except GatewayError:
            return
        if _NUMBER.fullmatch(number):
            line.tell_status(ChannelStatus(channel=line.channel, number=number))

    @override
    def token(self, serial: int) -> str:
        return str(serial % _SERIALS)

    @override
    def split(self, text: str) -> list[str]:
        """Return the text whole: the box cuts it."""
        self.count(text)
        return [text]

    @override
    def count(self, text: str, *, unicode: bool = False) -> int:
        """Count what the box makes of it; it chooses its alphabet."""
        if len(text_bytes(text)) > _TEXT_LIMIT_BYTES:
            raise TextTooLong(f"More than {_TEXT_LIMIT_BYTES} bytes")
        return count_parts(text)

    @override
    def ready(self, channel: int) -> bool:
        line = self.lines.get(channel)
        return line is not None and line.is_fresh

    @override
    def serves(self, channel: int) -> bool:
        """Say yes: which lines have an id does not depend on the channels."""
        return True

    @override
    async def send(
        self, channel: int, to: str, text: str, token: str, *, unicode: bool = False
    ) -> None:
        line = self.lines.get(channel)
        if line is None:
            raise CannotConnect(f"Line {channel} has no id")
        if not _NUMBER.fullmatch(to):
            raise SendRefused("Not a phone number")
        sms = Sms(token=token, to=to, text=text, parts=self.count(text))
        await self._dialogues.send(line, sms)

    @override
    def recall(self, channel: int, token: str, key: str, handed_at: datetime) -> None:
        if (line := self.lines.get(channel)) is not None:
            seconds_ago = (self._clock.now() - handed_at).total_seconds()
            line.deliveries.recall(token, key, seconds_ago)

    @override
    async def resume(self, tokens: Mapping[str, int]) -> None:
        """Report nothing: asking would send again on some boxes (Q16)."""
