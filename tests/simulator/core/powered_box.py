"""Life and radio of a simulated box."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Coroutine, Iterable
from types import TracebackType
from typing import Any, Self

from . import gsm0338, journal as j
from .arrivals import Arrivals
from .clock import Clock
from .commands import CommandError
from .dialogues import log_hit, watch
from .faults import SendFault, Times
from .journal import Journal
from .line import IncomingSms, Line, SendResult
from .listener import Listener
from .outgoing import Outgoing, Sms
from .sim_card import SimCard, UssdOutcome
from .ussd_sessions import UssdSessions


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
        self._outside: set[asyncio.Task[Any]] = set()
        self.incoming_count = 0
        self.outgoing = Outgoing(self.log)
        self.arrivals = Arrivals(self)
        self.ussd_sessions = UssdSessions(self)

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

    @abstractmethod
    async def deliver_part(self, line: Line, message: IncomingSms, part: int) -> None:
        """Take one part (from 1) of an SMS that comes over the radio in parts."""

    async def start(self) -> None:
        """Power on; the ports are open afterwards."""
        for name, listener in self.listeners.items():
            watch(listener, name, self.log)
            listener.monotonic = self.clock.monotonic
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
        await self.lose_power()

    async def lose_power(self) -> None:
        """End everything that runs inside, and forget the SMS on their way out."""
        self.powered = False
        await _cancel(self._tasks)
        for line in self.lines.values():
            line.work = asyncio.Lock()
        self.outgoing.power_lost()
        self.ussd_sessions.close_all("power")
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
        """Stop, end what goes on around the box, and close the journal's file."""
        await _cancel(self._outside)
        await self.stop()
        for listener in self.listeners.values():
            await listener.end_silent()
        self.journal.close()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` as a task that ends with the box's power."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def spawn_outside(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` as a task that outlives the box's power."""
        task = asyncio.create_task(work)
        self._outside.add(task)
        task.add_done_callback(self._outside.discard)
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

    def require_network(self, line: Line) -> None:
        """Raise CommandError when the network cannot reach a line."""
        if not self.powered or not line.registered:
            raise CommandError(f"line {line.number} is not in the network")

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
        self.require_network(target)
        chosen = encoding or gsm0338.radio_encoding(text)
        self.incoming_count += 1
        number = self.incoming_count
        message = IncomingSms(number, sender, text, chosen, raw, missing, number)
        self.log_incoming(target, message)
        await self.deliver(target, message)
        return message.id

    def log_incoming(self, line: Line, message: IncomingSms, **more: Any) -> None:
        """Journal that an SMS comes over the radio."""
        self.log(
            j.SMS_INCOMING,
            line.number,
            id=message.id,
            sender=message.sender,
            text=message.text,
            encoding=message.encoding,
            raw=message.raw.hex(),
            parts=len(message.parts),
            missing=list(message.missing),
            **more,
        )

    def handed_over(
        self, line: Line, message: IncomingSms, how: str, **fields: Any
    ) -> None:
        """Journal that a message (or one part of it) was handed to a client."""
        self.log(j.SMS_HANDED_OVER, line.number, id=message.id, how=how, **fields)

    # Radio

    def left_network(self, line: Line, by: str) -> None:
        """End what a line cannot go on with outside the network."""
        self.ussd_sessions.close(line, by)

    def switch_module(self, line: Line, state: bool, **fields: Any) -> None:
        """Switch a radio module and journal it; switched off, it ends what goes on."""
        line.module_on = state
        if not state:
            self.left_network(line, "module")
        self.log(j.FAULT, line.number, **{"fault": "module", "state": state, **fields})

    async def send_over_air(self, sms: Sms, fault: SendFault | None) -> SendResult:
        """Send one SMS by its line's radio and journal it; the caller holds `line.work`.

        `fault` is what the caller got from `line.faults.take_send()`.
        """
        line, message, fault = sms.line, sms.message, fault or SendFault()
        sms.stage = "sending"
        goes_out = fault.on_air or (not fault.error and fault.result)
        for _ in range(message.parts):
            await self.clock.sleep(self.seconds_per_sms)
            sms.parts_on_air += goes_out and line.registered
        if not line.registered or line.sim is None:
            return self._not_sent(sms, self.not_registered_error)
        if not goes_out:
            return self._not_sent(sms, fault.error, fault)
        if not line.sim.can_pay(message.parts):
            return self._not_sent(sms, self.no_money_error)
        line.sim.charge(message.parts)
        self.log(
            j.SMS_ON_AIR,
            line.number,
            sms=sms.serial,
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
        return self._result(sms, True, fault.error, fault)

    def _not_sent(
        self, sms: Sms, error: str, fault: SendFault | None = None
    ) -> SendResult:
        """Journal an SMS that did not go out."""
        fault = fault or SendFault()
        self.outgoing.fail(sms, error, told=fault.result)
        return self._result(sms, False, error, fault)

    def _result(
        self, sms: Sms, on_air: bool, error: str, fault: SendFault
    ) -> SendResult:
        """Return how sending ended; journal what a fault makes of the result."""
        sms.stage = "result"
        if not fault.result:
            self.hit("result_withheld", sms, on_air=on_air)
            self.outgoing.over(sms)
        elif fault.error:
            self.hit("planned_failure", sms, on_air=on_air, error=error)
        if fault.delay:
            self.hit("result_late", sms, on_air=on_air, seconds=fault.delay)
        return SendResult(on_air, error, fault.result, fault.status, fault.delay)

    def hit(self, fault: str, sms: Sms, **more: Any) -> None:
        """Journal that a fault hit the sending of an SMS."""
        log_hit(self.log, fault, sms.about, dialogue=sms.message.interface, **more)

    async def dial_ussd(
        self, line: Line, code: str, interface: str, key: str = ""
    ) -> UssdOutcome:
        """Dial a code and wait for the operator; the caller holds `line.work`.

        A silent operator is returned at once as "silence": the box decides how long it waits.
        """
        self.log(j.USSD_DIALLED, line.number, code=code, interface=interface, key=key)
        card = line.sim
        if not line.registered or card is None:
            self.ussd_sessions.close(line, "network")
            outcome = UssdOutcome("error", self.not_registered_error, 0.0)
        elif line.faults.ussd_silence.take():
            outcome = UssdOutcome("silence", "", 0.0)
        elif line.faults.ussd_error:
            outcome = UssdOutcome("error", line.faults.ussd_error, 0.0)
        else:
            outcome = self.ussd_sessions.dial(line, card, code)
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
        if card is not None:
            self.arrivals.follow_ussd(line, card, code, outcome)
        return outcome


async def _cancel(tasks: set[asyncio.Task[Any]]) -> None:
    """End tasks, except the one that runs this."""
    ending = [task for task in tasks if task is not asyncio.current_task()]
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
