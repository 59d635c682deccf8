"""One run of the outbox after the other, on one file and with one box."""

import asyncio

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .sending import Office


class Runs:
    """One run of the outbox after the other, on one file and with one box."""

    def __init__(self, office: Office, box: FakeBox, clock: HandClock) -> None:
        self.office = office
        self.box = box
        self.clock = clock

    async def kill(self) -> None:
        """End the run, and the call that the box was answering."""
        self.office.kill()
        self.box.sender.gate = None
        self.box.sender.endings = []
        await settle()

    async def again(self, *, connected: bool = True) -> Office:
        """Kill the run and begin the next one, with the same SIM."""
        await self.kill()
        self.office = await self.office.next_run()
        self.office.add(self.box, connected=connected)
        if connected:
            self.office.outbox.box_connected("box")
        await settle()
        return self.office

    async def connect(self) -> None:
        """Let the box come within reach."""
        line = self.office.router.get("a")
        assert line is not None
        line.connected = True
        self.office.outbox.box_connected("box")
        await settle()


async def queue(runs: Runs) -> None:
    """Queue a message while the box is away."""
    await runs.office.submit()


async def send_without_result(runs: Runs) -> None:
    """Hand a message over, and hear nothing."""
    runs.box.sender.gate = asyncio.Event()
    await queue(runs)
    await runs.connect()


async def accept(runs: Runs) -> None:
    """Let the box take a message."""
    await queue(runs)
    await runs.connect()
