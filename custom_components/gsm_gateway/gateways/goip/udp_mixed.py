"""A GoIP that pushes by UDP and is sent through by its web pages, as the user prefers it."""

import asyncio
from typing import override

from ..model import (
    ChannelStatus,
    GatewayError,
    IncomingCall,
    InvalidAuth,
    SendReport,
    SmsPart,
)
from ..ports import Listener, Receiver


class MixedReceiver(Receiver):
    """Both at once; whether the box is within reach is told by what pushes.

    Pages that refuse the login end nothing: what is pushed is still taken.
    """

    def __init__(self, pushes: Receiver, pages: Receiver) -> None:
        """Join the two."""
        self._pushes = pushes
        self._pages = pages

    @override
    async def run(self, listener: Listener) -> None:
        pushes = _Through(listener)
        runs = (self._pushes.run(pushes), self._pages.run(_Quiet(pushes)))
        tasks = [asyncio.create_task(run) for run in runs]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class _Through(Listener):
    """Passes on everything, and remembers whether the box is within reach."""

    def __init__(self, listener: Listener) -> None:
        self.connected = False
        self._listener = listener

    @override
    def on_part(self, part: SmsPart) -> None:
        self._listener.on_part(part)

    @override
    def on_report(self, report: SendReport) -> None:
        self._listener.on_report(report)

    @override
    def on_call(self, call: IncomingCall) -> None:
        self._listener.on_call(call)

    @override
    def on_status(self, status: ChannelStatus) -> None:
        self._listener.on_status(status)

    @override
    def on_connection(self, *, connected: bool, error: GatewayError | None) -> None:
        self.connected = connected
        self._listener.on_connection(connected=connected, error=error)


class _Quiet(_Through):
    """Says nothing of the pages but that they refuse the login."""

    def __init__(self, pushes: _Through) -> None:
        super().__init__(pushes)
        self._pushes = pushes

    @override
    def on_connection(self, *, connected: bool, error: GatewayError | None) -> None:
        if isinstance(error, InvalidAuth):
            self._pushes.on_connection(connected=self._pushes.connected, error=error)
