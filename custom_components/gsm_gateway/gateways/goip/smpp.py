"""A GoIP's SMPP server: one login per SIM, for sending and receiving."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf
from typing import override

from ..clock import Clock
from ..model import CannotConnect, GatewayError, SendState
from ..ports import Listener, Recaller, Receiver, Sender, StatusReader
from .settings import GoipSettings, SmppSettings
from .smpp_coding import Alphabet
from .smpp_line import SmppLine, line_login
from .smpp_link import AlreadyBound, SmppLink, SmppRefused, Verdict
from .smpp_receipts import Spelling
from .smpp_submit import count


class SmppBox(Receiver, Sender, Recaller):
    """All lines of a box that are used."""

    reaches = SendState.DELIVERED

    def __init__(
        self,
        settings: GoipSettings,
        smpp: SmppSettings,
        status: StatusReader,
        channels: Sequence[int],
        clock: Clock,
    ) -> None:
        """Prepare; `run` binds."""
        alphabet, spelling = Alphabet(), Spelling()
        self._lines = {
            channel: SmppLine(channel, settings, smpp, alphabet, spelling, clock)
            for channel in channels
        }
        self._status = status

    @override
    async def run(self, listener: Listener) -> None:
        """Keep all lines bound. The box is connected as long as one is.

        It has refused the credentials when every line was refused.
        """
        given_up = asyncio.Event()

        def on_change() -> None:
            self._tell(listener, given_up)

        for line in self._lines.values():
            line.listener = listener
        runs = [line.run(on_change, self._is_alone) for line in self._lines.values()]
        tasks = [asyncio.create_task(run) for run in (*runs, given_up.wait())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _tell(self, listener: Listener, given_up: asyncio.Event) -> None:
        """Tell the state that the lines make together."""
        lines = self._lines.values()
        if any(line.is_bound for line in lines):
            listener.on_connection(connected=True, error=None)
            return
        errors = [line.error for line in lines if line.error is not None]
        if len(errors) < len(lines):
            return  # some were not tried yet
        others = [error for error in errors if not isinstance(error, SmppRefused)]
        if not others:
            given_up.set()
        listener.on_connection(connected=False, error=(others or errors)[0])

    async def _is_alone(self) -> bool:
        """Tell whether this is a box with one SIM, whose login for all is that line's.

        Raises `CannotConnect` when that is not to be had: what is not known
        refuses nobody.
        """
        if len(self._lines) != 1:
            return False
        try:
            channels = (await self._status.read_status()).channels
        except GatewayError as error:
            raise CannotConnect("The web pages tell nothing of the SIMs") from error
        return sum(channel.sim_present is True for channel in channels) == 1

    @override
    def token(self, serial: int) -> str:
        return str(serial)

    @override
    def split(self, text: str) -> list[str]:
        """Return the text whole: the box cuts it."""
        count(text, unicode=False)
        return [text]

    @override
    def count(self, text: str, *, unicode: bool = False) -> int:
        return count(text, unicode=unicode)

    @override
    def ready(self, channel: int) -> bool:
        line = self._lines.get(channel)
        return line is not None and line.is_bound

    @override
    async def send(
        self, channel: int, to: str, text: str, token: str, *, unicode: bool = False
    ) -> None:
        line = self._lines.get(channel)
        if line is None:
            raise CannotConnect(f"Line {channel} has no SMPP login")
        await line.send(to, text, token, unicode=unicode)

    def sends_until(self, channel: int) -> float:
        """Return when (monotonic) the radio is surely done with what the box took."""
        line = self._lines.get(channel)
        return line.sends_until if line is not None else -inf

    @override
    def serves(self, channel: int) -> bool:
        return channel in self._lines

    @override
    def recall(self, channel: int, token: str, key: str, handed_at: datetime) -> None:
        if (line := self._lines.get(channel)) is not None:
            line.recall(token, key)

    @override
    async def resume(self, tokens: Mapping[str, int]) -> None:
        """Report nothing: the box cannot be asked, and receipts still come."""


async def check_logins(
    settings: GoipSettings, smpp: SmppSettings, channels: Sequence[int], clock: Clock
) -> None:
    """Bind and unbind each line once.

    Raises `SmppRefused`, `CannotConnect`. A login that is in use (perhaps by
    ourselves) is a good one.
    """
    whole_box = (smpp.system_id, smpp.password)
    for channel in channels:
        try:
            await _check(settings, smpp, line_login(smpp, channel), clock)
        except SmppRefused:
            if len(channels) > 1:
                raise
            await _check(settings, smpp, whole_box, clock)


async def _check(
    settings: GoipSettings, smpp: SmppSettings, login: tuple[str, str], clock: Clock
) -> None:
    """Bind and unbind once."""
    link = SmppLink((settings.host, smpp.port), login, _Deaf(), clock)
    try:
        await link.open()
    except AlreadyBound:
        return
    await link.close()


class _Deaf:
    """Takes nothing: a login that is only tried."""

    def on_deliver(self, pdu: bytes, verdict: Verdict) -> None:
        """Do nothing."""

    def on_answer(self, token: str, status: int, message_id: str) -> None:
        """Do nothing."""
