"""Somebody who listens to a driver and keeps what it says."""

import asyncio
from collections.abc import Callable

from custom_components.gsm_gateway.gateways.model import (
    ChannelStatus,
    GatewayError,
    IncomingCall,
    SendReport,
    SendState,
    SmsPart,
)
from custom_components.gsm_gateway.gateways.text import decode

LIMIT_SECONDS = 10.0


class Recorder:
    """Keeps parts, reports and states of the connection, in order."""

    def __init__(self) -> None:
        self.parts: list[SmsPart] = []
        self.reports: list[SendReport] = []
        self.calls: list[IncomingCall] = []
        self.statuses: list[ChannelStatus] = []
        self.connections: list[tuple[bool, GatewayError | None]] = []
        self._news = asyncio.Event()

    def on_part(self, part: SmsPart) -> None:
        """Keep a part."""
        self.parts.append(part)
        part.acknowledge()
        self._news.set()

    def on_report(self, report: SendReport) -> None:
        """Keep a report."""
        self.reports.append(report)
        self._news.set()
        report.acknowledge()

    def on_call(self, call: IncomingCall) -> None:
        """Keep a call."""
        self.calls.append(call)
        self._news.set()

    def on_status(self, status: ChannelStatus) -> None:
        """Keep what a channel says of itself."""
        self.statuses.append(status)
        self._news.set()

    def on_connection(self, *, connected: bool, error: GatewayError | None) -> None:
        """Keep a state of the connection."""
        self.connections.append((connected, error))
        self._news.set()

    @property
    def states(self) -> list[tuple[str, SendState]]:
        """The reported tokens and states."""
        return [(report.token, report.state) for report in self.reports]

    @property
    def texts(self) -> list[str]:
        """The texts of the parts."""
        return [decode(part.payload, part.coding) for part in self.parts]

    async def until(self, condition: Callable[[], object]) -> None:
        """Return when a condition holds; it is looked at after each piece of news."""
        async with asyncio.timeout(LIMIT_SECONDS):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def until_connected(self) -> None:
        """Return when the box is within reach."""
        await self.until(lambda: self.connections and self.connections[-1][0])

    async def until_lost(self) -> GatewayError | None:
        """Return why the box is out of reach, when it is."""
        await self.until(lambda: self.connections and not self.connections[-1][0])
        return self.connections[-1][1]

    async def until_parts(self, count: int) -> list[SmsPart]:
        """Return the parts when there are so many."""
        await self.until(lambda: len(self.parts) >= count)
        return self.parts

    async def until_reports(self, count: int) -> list[SendReport]:
        """Return the reports when there are so many."""
        await self.until(lambda: len(self.reports) >= count)
        return self.reports
