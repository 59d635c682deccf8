"""Faults of a box's web server, as commands."""

from .commands import command
from .http import HttpServer


class HttpCommands:
    """Commands for a box that has a web server in `http`."""

    http: HttpServer

    @command("Read the next web requests and never answer; times=-1: all, 0: stop.")
    async def http_stall(self, times: int = 1) -> None:
        """Let requests stall."""
        self.http.options.stall.left = times

    @command(
        "Read the next web requests, do nothing and close; times=-1: all, 0: stop."
    )
    async def http_close_before_reply(self, times: int = 1) -> None:
        """Close without having done anything."""
        self.http.options.close_before_reply.left = times

    @command("Do what the next web requests ask, then close unanswered; times=-1: all.")
    async def http_lose_reply(self, times: int = 1) -> None:
        """Close after having done it."""
        self.http.options.lose_reply.left = times

    @command("Answer every web request later by so many seconds.")
    async def http_delay(self, seconds: float) -> None:
        """Delay answers."""
        self.http.options.delay = seconds

    def forget_web_faults(self) -> int:
        """Forget the planned faults of the web server and return how many were left."""
        options = self.http.options
        planned = (options.stall, options.close_before_reply, options.lose_reply)
        left = sum(abs(times.left) for times in planned) + bool(options.delay)
        for times in planned:
            times.left = 0
        options.delay = 0.0
        return left
