from dataclasses import dataclass
from enum import Enum, IntEnum

class SmppCommand(IntEnum):
    UNBIND = 0x00000006
    UNBIND_RESP = 0x80000006
    DELIVER_SM = 0x00000005
    SUBMIT_SM_RESP = 0x80000004
    BIND_TRANSCEIVER_RESP = 0x80000009
    ENQUIRE_LINK = 0x00000015
    ENQUIRE_LINK_RESP = 0x80000015
    GENERIC_NACK = 0x80000000

class SmppCommandStatus(IntEnum):
    ESME_ROK = 0x00000000
    ESME_RINVCMDID = 0x00000003
    ESME_RALYBND = 0x00000005
    ESME_RBINDFAIL = 0x0000000D
    ESME_RINVPASWD = 0x0000000E
    ESME_RINVSYSID = 0x0000000F
    ESME_RX_T_APPN = 0x00000064
    ESME_RUNKNOWNERR = 0x000000FF

class SmppSessionState(Enum):
    BOUND_TRX = 4
    CLOSED = 5

class TON(IntEnum):
    UNKNOWN = 0
    INTERNATIONAL = 1
    ALPHANUMERIC = 5

class NPI(IntEnum):
    ISDN = 1

@dataclass
class PhoneNumber:
    number: str
    ton: TON = ...
    npi: NPI = ...

@dataclass
class PduHeader:
    pdu_length: int
    smpp_command: SmppCommand
    command_status: SmppCommandStatus
    sequence_num: int

class SmppError(Exception): ...
