"""What a line tells of itself: keepalives and states (GoIP 2.2, 2.3)."""

from datetime import datetime
import re

from ..model import ChannelStatus, LineState
from .status import csq, line_state
from .udp_packets import Address, Packet

_LONGEST_NAME = 64
_CARD = re.compile(r"[0-9A-Fa-f]{4,32}")


def keepalive_status(
    channel: int,
    keepalive: Packet,
    origin: Address | None = None,
    heard_at: datetime | None = None,
) -> ChannelStatus:
    """Return what a keepalive tells; old firmware tells less (GoIP 2.2)."""
    registered = {"LOGIN": True, "LOGOUT": False}.get(
        (keepalive.told("gsm_status") or "").upper()
    )
    imsi, iccid = _card(keepalive, "imsi"), _card(keepalive, "iccid")
    module_on = {"0": True, "1": False}.get(keepalive.told("disable_status") or "")
    # Firmware that tells of cards tells of none by a blank; a module without power cannot.
    blank = keepalive.fields.get("imsi") == ""
    absent = False if module_on and blank else None
    return ChannelStatus(
        channel=channel,
        sim_present=True if registered or imsi or iccid else absent,
        registered=registered,
        module_on=module_on,
        signal_csq=csq(keepalive.told("signal")),
        operator=_name(keepalive, "pro"),
        number=_name(keepalive, "num"),
        imei=_card(keepalive, "imei"),
        imsi=imsi,
        iccid=iccid,
        heard_at=heard_at,
        address=f"{origin[0]}:{origin[1]}" if origin else None,
    )


def read_line_state(packet: Packet) -> tuple[LineState, str] | None:
    """Return the state of a line and the other party, None where it tells none."""
    words = packet.told("gsm_remain_state") or ""
    state = line_state(words)
    if state is None:
        return None
    return state, words.partition(":")[2].strip()[:_LONGEST_NAME]


def _name(keepalive: Packet, key: str) -> str | None:
    return (keepalive.told(key) or "")[:_LONGEST_NAME] or None


def _card(keepalive: Packet, key: str) -> str | None:
    """Return a number that a card or a module has."""
    value = keepalive.told(key) or ""
    return value if _CARD.fullmatch(value) else None
