"""The base of every simulated box: what people and tests can do to it."""

from decimal import Decimal
from typing import Any

from . import journal as j
from .commands import CommandError, command
from .faults import SendFault
from .line import Line
from .listener import Listener
from .powered_box import PoweredBox
from .sim_card import SimCard, UssdAnswer


class Box(PoweredBox):
    """A simulated box. Its async methods marked as commands are also the control API."""

    @command("An SMS comes in over the radio.", aliases={"from": "sender"})
    async def receive(
        self,
        line: int,
        sender: str,
        text: str = "",
        encoding: str = "auto",
        hex: str = "",  # noqa: A002 - the command line's name
    ) -> int:
        """Take an SMS from the network and return its id in the journal.

        `encoding`: auto, gsm7, ucs2 or binary (then `hex` holds the user data). Raises
        CommandError when the line is not registered: the network keeps the SMS then.
        """
        if encoding not in ("auto", "gsm7", "ucs2", "binary"):
            raise CommandError(f"an SMS cannot be in {encoding!r}")
        chosen: Any = None if encoding == "auto" else encoding
        raw = bytes.fromhex(hex)
        return await self.take_in(line, sender, text, "binary" if raw else chosen, raw)

    @command("Take a line off the network (state=off) or back (state=on).")
    async def network(self, line: int, state: bool) -> None:
        """Make the network heard or not heard."""
        self.line(line).reachable = state
        self.log(j.FAULT, line, fault="network", state=state)

    @command("Take a line's SIM card out.")
    async def remove_sim(self, line: int) -> None:
        """Take the card out; it can be put back with insert_sim."""
        target = self.line(line)
        if target.sim is not None:
            self.cards_taken_out[line] = target.sim
        target.sim = None
        self.log(j.FAULT, line, fault="sim_out")

    @command(
        "Put a SIM card in: the one taken out, or a new one when number, imsi or iccid is given."
    )
    async def insert_sim(
        self,
        line: int,
        number: str = "",
        operator: str = "",
        imsi: str = "",
        iccid: str = "",
    ) -> None:
        """Put a card in."""
        target = self.line(line)
        if number or imsi or iccid:
            blank = SimCard()
            target.sim = SimCard(
                number=number or blank.number,
                operator=operator or blank.operator,
                imsi=imsi or blank.imsi,
                iccid=iccid or blank.iccid,
            )
        else:
            target.sim = self.cards_taken_out.pop(line, None) or target.sim or SimCard()
        self.log(j.FAULT, line, fault="sim_in", number=target.sim.number)

    @command("Switch a line's radio module on or off.")
    async def module(self, line: int, state: bool) -> None:
        """Switch the module."""
        self.line(line).module_on = state
        self.log(j.FAULT, line, fault="module", state=state)

    @command("Set a line's signal as CSQ 0-31, 99 for unknown.")
    async def signal(self, line: int, csq: int) -> None:
        """Set the signal."""
        self.line(line).signal = csq

    @command("Set the money on a line's SIM card.")
    async def balance(self, line: int, amount: Decimal) -> str:
        """Set the balance and return it."""
        card = self._card(line)
        card.balance = amount
        return str(card.balance)

    @command(
        "Set what the operator answers to a USSD code; kind=reply, error or silence."
    )
    async def ussd_answer(
        self,
        line: int,
        code: str,
        text: str = "",
        kind: str = "reply",
        delay: float = 0.0,
    ) -> None:
        """Set one entry of the operator's table."""
        if kind not in ("reply", "error", "silence"):
            raise CommandError(f"a USSD answer cannot be {kind!r}")
        chosen: Any = kind
        self._card(line).ussd[code] = UssdAnswer(text, delay=delay, kind=chosen)

    @command("Answer every USSD on a line later by so many seconds.")
    async def ussd_late(self, line: int, seconds: float) -> None:
        """Delay USSD answers."""
        self.line(line).faults.ussd_delay = seconds

    @command(
        "Never answer the next USSDs on a line; times=-1: all, times=0: answer again."
    )
    async def ussd_silence(self, line: int, times: int = 1) -> None:
        """Make the operator silent."""
        self.line(line).faults.ussd_silence.left = times

    @command("End every USSD on a line with an error text; empty: as usual again.")
    async def ussd_error(self, line: int, error: str = "") -> None:
        """Make USSD fail."""
        self.line(line).faults.ussd_error = error

    @command("Let the next SMS of a line fail with an error text.")
    async def fail_send(
        self,
        line: int,
        error: str = "",
        status: str = "",
        on_air: bool = False,
        passing: str = "",
        times: int = 1,
    ) -> None:
        """Plan failures (or, without error, a passing error) for the next sends."""
        fault = SendFault(error, on_air or not error, True, status, passing)
        self.line(line).faults.sends += [fault] * times

    @command(
        "Never tell the result of the next SMS of a line; on_air: it goes out all the same."
    )
    async def lose_result(self, line: int, on_air: bool = True, times: int = 1) -> None:
        """Plan sends without a result."""
        self.line(line).faults.sends += [SendFault("", on_air, False)] * times

    @command("Refuse the next logins; times=-1: all, times=0: accept again.")
    async def refuse_logins(self, times: int = -1) -> None:
        """Refuse logins."""
        self.refused_logins.left = times
        self.log(j.FAULT, fault="refuse_logins", times=times)

    @command(
        "Cut the connection after so many bytes of the next answer (port: see state)."
    )
    async def cut(self, port: str, after: int, times: int = 1) -> None:
        """Plan cuts on one port."""
        self._listener(port).cut(after, times)
        self.log(j.FAULT, fault="cut", port=port, after=after, times=times)

    @command("Drop every open connection, of one port or of all.")
    async def drop(self, port: str = "") -> int:
        """Drop connections and return how many."""
        chosen = [self._listener(port)] if port else list(self.listeners.values())
        self.log(j.FAULT, fault="drop", port=port)
        return sum([await listener.drop_connections() for listener in chosen])

    @command("Hang (state=on): connections stay open, nothing is read or answered.")
    async def hang(self, state: bool) -> None:
        """Make the box deaf and mute, or wake it."""
        self.log(j.FAULT, fault="hang", state=state)
        for listener in self.listeners.values():
            if state:
                listener.awake.clear()
            else:
                listener.awake.set()

    @command("Power off (state=off: ports closed, everything dropped) or on.")
    async def power(self, state: bool) -> None:
        """Switch the power."""
        if state and not self.powered:
            self.forget()
            await self.start()
        elif not state and self.powered:
            await self.stop()

    @command("Reboot: power off, so many seconds later on again.")
    async def reboot(self, seconds: float = 30.0) -> None:
        """Reboot and return when the box is back."""
        self.log(j.BOX, event="reboot")
        await self.power(False)
        await self.clock.sleep(seconds)
        await self.power(True)

    def state(self) -> dict[str, Any]:
        """Return what a person wants to see."""
        return {
            "name": self.name,
            "brand": self.brand,
            "powered": self.powered,
            "time": self.clock.now().isoformat(),
            "ports": {name: listener.port for name, listener in self.listeners.items()},
            "connections": {
                name: len(listener.connections)
                for name, listener in self.listeners.items()
            },
            "lines": [self.line_state(line) for line in self.lines.values()],
        }

    def line_state(self, line: Line) -> dict[str, Any]:
        """Return one line as JSON."""
        card = line.sim
        return {
            "line": line.number,
            "registered": line.registered,
            "module_on": line.module_on,
            "busy": line.busy,
            "signal": line.shown_signal,
            "operator": line.operator,
            "number": card.number if card else None,
            "balance": str(card.balance) if card else None,
        }

    def _card(self, line: int) -> SimCard:
        """Return the card in a line; raise CommandError when it is empty."""
        card = self.line(line).sim
        if card is None:
            raise CommandError(f"line {line} has no SIM card")
        return card

    def _listener(self, port: str) -> Listener:
        """Return a listener by the name of its protocol."""
        try:
            return self.listeners[port]
        except KeyError:
            raise CommandError(f"ports are {', '.join(self.listeners)}") from None
