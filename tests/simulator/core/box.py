"""The base of every simulated box: what people and tests can do to it."""

from decimal import Decimal
from typing import Any

from . import gsm0338, journal as j
from .arrivals import Journey, plan_parts
from .commands import CommandError, command
from .fault_box import FaultBox
from .line import IncomingSms, Line
from .sim_card import SimCard, UssdAnswer, UssdKind
from .ussd_tree import plant


class Box(FaultBox):
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

    @command(
        "A long SMS comes in part by part, e.g. order=2,1,3 delays=0,5,180.",
        aliases={"from": "sender"},
    )
    async def receive_parts(
        self,
        line: int,
        sender: str,
        text: str,
        order: str = "",
        delays: str = "",
        missing: str = "",
        reference: int = -1,
    ) -> int:
        """Bring the parts in the background and return the SMS's id in the journal.

        A part that is not in `order`, or is in `missing`, never comes; the last of `delays`
        stands for the rest. Raises CommandError as `receive` does.
        """
        target = self.line(line)
        self.require_network(target)
        encoding = gsm0338.radio_encoding(text)
        total = len(gsm0338.split(text, encoding))
        steps, holes = plan_parts(total, order, delays, missing)
        self.incoming_count += 1
        number = self.incoming_count
        message = IncomingSms(
            number,
            sender,
            text,
            encoding,
            missing=holes,
            reference=number if reference < 0 else reference,
        )
        self.log_incoming(target, message, order=[part for part, _ in steps])
        self.arrivals.begin(Journey(target, message, steps))
        return number

    @command("Let a line roam (state=on) in the network of another operator, or not.")
    async def roaming(self, line: int, state: bool, operator: str = "") -> None:
        """Change the network; a box shows what it can of it."""
        target = self.line(line)
        target.roaming, target.visited = state, operator
        self.log(j.FAULT, line, fault="roaming", state=state, operator=operator)

    @command("Take a line off the network (state=off) or back (state=on).")
    async def network(self, line: int, state: bool) -> None:
        """Make the network heard or not heard."""
        target = self.line(line)
        target.reachable = state
        if not state:
            self.left_network(target, "network")
        self.log(j.FAULT, line, fault="network", state=state)

    @command("Take a line's SIM card out.")
    async def remove_sim(self, line: int) -> None:
        """Take the card out; it can be put back with insert_sim."""
        target = self.line(line)
        if target.sim is not None:
            self.cards_taken_out[line] = target.sim
        target.sim = None
        self.left_network(target, "sim_out")
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
        self.switch_module(self.line(line), state)

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
        answer = UssdAnswer(text, delay=delay, kind=_ussd_kind(kind))
        self._card(line).ussd[code] = answer

    @command(
        "Put an answer into an operator's menu, e.g. code=*100# path=1>3 text=…; "
        "no path: the menu itself; kind=reply, error or silence."
    )
    async def ussd_menu(
        self,
        line: int,
        code: str,
        path: str = "",
        text: str = "",
        kind: str = "reply",
        delay: float = 0.0,
    ) -> None:
        """Set one answer of a menu; it waits for a choice while it has any."""
        answer = UssdAnswer(text, delay=delay, kind=_ussd_kind(kind))
        plant(self._card(line), code, path, answer)

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

    @command("Refuse the next logins; times=-1: all, times=0: accept again.")
    async def refuse_logins(self, times: int = -1) -> None:
        """Refuse logins."""
        self.refused_logins.left = times
        self.log(j.FAULT, fault="refuse_logins", times=times)

    def state(self) -> dict[str, Any]:
        """Return what a person wants to see."""
        return {
            "name": self.name,
            "brand": self.brand,
            "powered": self.powered,
            "time": self.clock.now().isoformat(),
            "time_scale": self.clock.scale,
            "epoch": self.clock.epoch,
            "last": self.journal.last,
            "ports": {name: listener.port for name, listener in self.listeners.items()},
            "connections": {
                name: len(listener.connections)
                for name, listener in self.listeners.items()
            },
            "silent": {
                name: listener.silent for name, listener in self.listeners.items()
            },
            "pending": self.pending(),
            "lines": [self.line_state(line) for line in self.lines.values()],
        }

    def ready_words(self) -> dict[str, str]:
        """Return what the ready line tells beside the ports."""
        return {}

    def pending(self) -> dict[str, Any]:
        """Return what is on its way through the box; idle: nothing but results to be asked for."""
        found: dict[str, Any] = {
            "sends": self.outgoing.in_stage("queued", "sending"),
            "deliveries": self.deliveries(),
            "parts": self.arrivals.waiting,
        }
        return {
            "idle": not any(found.values()),
            **found,
            "results": self.outgoing.in_stage("result"),
            "faults": self.planned_faults(),
        }

    def line_state(self, line: Line) -> dict[str, Any]:
        """Return one line as JSON."""
        card = line.sim
        return {
            "line": line.number,
            "registered": line.registered,
            "module_on": line.module_on,
            "busy": line.busy,
            "roaming": line.roaming,
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


def _ussd_kind(word: str) -> UssdKind:
    """Return how an operator answers; raise CommandError for another word."""
    kinds: dict[str, UssdKind] = {
        "reply": "reply",
        "error": "error",
        "silence": "silence",
    }
    if word not in kinds:
        raise CommandError(f"a USSD answer cannot be {word!r}")
    return kinds[word]
