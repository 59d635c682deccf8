"""Questions to a line and what it replies, matched by number (GoIP 2.1)."""

import asyncio
from collections.abc import Callable, Container

from ..clock import Clock
from ..model import NoReply
from .udp_packets import Reply

_MOST_WAITING = 50
REPEAT_SECONDS = 5.0
TRIES = 4
"""The vendor's server repeats a command three times (GoIP 2.4)."""


class Exchange:
    """One number: what is said under it, and what comes back."""

    def __init__(self, number: str, say: Callable[[bytes], None], clock: Clock) -> None:
        """Speak by `say`, which raises `CannotConnect` when nobody listens."""
        self.number = number
        self.say = say
        self._clock = clock
        self._replies: asyncio.Queue[Reply] = asyncio.Queue(_MOST_WAITING)

    def put(self, reply: Reply) -> None:
        """Take in a reply; more than anybody can want are dropped."""
        if not self._replies.full():
            self._replies.put_nowait(reply)

    async def hear(self, seconds: float, wanted: Container[str] | None = None) -> Reply:
        """Return the next reply of a wanted kind. Raises `TimeoutError`."""
        async with self._clock.timeout(seconds):
            while True:
                reply = await self._replies.get()
                if wanted is None or reply.verb in wanted:
                    return reply

    async def ask(
        self,
        words: bytes,
        wanted: Container[str],
        *,
        seconds: float = REPEAT_SECONDS,
        tries: int = TRIES,
    ) -> Reply:
        """Say what may be said twice, until a wanted reply comes.

        Raises `CannotConnect`, and `NoReply` after the last try.
        """
        for _ in range(tries):
            self.say(words)
            try:
                return await self.hear(seconds, wanted)
            except TimeoutError:
                continue
        raise NoReply("The box did not answer")
