"""One SEND on its way: WAIT, the radio, OK or ERROR, and DELIVER (device file 2.4)."""

from functools import partial
from typing import TYPE_CHECKING

from ..core.line import Line, SendResult
from ..core.outgoing import Sms
from .udp_send_groups import Group, Sending
from .udp_words import Reply

if TYPE_CHECKING:
    from .box import GoipBox


class UdpSender:
    """Sends the SMS of one line one by one, and tells their ends."""

    def __init__(self, box: GoipBox, line: Line, reply: Reply) -> None:
        """Bind to a line."""
        self._box = box
        self._line = line
        self._reply = reply

    async def run(self, group: Group, telid: int, sending: Sending) -> None:
        """Send one SMS, with WAIT while it takes long, and answer."""
        waits = self._box.spawn(self._keep_waiting(group, telid, sending))
        try:
            result = await self._on_air(sending.sms)
        finally:
            waits.cancel()
            sending.running = False
            self._box.send_groups.touch(group)
        if not result.told:
            return
        if result.error:
            self._failed(group, telid, sending, result.error)
        else:
            await self._succeeded(group, telid, sending)

    def stands(self, group: Group, telid: int, sending: Sending) -> None:
        """Answer a repeated SEND: WAIT, or what was answered the first time.

        Of a result that the box never tells it says nothing.
        """
        if sending.running:
            self._wait(group, telid, sending)
        elif sending.answer:
            self._answer(sending)

    async def _on_air(self, sms: Sms) -> SendResult:
        """Wait for the line and send; while the result is late the line stays busy."""
        async with self._line.work:
            fault = self._line.faults.take_send()
            result = await self._box.send_over_air(sms, fault)
            await self._box.clock.sleep(result.delay)
        return result

    async def _keep_waiting(self, group: Group, telid: int, sending: Sending) -> None:
        """Say WAIT again and again."""
        while seconds := self._box.options.udp_wait_seconds:
            await self._box.clock.sleep(seconds)
            self._wait(group, telid, sending)

    def _wait(self, group: Group, telid: int, sending: Sending) -> None:
        """Say that an SMS is not out yet."""
        self._reply(b"WAIT %d %d\n" % (group.sendid, telid), _about(sending, "WAIT"))

    def _failed(self, group: Group, telid: int, sending: Sending, error: str) -> None:
        """Tell why an SMS did not go out (D12)."""
        if error == self._box.not_registered_error:
            answer = f"ERROR {group.sendid} {error}\n"
        else:
            answer = f"ERROR {group.sendid} {telid} errorstatus:{error}\n"
        sending.answer = answer.encode()
        self._answer(sending)

    async def _succeeded(self, group: Group, telid: int, sending: Sending) -> None:
        """Tell that an SMS is out, and later what became of it (D13)."""
        options = self._box.options
        sms_no = self._box.udp.next_sms_no(self._line)
        shown = b" %d" % sms_no if options.udp_ok_number else b""
        sending.answer = b"OK %d %d%b\n" % (group.sendid, telid, shown)
        sending.owes_receipt = options.udp_deliver == "auto"
        if not sending.owes_receipt:
            self._answer(sending)
            return
        answer = partial(self._answer, sending)
        deliver = partial(self._deliver, sending.sms, sms_no)
        swapped = options.udp_deliver_before_ok
        first, second = (deliver, answer) if swapped else (answer, deliver)
        first()
        await self._box.clock.sleep(options.udp_deliver_seconds)
        second()

    def _deliver(self, sms: Sms, sms_no: int) -> None:
        """Send DELIVER: once per text, or once per part with the same number."""
        options = self._box.options
        for _ in range(sms.message.parts if options.udp_deliver_per == "part" else 1):
            self._box.udp.push_receipt(sms, sms_no, options.udp_deliver_state)

    def _answer(self, sending: Sending) -> None:
        """Send OK or ERROR; it counts as told once a copy is on the wire."""
        word, *rest = sending.answer.decode().split()
        told = False

        def on_wire() -> None:
            nonlocal told
            if not told:
                told = True
                self._told(sending, word, rest[-1])

        self._reply(sending.answer, _about(sending, word), on_wire)

    def _told(self, sending: Sending, word: str, last: str) -> None:
        """Journal that the server was told."""
        open_still = sending.sms.serial in self._box.outgoing.open
        error = last.removeprefix("errorstatus:") if word == "ERROR" else ""
        self._box.outgoing.told(
            sending.sms,
            f"udp {word}",
            word,
            more=sending.owes_receipt and open_still,
            error=error,
        )


def _about(sending: Sending, word: str) -> dict[str, object]:
    """Return what tells of which SMS an answer speaks."""
    return {**sending.sms.about, "dialogue": word}
