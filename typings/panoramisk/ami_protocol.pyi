import asyncio
from typing import override

from .actions import Action
from .manager import Manager
from .message import Message

class AMIProtocol(asyncio.Protocol):
    transport: asyncio.Transport
    factory: Manager | None
    closed: bool
    responses: dict[str, Action]
    version: str | None
    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None: ...
    def send(
        self, data: Action, as_list: bool | None = None
    ) -> asyncio.Future[Message]: ...
    def handle_message(self, message: Message) -> None: ...
    def close(self) -> None: ...
