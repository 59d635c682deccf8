"""One USSD on one port: dialled, answered, refused, or answered too late (section 2.4)."""

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from ..core.sim_card import UssdOutcome
from .port import Port
from .ussd_reply import UssdState, UssdText

if TYPE_CHECKING:
    from .box import YeastarBox


@dataclass(frozen=True)
class UssdCall:
    """A wish: `client` names who asks, `limit` is in simulated seconds, 0 for none."""

    code: str
    interface: str
    client: str
    limit: float


@dataclass(frozen=True)
class UssdResult:
    """What came of it; without an answer it timed out or failed."""

    answer: UssdText | None = None
    timed_out: bool = False


class UssdRunner:
    """Runs USSD on the ports of a box, one at a time per port."""

    def __init__(self, box: YeastarBox) -> None:
        """Bind to a box."""
        self._box = box
        self._serials = count(1)

    async def run(self, port: Port, call: UssdCall) -> UssdResult:
        """Wait for the port, dial, and wait for the network or the limit."""
        options, clock = self._box.options, self._box.clock
        if options.ussd_waits:
            await clock.sleep(port.next_send_at - clock.monotonic())
        async with port.line.work:
            if options.ussd_menu_owner == "client" and port.menu_owner != call.client:
                self._box.ussd_sessions.close(port.line, "another client")
            port.note(port.activity, port.last_event, f'AT+CUSD=1,"{call.code}",15')
            outcome = await self._outcome(port, call)
        if outcome is None:
            return UssdResult(timed_out=True)
        if outcome.kind == "error":
            return UssdResult()
        port.menu_owner = call.client if outcome.kind == "menu" else ""
        port.note(port.activity, "USSD received")
        return UssdResult(UssdText(outcome.text, self._state(outcome)))

    async def _outcome(self, port: Port, call: UssdCall) -> UssdOutcome | None:
        """Dial and return the answer, or None at the limit."""
        clock = self._box.clock
        if not port.is_ready(clock.monotonic()):
            return UssdOutcome("error", "not ready", 0.0)
        serial = next(self._serials)
        self._box.spawn(self._dial(port, call, serial))
        deadline = clock.monotonic() + call.limit
        while True:
            try:
                if call.limit:
                    left = deadline - clock.monotonic()
                    answered, outcome = await clock.wait_for(
                        port.ussd_answers.get(), left
                    )
                else:
                    answered, outcome = await port.ussd_answers.get()
            except TimeoutError:
                return None
            if answered == serial or self._box.options.ussd_late_answer == "next":
                return outcome

    async def _dial(self, port: Port, call: UssdCall, serial: int) -> None:
        outcome = await self._box.dial_ussd(port.line, call.code, call.interface)
        if outcome.kind != "silence":
            port.ussd_answers.put_nowait((serial, outcome))

    def _state(self, outcome: UssdOutcome) -> UssdState:
        return "1" if outcome.kind == "menu" else self._box.options.ussd_final_state
