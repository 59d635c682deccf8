from abc import ABC, abstractmethod

from .protocol import SmppMessage

class AbstractHook(ABC):
    @abstractmethod
    async def sending(
        self, smpp_message: SmppMessage, pdu: bytes, client_id: str
    ) -> None: ...
    @abstractmethod
    async def received(
        self, smpp_message: SmppMessage | None, pdu: bytes, client_id: str
    ) -> None: ...
    @abstractmethod
    async def send_error(
        self, smpp_message: SmppMessage, error: Exception, client_id: str
    ) -> None: ...
