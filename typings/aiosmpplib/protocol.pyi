from codecs import CodecInfo
from typing import override

from .state import PhoneNumber, SmppCommandStatus

class SmppMessage:
    sequence_num: int
    def __init__(
        self, sequence_num: int = 0, command_status: SmppCommandStatus = ...
    ) -> None: ...
    def pdu(self) -> bytes: ...

class SubmitSm(SmppMessage):
    log_id: str
    def __init__(
        self,
        *,
        source: PhoneNumber = ...,
        destination: PhoneNumber = ...,
        short_message: str = "",
        message_payload: str = "",
        encoding: str | None = None,
        error_handling: str = "strict",
        registered_delivery: int = 1,
        log_id: str = "",
    ) -> None: ...
    def set_encoding_info(
        self, default_encoding: str, custom_codecs: dict[str, CodecInfo] | None
    ) -> None: ...
    @override
    def pdu(self) -> bytes: ...

class DeliverSm(SubmitSm): ...
class DeliverSmResp(SmppMessage): ...
class EnquireLink(SmppMessage): ...
class Unbind(SmppMessage): ...
