from asyncio import Future
from collections.abc import Mapping

from .message import Message

class Action(dict[str, str]):
    future: Future[Message]
    id: str
    def __init__(self, headers: Mapping[str, str]) -> None: ...
