"""An operator with menus, and a box that may be able to leave them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import override

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.model import (
    GatewayError,
    UssdReply,
    UssdSession,
)
from custom_components.gsm_gateway.gateways.ports import UssdCloser, UssdRunner
from custom_components.gsm_gateway.messaging.line import Line

from .fake_box import FakeBox


class Operator(UssdRunner, UssdCloser):
    """Answers each code after some seconds, and each end of a dialogue after some others."""

    def __init__(self, clock: Clock, order: list[str]) -> None:
        self.seconds = 2.0
        self.closing_seconds = 0.0
        self.closing_error: GatewayError | None = None
        self.answers: dict[str, UssdReply | GatewayError] = {}
        """By code; others are answered with themselves."""
        self._clock = clock
        self._order = order

    def tell(
        self, code: str, text: str = "text", session: UssdSession = UssdSession.UNTOLD
    ) -> None:
        """Answer a code from now on."""
        self.answers[code] = UssdReply(text=text, session=session)

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        self._order.append(code)
        await self._clock.sleep(self.seconds)
        answer = self.answers.get(code, UssdReply(text=f"answer to {code}"))
        if isinstance(answer, GatewayError):
            raise answer
        return answer

    @override
    async def close_ussd(self, channel: int) -> None:
        self._order.append(f"close {channel}")
        await self._clock.sleep(self.closing_seconds)
        self._order.append(f"closed {channel}")
        if self.closing_error is not None:
            raise self.closing_error


def operated(box: FakeBox, clock: Clock, *, closes: bool) -> Operator:
    """Give a box an operator with menus, that lets them be closed or not."""
    operator = Operator(clock, box.order)
    box.gateway = replace(
        box.gateway, ussd=operator, ussd_closer=operator if closes else None
    )
    return operator


def dial(
    line: Line, codes: Sequence[str], *, waited_for: bool = True
) -> asyncio.Task[list[UssdReply]]:
    """Begin a dialogue in the background."""
    return asyncio.create_task(line.run_ussd(codes, waited_for=waited_for))
