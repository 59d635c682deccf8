"""Life and radio of a simulated box."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Coroutine, Iterable
from types import TracebackType
from typing import Any, Self

from . import gsm0338, journal as j
from .clock import Clock
from .commands import CommandError
from .faults import SendFault, Times
from .journal import Journal
from .line import AirMessage, IncomingSms, Line, SendResult
from .listener import Listener
from .sim_card import SimCard, UssdOutcome


class PoweredBox(ABC):
    """Life and radio of a simulated box."""

    brand = "box"
    no_money_error = "500"
    not_registered_error = "GSM_LOGOUT"

    def __init__(
        self,
        lines: Iterable[Line],
        clock: Clock | None = None,
        journal: Journal | None = None,
        name: str = "",
        seconds_per_sms: float = 3.0,
    ) -> None:
        """Put a box together; nothing listens before `start`."""
        self.clock = clock or Clock()
        self.journal = journal or Journal(self.clock)
        self.name = name or self.brand
        self.lines = {line.number: line for line in lines}
        self.seconds_per_sms = seconds_per_sms
        self.refused_logins = Times()
        self.powered = False
        self.booted_at = 0.0
        self.cards_taken_out: dict[int, SimCard] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self.incoming_count = 0

    # Life

    @property
    @abstractmethod
    def listeners(self) -> dict[str, Listener]:
        """The TCP ports of the box by the name of the protocol."""

    @abstractmethod
    def forget(self) -> None:
        """Lose what a loss of power loses."""

    @abstractmethod
    async def deliver(self, line: Line, message: IncomingSms) -> None:
        """Hand an SMS that came over the radio to whoever listens."""

    async def start(self) -> None:
        """Power on; the ports are open afterwards."""
        for listener in self.listeners.values():
            await listener.open()
        self.powered = True
        self.booted_at = self.clock.monotonic()
        self.log(j.BOX, event="started")

    async def stop(self) -> None:
        """Power off, with everything that runs inside."""
        self.powered = False
        for listener in self.listeners.values():
            listener.awake.set()
            await listener.close()
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.log(j.BOX, event="stopped")

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop and close the journal's file."""
        await self.stop()
        self.journal.close()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` as a task that ends with the box's power."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def log(self, kind: str, line: int | None = None, **fields: Any) -> j.Entry:
        """Write into the journal as this box."""
        return self.journal.add(kind, self.name, line, **fields)

    def line(self, number: int) -> Line:
        """Return a line by its printed number; raise CommandError when there is none."""
        try:
            return self.lines[number]
        except KeyError:
            raise CommandError(f"{self.name} has no line {number}") from None

    async def take_in(
        self,
        line: int,
        sender: str,
        text: str = "",
        encoding: gsm0338.RadioEncoding | None = None,
        raw: bytes = b"",
        missing: tuple[int, ...] = (),
    ) -> int:
        """Take an SMS from the network and return its id in the journal.

        Raises CommandError when the line is not registered: the network keeps the SMS then.
        """
        target = self.line(line)
        if not self.powered or not target.registered:
            raise CommandError(f"line {line} is not in the network")
        chosen = encoding or gsm0338.radio_encoding(text)
        self.incoming_count += 1
        message = IncomingSms(self.incoming_count, sender, text, chosen, raw, missing)
        self.log(
            j.SMS_INCOMING,
            line,
            id=message.id,
            sender=sender,
            text=text,
            encoding=chosen,
            raw=raw.hex(),
            parts=len(message.parts),
            missing=list(missing),
        )
        await self.deliver(target, message)
        return message.id

    def handed_over(
        self, line: Line, message: IncomingSms, how: str, **fields: Any
    ) -> None:
        """Journal that a message (or one part of it) was handed to a client."""
        self.log(j.SMS_HANDED_OVER, line.number, id=message.id, how=how, **fields)

    # Radio

    async def send_over_air(
        self, line: Line, message: AirMessage, fault: SendFault | None
    ) -> SendResult:
        """Send one SMS by the line's radio and journal it; the caller holds `line.work`.

        `fault` is what the caller got from `line.faults.take_send()`.
        """
        await self.clock.sleep(self.seconds_per_sms * message.parts)
        if not line.registered or line.sim is None:
            return self._not_sent(line, message, self.not_registered_error)
        if fault is not None and not fault.on_air and (fault.error or not fault.result):
            return self._not_sent(line, message, fault.error, fault)
        if not line.sim.can_pay(message.parts):
            return self._not_sent(line, message, self.no_money_error)
        line.sim.charge(message.parts)
        self.log(
            j.SMS_ON_AIR,
            line.number,
            number=message.number,
            text=message.text,
            raw=message.raw.hex(),
            encoding=message.encoding or gsm0338.radio_encoding(message.text),
            parts=message.parts,
            interface=message.interface,
            key=message.key,
            from_number=line.sim.number,
            balance=str(line.sim.balance),
            **message.extra,
        )
        if fault is None:
            return SendResult(True)
        return SendResult(True, fault.error, fault.result, fault.status)

    def _not_sent(
        self,
        line: Line,
        message: AirMessage,
        error: str,
        fault: SendFault | None = None,
    ) -> SendResult:
        """Journal an SMS that did not go out."""
        self.log(
            j.SMS_REFUSED,
            line.number,
            number=message.number,
            text=message.text,
            interface=message.interface,
            key=message.key,
            error=error,
        )
        told, status = (fault.result, fault.status) if fault else (True, "")
        return SendResult(False, error, told, status)

    async def dial_ussd(
        self, line: Line, code: str, interface: str, key: str = ""
    ) -> UssdOutcome:
        """Dial a code and wait for the operator; the caller holds `line.work`.

        A silent operator is returned at once as "silence": the box decides how long it waits.
        """
        self.log(j.USSD_DIALLED, line.number, code=code, interface=interface, key=key)
        if not line.registered or line.sim is None:
            outcome = UssdOutcome("error", self.not_registered_error, 0.0)
        elif line.faults.ussd_silence.take():
            outcome = UssdOutcome("silence", "", 0.0)
        elif line.faults.ussd_error:
            outcome = UssdOutcome("error", line.faults.ussd_error, 0.0)
        else:
            outcome = line.sim.dial(code)
        if outcome.kind != "silence":
            await self.clock.sleep(outcome.delay + line.faults.ussd_delay)
        self.log(
            j.USSD_ANSWERED,
            line.number,
            code=code,
            result=outcome.kind,
            text=outcome.text,
            key=key,
        )
        return outcome
