"""What the harness asks of the process under test."""

from datetime import timedelta
from typing import Any

from custom_components.gsm_gateway.gateways.model import GatewayError
from custom_components.gsm_gateway.messaging.messages import (
    Fallback,
    MessagingError,
    Priority,
    Request,
    Route,
)

from .aims import Aim
from .household import Household
from .report import Reporter
from .stdin import Stdin


class Orders:
    """Does what comes on standard input."""

    def __init__(self, home: Household, aim: Aim, reporter: Reporter) -> None:
        """Do it to this household."""
        self._home = home
        self._aim = aim
        self._reporter = reporter
        self._stdin = Stdin(self._do)

    async def run(self) -> None:
        """Return when told to stop."""
        self._stdin.open()
        await self._stdin.ended.wait()

    async def _do(self, name: str, order: dict[str, Any]) -> None:
        match name:
            case "submit":
                await self._submit(**order)
            case "cancel":
                await self._cancel(**order)
            case "aim":
                self._aim.plan(**order)
            case "open":
                self._home.open()
            case "ussd":
                await self._ussd(**order)
            case "stop":
                self._stdin.close()
                self._stdin.ended.set()

    async def _submit(self, number: int, messages: list[dict[str, Any]]) -> None:
        requests = [_request(**message) for message in messages]
        try:
            taken = await self._home.outbox.submit(requests)
        except (MessagingError, GatewayError) as error:
            self._reporter.tell("refused", number=number, error=repr(error))
            return
        answer = [
            {"id": each.message_id, "to": each.to, "state": str(each.state)}
            for each in taken
        ]
        self._reporter.tell("answer", number=number, messages=answer)

    async def _cancel(self, message_id: str) -> None:
        try:
            await self._home.outbox.cancel(message_id)
        except MessagingError as error:
            self._reporter.tell("not_cancelled", id=message_id, error=repr(error))

    async def _ussd(self, sim: str, code: str) -> None:
        line = self._home.router.get(sim)
        if line is None:
            return
        try:
            await line.run_ussd([code], waited_for=True)
        except GatewayError as error:
            self._reporter.tell("ussd", sim=sim, error=repr(error))


def _request(
    *, to: str, text: str, alarm: bool, expire: float, order: list[str]
) -> Request:
    """Return a message that any SIM may send, or only the named ones."""
    return Request(
        to=to,
        text=text,
        route=Route(order=tuple(order), then=Fallback.NONE if order else Fallback.ANY),
        priority=Priority.ALARM if alarm else Priority.NORMAL,
        expire_after=timedelta(seconds=expire),
    )
