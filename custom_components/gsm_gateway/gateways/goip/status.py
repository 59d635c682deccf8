"""The status pages of the lines and of the box (GoIP 1.6)."""

from typing import override

from ..model import ChannelStatus, GatewayError, GatewayStatus, UnexpectedReply
from ..ports import StatusReader
from .fields import value
from .pages import GoipPages, PageMissing

_MOST_LINES = 128
_UNKNOWN_SIGNAL = 99


class WebStatus(StatusReader):
    """Reads status.xml, or status.html where a firmware has only that."""

    def __init__(self, pages: GoipPages) -> None:
        """Use the pages of one box."""
        self._pages = pages
        self._page = "status.xml"

    @override
    async def read_status(self) -> GatewayStatus:
        lines = await self._read("list")
        channels = _channels(lines, await self._read_more("gsm"))
        if not channels:
            raise UnexpectedReply("No lines on the status page", lines.encode())
        base = await self._read_more("base")
        mac = (value(base, "eth0_hwaddr") or "").replace(":", "").replace("-", "")
        return GatewayStatus(
            channels=channels,
            model=value(base, "model") or None,
            firmware=value(base, "version") or None,
            serial=value(base, "sn") or None,
            mac=mac.lower() or None,
        )

    async def _read(self, kind: str) -> str:
        """Return a status page in the form that this firmware has."""
        try:
            return await self._pages.get(self._page, {"type": kind})
        except PageMissing:
            other = {"status.xml": "status.html", "status.html": "status.xml"}
            self._page = other[self._page]
            return await self._pages.get(self._page, {"type": kind})

    async def _read_more(self, kind: str) -> str:
        """Return a status page that not every firmware has, or nothing."""
        try:
            return await self._read(kind)
        except GatewayError:
            return ""


def _channels(lines: str, gsm: str) -> tuple[ChannelStatus, ...]:
    """Return the status of every line that the page lists."""
    found = []
    for number in range(1, _MOST_LINES + 1):
        if value(lines, f"l{number}_gsm_sim") is None:
            break
        found.append(_channel(number, lines, gsm))
    return tuple(found)


def _channel(number: int, lines: str, gsm: str) -> ChannelStatus:
    """Return the status of one line."""

    def told(page: str, name: str) -> str | None:
        return value(page, f"l{number}_{name}") or None

    return ChannelStatus(
        channel=number,
        sim_present=_flag(told(lines, "gsm_sim")),
        registered=_flag(told(lines, "gsm_status")),
        module_on=_flag(told(lines, "module_status")),
        signal_csq=_signal(told(lines, "gsm_signal")),
        operator=told(lines, "gsm_cur_oper"),
        imsi=told(gsm, "sim_imsi"),
        iccid=told(gsm, "sim_iccid"),
        imei=told(gsm, "gsm_imei"),
        number=told(gsm, "gsm_number"),
    )


def _flag(text: str | None) -> bool | None:
    """Return Y and N as a truth value."""
    return {"Y": True, "N": False}.get(text or "")


def _signal(text: str | None) -> int | None:
    """Return the CSQ value, or None when it is not known."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 2:
        return None
    return None if int(text) == _UNKNOWN_SIGNAL else min(int(text), 31)
