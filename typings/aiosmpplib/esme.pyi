from asyncio import Event, StreamReader, StreamWriter
from logging import Handler

from .correlator import AbstractCorrelator
from .hook import AbstractHook
from .protocol import SmppMessage
from .state import PduHeader, SmppSessionState

class ESME:
    system_id: str
    default_encoding: str
    enquire_link_interval: float
    _reader: StreamReader | None
    _writer: StreamWriter | None
    _session_state: SmppSessionState
    _data_received: Event
    _bound: Event
    def __init__(
        self,
        smsc_host: str,
        smsc_port: int,
        system_id: str,
        password: str,
        *,
        client_id: str | None = None,
        enquire_link_interval: float = 55.0,
        log_level: str | int = ...,
        log_handler: Handler | None = None,
        hook: AbstractHook | None = None,
        correlator: AbstractCorrelator | None = None,
    ) -> None: ...
    async def connect(self) -> None: ...
    async def _send_data(self, smpp_message: SmppMessage) -> None: ...
    async def _receive_data(self) -> bytes | None: ...
    async def _get_pdu(self) -> tuple[bytes, PduHeader]: ...
    async def _handle_request(
        self, pdu: bytes, header: PduHeader
    ) -> SmppMessage | None: ...
    async def _handle_response(
        self, pdu: bytes, header: PduHeader
    ) -> SmppMessage | None: ...
    async def _connection_keeper(self) -> None: ...
