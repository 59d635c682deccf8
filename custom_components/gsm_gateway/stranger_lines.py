"""Which lines of a box the unknown ids are that call from its address."""

from collections.abc import Mapping, Sequence
import re

from .gateways.goip.sms_server import StrangerLine
from .gateways.model import ChannelStatus

_TRAILING_NUMBER = re.compile(r"[0-9]{1,3}$")


def channels_of(
    lines: Mapping[str, StrangerLine], channels: Sequence[ChannelStatus]
) -> dict[str, int]:
    """Return the channel of each id; an id that is left over has none.

    By module or card where the box's page tells them, else by the number that
    the id ends with, else in the order of the ports that they call from: a
    box counts them up (GoIP 2.1).
    """
    found: dict[str, int] = {}
    free = {channel.channel: channel for channel in channels}

    def settle(line_id: str, channel: int) -> None:
        found[line_id] = channel
        del free[channel]

    for line_id, line in lines.items():
        same = [number for number, each in free.items() if _is_same(line, each)]
        if len(same) == 1:
            settle(line_id, same[0])
    for line_id in [each for each in lines if each not in found]:
        number = _TRAILING_NUMBER.search(line_id)
        if number and int(number[0]) in free:
            settle(line_id, int(number[0]))
    rest = sorted(lines.keys() - found.keys(), key=lambda each: lines[each].port)
    return found | dict(zip(rest, free, strict=False))


def _is_same(line: StrangerLine, channel: ChannelStatus) -> bool:
    """Tell whether module or card of a line are those of a channel."""
    pairs = (
        (line.imei, channel.imei),
        (line.iccid, channel.iccid),
        (line.imsi, channel.imsi),
    )
    return any(told and told == known for told, known in pairs)
