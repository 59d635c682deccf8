"""What can be broken on every box."""

from abc import abstractmethod
from math import inf

from . import journal as j
from .commands import CommandError, command
from .connection import About
from .faults import SendFault
from .line import Line
from .listener import Listener, Plan
from .powered_box import PoweredBox


class FaultBox(PoweredBox):
    """Faults of power, of links and of sending, as commands."""

    @abstractmethod
    def deliveries(self) -> list[About]:
        """Return what is on its way to clients."""

    # Sending

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
        self._plan_send(line, fault, times, "fail_send")

    @command(
        "Never tell the result of the next SMS of a line; on_air: it goes out all the same."
    )
    async def lose_result(self, line: int, on_air: bool = True, times: int = 1) -> None:
        """Plan sends without a result."""
        self._plan_send(line, SendFault("", on_air, False), times, "lose_result")

    @command("Tell the result of the next SMS of a line later by so many seconds.")
    async def late_result(
        self, line: int, seconds: float, error: str = "", times: int = 1
    ) -> None:
        """Plan late results; with `error` it is a failure."""
        fault = SendFault(error, on_air=not error, delay=seconds)
        self._plan_send(line, fault, times, "late_result")

    @command("Keep a line busy, as by a call, for so many seconds.")
    async def busy(self, line: int, seconds: float) -> None:
        """Hold the line as soon as it is free."""
        target = self.line(line)
        self.log(j.FAULT, line, fault="busy", seconds=seconds)
        if not target.busy:
            await target.work.acquire()
            self.spawn(self._hold(target, seconds))
        else:
            self.spawn(self._hold_next(target, seconds))

    async def _hold_next(self, line: Line, seconds: float) -> None:
        """Hold a line after the one that has it now."""
        await line.work.acquire()
        await self._hold(line, seconds)

    async def _hold(self, line: Line, seconds: float) -> None:
        """Let a line go after so many seconds."""
        work = line.work
        try:
            await self.clock.sleep(seconds)
        finally:
            work.release()

    def _plan_send(self, line: int, fault: SendFault, times: int, name: str) -> None:
        """Plan what becomes of the next SMS of a line."""
        self.line(line).faults.sends += [fault] * times
        self.log(j.FAULT, line, fault=name, times=times)

    # Links

    @command(
        "Cut the connection after so many bytes of the next answer (port: see state), "
        "or of the next thing called `what`, on `line`."
    )
    async def cut(
        self, port: str, after: int, times: int = 1, what: str = "", line: int = 0
    ) -> None:
        """Plan cuts on one port."""
        self._listener(port).cuts.left += [Plan(after, what, line)] * times
        self.log(j.FAULT, line or None, fault="cut", port=port, after=after, what=what)

    @command(
        "Take so many bytes of the client's next request (called `what`, on `line`), then reset."
    )
    async def reset(
        self, port: str, after: int, times: int = 1, what: str = "", line: int = 0
    ) -> None:
        """Plan resets; a request that was taken whole is acted on, and not answered."""
        self._listener(port).resets.left += [Plan(after, what, line)] * times
        self.log(
            j.FAULT, line or None, fault="reset", port=port, after=after, what=what
        )

    @command("Drop every open connection, of one port or of all.")
    async def drop(self, port: str = "") -> int:
        """Drop connections and return how many."""
        self.log(j.FAULT, fault="drop", port=port)
        return sum(
            [await listener.drop_connections() for listener in self._chosen(port)]
        )

    @command(
        "Hang (state=on): connections stay open, nothing is read or answered; "
        "seconds: it wakes by itself."
    )
    async def hang(self, state: bool, seconds: float = 0.0, port: str = "") -> None:
        """Make the box deaf and mute, or wake it."""
        self.log(j.FAULT, fault="hang", state=state, seconds=seconds, port=port)
        for listener in self._chosen(port):
            if state:
                listener.awake.clear()
                listener.hangs_until = (
                    self.clock.monotonic() + seconds if seconds else inf
                )
            else:
                listener.awake.set()
        if state and seconds:
            self.spawn(self._wake(seconds))

    async def _wake(self, seconds: float) -> None:
        """End the hangs whose time is over, not those that began meanwhile."""
        await self.clock.sleep(seconds)
        for listener in self.listeners.values():
            over = listener.hangs_until <= self.clock.monotonic()
            if self.powered and over and not listener.awake.is_set():
                self.log(j.FAULT, fault="hang", state=False)
                listener.awake.set()

    @command(
        "Half-open: connections stay open at the clients and silent for ever; "
        "power=lost or kept; the box is away for `seconds`; answer=silent or reset."
    )
    async def half_open(
        self,
        seconds: float = 0.0,
        power: str = "lost",
        port: str = "",
        answer: str = "silent",
        wait: bool = False,
    ) -> None:
        """Let the box vanish without a word; `wait`: return when it is back."""
        if power not in ("lost", "kept") or answer not in ("silent", "reset"):
            raise CommandError("power can be lost or kept, answer silent or reset")
        if power == "lost" and port:
            raise CommandError("a box loses its power at all ports")
        if not self.powered:
            raise CommandError("the box has no power")
        self.log(j.FAULT, fault="half_open", seconds=seconds, power=power, port=port)
        chosen = self._chosen(port)
        for listener in chosen:
            listener.awake.clear()
            listener.hangs_until = inf
            listener.reset_silent = False
            await listener.fall_silent()
        if power == "lost":
            await self.lose_power()
        coming_back = self._come_back(chosen, seconds, answer == "reset")
        if seconds and not wait:
            self.spawn_outside(coming_back)
        else:
            await coming_back

    async def _come_back(
        self, chosen: list[Listener], seconds: float, answers_reset: bool
    ) -> None:
        """Serve new connections again; who came meanwhile stays unheard."""
        if seconds:
            await self.clock.sleep(seconds)
        for listener in chosen:
            await listener.fall_silent()
            listener.reset_silent = answers_reset
            listener.awake.set()
        if not self.powered:
            await self._switch_on()

    # Power

    @command("Power off (state=off: ports closed, everything dropped) or on.")
    async def power(self, state: bool) -> None:
        """Switch the power."""
        if state and not self.powered:
            await self._switch_on()
        elif not state and self.powered:
            await self.stop()

    async def _switch_on(self) -> None:
        """Start without what a loss of power loses."""
        self.forget()
        await self.start()

    @command("Reboot: power off, so many seconds later on again; wait=off: meanwhile.")
    async def reboot(self, seconds: float = 30.0, wait: bool = True) -> None:
        """Reboot and return when the box is back, or at once."""
        self.log(j.BOX, event="reboot", seconds=seconds)
        await self.power(False)
        if wait:
            await self._boot(seconds)
        else:
            self.spawn_outside(self._boot(seconds))

    async def _boot(self, seconds: float) -> None:
        """Switch on after the time that it takes."""
        await self.clock.sleep(seconds)
        await self.power(True)

    # The end of it

    @command("Forget every planned fault, end a hang; return how many were left.")
    async def calm(self) -> int:
        """Let the box be well."""
        left = self.forget_faults()
        self.refused_logins.left = 0
        for line in self.lines.values():
            left += line.faults.calm()
        for listener in self.listeners.values():
            left += len(listener.cuts.left) + len(listener.resets.left)
            listener.cuts.left.clear()
            listener.resets.left.clear()
            if self.powered:
                listener.awake.set()
        self.log(j.FAULT, fault="calm", left=left)
        return left

    def forget_faults(self) -> int:
        """Forget what else was planned and return how many were left."""
        return 0

    def planned_faults(self) -> int:
        """Return how many cuts, resets and faults of sending wait for what they fit."""
        plans = sum(
            len(listener.cuts.left) + len(listener.resets.left)
            for listener in self.listeners.values()
        )
        return plans + sum(len(line.faults.sends) for line in self.lines.values())

    def _chosen(self, port: str) -> list[Listener]:
        """Return one port's listener, or all."""
        return [self._listener(port)] if port else list(self.listeners.values())

    def _listener(self, port: str) -> Listener:
        """Return a listener by the name of its protocol."""
        try:
            return self.listeners[port]
        except KeyError:
            raise CommandError(f"ports are {', '.join(self.listeners)}") from None
