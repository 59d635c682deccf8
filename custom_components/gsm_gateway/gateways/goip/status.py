"""The status pages of the lines and of the box (GoIP 1.6)."""

from typing import override

from ..model import (
    ChannelStatus,
    GatewayError,
    GatewayStatus,
    LineState,
    UnexpectedReply,
)
from ..ports import StatusReader
from .fields import value
from .pages import GoipPages

_MOST_LINES = 128
_BEST_SIGNAL = 31
_LINE_STATES = {state.name: state for state in LineState}


class WebStatus(StatusReader):
    """Reads status.xml, or status.html where a firmware has only that."""

    def __init__(self, pages: GoipPages) -> None:
        """Use the pages of one box."""
        self._pages = pages

    @override
    async def read_status(self) -> GatewayStatus:
        lines = await self._read_lines()
        channels = _channels(lines, await self._read_more("gsm"))
        base = await self._read_more("base")
        mac = (value(base, "eth0_hwaddr") or "").replace(":", "").replace("-", "")
        return GatewayStatus(
            channels=channels,
            model=value(base, "model") or None,
            firmware=value(base, "version") or None,
            serial=value(base, "sn") or None,
            mac=mac.lower() or None,
        )

    async def check(self) -> None:
        """Look whether the box is there and is a GoIP. Raises `GatewayError`."""
        await self._read_lines()

    async def _read_lines(self) -> str:
        """Return the page with the lines. Raises `UnexpectedReply` for any other."""
        page = await self._read("list")
        if not _has_line(page, 1):
            raise UnexpectedReply("No lines on the status page", page.encode())
        return page

    async def _read(self, kind: str) -> str:
        """Return a status page in the form that this firmware has."""
        return await self._pages.first_of(
            ("status.xml", "status.html"),
            lambda page: self._pages.get(page, {"type": kind}),
        )

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
        if not _has_line(lines, number):
            break
        found.append(_channel(number, lines, gsm))
    return tuple(found)


def _has_line(page: str, number: int) -> bool:
    """Tell whether the page lists a line."""
    return value(page, f"l{number}_gsm_sim") is not None


def _channel(number: int, lines: str, gsm: str) -> ChannelStatus:
    """Return the status of one line."""

    def told(page: str, name: str) -> str | None:
        return value(page, f"l{number}_{name}") or None

    return ChannelStatus(
        channel=number,
        sim_present=_flag(told(lines, "gsm_sim")),
        registered=_flag(told(lines, "gsm_status")),
        module_on=_flag(told(lines, "module_status")),
        signal_csq=csq(told(lines, "gsm_signal")),
        operator=told(lines, "gsm_cur_oper"),
        imsi=told(gsm, "sim_imsi"),
        iccid=told(gsm, "sim_iccid"),
        imei=told(gsm, "gsm_imei"),
        number=told(gsm, "gsm_number"),
        line_state=line_state(told(lines, "line_state") or ""),
    )


def _flag(text: str | None) -> bool | None:
    """Return Y and N as a truth value."""
    return {"Y": True, "N": False}.get((text or "").upper())


def csq(text: str | None) -> int | None:
    """Return the CSQ value, or None when it is not known (99) or none."""
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 2:
        return None
    return int(text) if int(text) <= _BEST_SIGNAL else None


def line_state(words: str) -> LineState | None:
    """Return what a line does, from a word and perhaps the other party behind a colon."""
    word = words.partition(":")[0].strip().upper()
    return _LINE_STATES.get(word, LineState.BUSY) if word else None
