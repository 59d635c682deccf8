import asyncio
from collections.abc import Callable
from typing import Any, Self

from .actions import Action
from .ami_protocol import AMIProtocol
from .message import Message

class Manager:
    loop: asyncio.AbstractEventLoop
    protocol: AMIProtocol | None
    pinger: asyncio.TimerHandle | None
    _connected: bool
    def __init__(self, **config: Any) -> None: ...
    def connection_made(self, f: asyncio.Future[Any]) -> None: ...
    def connection_lost(self, exc: Exception | None) -> None: ...
    def ping(self) -> None: ...
    def send_action(
        self, action: Action, as_list: bool | None = None
    ) -> asyncio.Future[Message]: ...
    def register_event(
        self, pattern: str, callback: Callable[[Self, Message], None]
    ) -> Callable[[Self, Message], None]: ...
    def close(self) -> None: ...
