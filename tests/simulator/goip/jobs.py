"""What a line does for the web pages: one SMS or one USSD at a time, told by its slot."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..core.faults import SendFault
from ..core.line import AirMessage, Line
from ..core.outgoing import Sms
from .broken_text import cut_bytes
from .dialling import dial_in_time
from .slots import DONE, ERRORDONE, STARTED, Slot

if TYPE_CHECKING:
    from .box import GoipBox

NOT_REPLIED = "send, but provider not reply."


class Jobs:
    """Starts work on lines; the box has no queue (Q3)."""

    def __init__(self, box: GoipBox) -> None:
        self._box = box
        self.slots = {number: Slot() for number in box.lines}
        self._unread: dict[int, Sms] = {}
        self.crashed: set[int] = set()

    async def start_sms(self, line: Line, message: AirMessage) -> bool:
        """Begin to send; False when the line is busy."""
        if line.busy:
            return False
        await line.work.acquire()
        self._begin(line, message.key)
        sms = self._box.outgoing.take(line, message)
        self._box.spawn(self._send(line, sms))
        return True

    async def start_ussd(self, line: Line, code: str, key: str, interface: str) -> bool:
        """Begin to dial; False when the line is busy."""
        if line.busy:
            return False
        await line.work.acquire()
        self._begin(line, key)
        self._box.spawn(self._dial(line, code, key, interface))
        return True

    def fail(self, line: Line, key: str, error: str) -> None:
        """Write a failure into the slot of a line that did not begin."""
        self._begin(line, key)
        self._end(line, key, error)

    def _begin(self, line: Line, key: str) -> None:
        """Begin a line's slot anew; a result that no page showed is gone."""
        self.slots[line.number].begin(key)
        if sms := self._unread.pop(line.number, None):
            self._box.outgoing.untold(sms, "overwritten")

    def unread(self, lines: Iterable[int]) -> dict[Sms, Slot]:
        """Return the ended SMS of these lines that no page has told, each with its slot now."""
        return {
            self._unread[number]: replace(self.slots[number])
            for number in lines
            if number in self._unread
        }

    def read(self, ended: Mapping[Sms, Slot], connection: int) -> None:
        """Take note that a client has a page with these ends."""
        for sms, slot in ended.items():
            if self._unread.get(sms.line.number) is sms:
                del self._unread[sms.line.number]
                self._box.outgoing.told(
                    sms,
                    "status page",
                    slot.status,
                    error=slot.error,
                    connection=connection,
                )

    def posted_while_busy(self, line: Line, key: str) -> None:
        """Do to the slot what a form does that finds its line busy (D4)."""
        slot = self.slots[line.number]
        if self._box.options.busy_form == "overwritten":
            slot.key = key
        elif self._box.options.busy_form == "refused":
            slot.begin(key)
            slot.end(self._box.options.failure_status, "busy", blank_key=False)

    async def _send(self, line: Line, sms: Sms) -> None:
        """Send one SMS and write its end; while the end is late the line stays busy."""
        message, work = sms.message, line.work
        try:
            fault = line.faults.take_send()
            if fault is not None and fault.passing:
                self._box.spawn(self._show_passing(sms, fault))
            if message.parts > 1 and self._box.options.long_text == "crash":
                await self._crash(line, sms)
                return
            result = await self._box.send_over_air(sms, fault)
            if result.told:
                await self._box.clock.sleep(result.delay)
                self._end(line, message.key, result.error, result.status)
                self._unread[line.number] = sms
        finally:
            work.release()

    async def _show_passing(self, sms: Sms, fault: SendFault) -> None:
        """Show an error for a moment while the SMS is still being sent (Q6)."""
        await self._box.clock.sleep(self._box.seconds_per_sms / 3)
        slot = self.slots[sms.line.number]
        if slot.status == STARTED:
            slot.error = fault.passing
            self._box.hit("passing_error", sms, error=fault.passing)

    async def _crash(self, line: Line, sms: Sms) -> None:
        """Let the radio module crash; it comes back by itself (Q10)."""
        await self._box.clock.sleep(self._box.seconds_per_sms / 2)
        self.restart_module(line, "module_crash")
        self._box.outgoing.fail(sms, self._box.not_registered_error)
        self._end(line, sms.message.key, self._box.not_registered_error)
        self._unread[line.number] = sms

    def restart_module(self, line: Line, why: str) -> None:
        """Let a radio module go away; it comes back by itself, or with the box's power."""
        self.crashed.add(line.number)
        self._box.switch_module(line, False, fault=why)
        self._box.spawn(self._bring_back(line))

    async def _bring_back(self, line: Line) -> None:
        """Let a module that went away come back."""
        await self._box.clock.sleep(self._box.options.module_restart_seconds)
        if line.number in self.crashed:
            self.crashed.discard(line.number)
            self._box.switch_module(line, True, fault="module_restarted")

    async def _dial(self, line: Line, code: str, key: str, interface: str) -> None:
        """Run one USSD and write the answer where an SMS has its error (Q5)."""
        options, work = self._box.options, line.work
        try:
            outcome = await dial_in_time(self._box, line, code, key, interface)
            if outcome.kind == "silence":
                if options.ussd_timeout:
                    self._end(line, key, NOT_REPLIED, ERRORDONE)
            elif outcome.kind == "error":
                self._end(line, key, outcome.text)
            else:
                text = cut_bytes(outcome.text, options.byte_limit)
                self._end(line, key, text, DONE)
        finally:
            work.release()

    def _end(self, line: Line, key: str, error: str, status: str = "") -> None:
        """Write the end of a job; whoever overwrote the key meanwhile reads it as his (D4)."""
        options = self._box.options
        slot = self.slots[line.number]
        if options.busy_form != "overwritten":
            slot.key = key
        final = status or (options.failure_status if error else DONE)
        slot.end(final, error, options.blank_key)
