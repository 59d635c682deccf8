"""Messages both ways, faults, and a full disk now and then; all by one seed."""

import asyncio
from contextlib import suppress
from itertools import count
from random import Random
from typing import Any

from tests.simulator.core import gsm0338

from . import faults
from .boxes import LINES
from .evidence import BOXES
from .subject import Subject
from .texts import number_of, sender_of, text_of
from .world import Refused, World

ALARM_SHARE = 0.3
CANCEL_SHARE = 0.05
HOUR = 3600.0


class Traffic:
    """Who writes, who is written to, and what breaks, while `subject` lives and dies."""

    def __init__(self, world: World, seed: int) -> None:
        """Choose by this seed; every kind of event has a chance of its own."""
        self._world = world
        self._outgoing = Random(f"{seed} outgoing")
        self._incoming = Random(f"{seed} incoming")
        self._faults = Random(f"{seed} faults")
        self._disk = Random(f"{seed} disk")
        self._regrets = Random(f"{seed} regrets")
        self._numbers = count(1)
        self._orders = count(1)
        self.subject: Subject | None = None
        """The process that lives now."""
        self.wished: dict[str, dict[str, Any]] = {}
        """Each message by its number, which no other one has: text and `expires`."""

    async def _present(self) -> Subject:
        """Return the process that takes orders now, when there is one."""
        while True:
            subject = self.subject
            if subject is not None and subject.ready.is_set():
                return subject
            await asyncio.sleep(0.02)

    async def submit(self, per_second: float) -> None:
        """Hand over messages for ever, so many a real second."""
        random = self._outgoing
        while True:
            await asyncio.sleep(random.expovariate(per_second))
            order = next(self._orders)
            messages = self._wishes(random)
            subject = await self._present()
            now = self._world.timing.now()
            for each in messages:
                facts = {"text": each["text"], "expires": now + each["expire"]}
                self.wished[each["to"]] = facts
            self._world.log.note(
                "submit",
                number=order,
                messages=messages,
                tags=[each["text"][:6] for each in messages],
            )
            subject.order("submit", number=order, messages=messages)

    def _wishes(self, random: Random) -> list[dict[str, Any]]:
        """Return one message, or one text to several numbers."""
        serial = next(self._numbers)
        text = text_of(f"o{serial:05d}", random, share_long=0.2)
        alarm = random.random() < ALARM_SHARE
        named = random.random() < 0.4
        order = [f"{random.choice(BOXES)}-{random.randint(1, LINES)}"] if named else []
        recipients = random.choice((1, 1, 1, 1, 2, 3))
        return [
            {
                "to": number_of(10 * serial + each),
                "text": text,
                "alarm": alarm,
                "expire": (1 if alarm else random.choice((2, 24))) * HOUR,
                "order": order,
            }
            for each in range(recipients)
        ]

    async def receive(self, per_second: float) -> None:
        """Let messages come in for ever, so many a real second."""
        random = self._incoming
        while True:
            await asyncio.sleep(random.expovariate(per_second))
            serial = next(self._numbers)
            text = text_of(f"i{serial:05d}", random)
            parts = len(gsm0338.split(text, gsm0338.radio_encoding(text)))
            box = random.choice(BOXES)
            name, arguments = faults.arrival(
                box, sender_of(serial), text, parts, random
            )
            with suppress(Refused):  # no power, no network: nothing came in
                await self._world.command(box, name, **arguments)

    async def ask(self, per_second: float) -> None:
        """Ask for balances for ever, so many a real second; a TG opens a second login then."""
        random = self._outgoing
        while True:
            await asyncio.sleep(random.expovariate(per_second))
            subject = await self._present()
            subject.order("ussd", sim=f"tango-{random.randint(1, LINES)}", code="*100#")

    def regret(self, answer: list[dict[str, Any]]) -> None:
        """Cancel a few of the messages that were just handed over."""
        for each in answer:
            if self._regrets.random() < CANCEL_SHARE and self.subject is not None:
                self.subject.order("cancel", message_id=each["id"])

    async def break_things(self, per_second: float) -> None:
        """Let one box after the other have a fault for ever."""
        random = self._faults
        for number in count(1):
            await asyncio.sleep(random.expovariate(per_second))
            box = random.choice(BOXES)
            fault = faults.choose(box, random)
            self._world.log.note(
                "fault",
                number=number,
                box=box,
                fault=fault.name,
                arguments=fault.arguments,
            )
            try:
                await self._world.command(box, fault.name, **fault.arguments)
            except Refused as refused:
                self._world.log.note("no_fault", number=number, why=str(refused))

    async def fill_disk(self, every: float) -> None:
        """Let the disk be full now and then, for a few real seconds."""
        random = self._disk
        for number in count(1_000_000):
            await asyncio.sleep(random.uniform(0.5, 1.5) * every)
            subject = await self._present()
            self._world.log.note("fault", number=number, fault="full disk")
            subject.fill_disk(full=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(random.uniform(1, 5)):
                    await subject.dead.wait()
            subject.fill_disk(full=False)
            self._world.log.note("fault_over", number=number)
