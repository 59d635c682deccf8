"""Asking a TG over AMI what it is and what its ports do."""

from ..model import (
    CannotConnect,
    GatewayStatus,
    NoReply,
    SendRefused,
    UnexpectedReply,
)
from . import commands
from .ami_link import AmiLink
from .spans import channel_status, check_ready, has_sim, parse_spans

_MODELS = {1: "TG100", 2: "TG200", 4: "TG400", 8: "TG800", 16: "TG1600"}


async def read_status(link: AmiLink) -> GatewayStatus:
    """Ask for all spans, and for the details of those with a SIM.

    Raises `UnexpectedReply` when the box knows no spans: it is no TG.
    """
    try:
        body = await link.command(commands.SHOW_SPANS)
    except SendRefused as error:
        raise UnexpectedReply(f"No list of spans: {error.reason}") from None
    spans = parse_spans(body)
    if not spans:
        raise UnexpectedReply("No list of spans", body.encode())
    channels = []
    for span, words in sorted(spans.items()):
        asks = has_sim(words)
        detail = await link.command(commands.show_span(span)) if asks else ""
        channels.append(channel_status(span, words, detail))
    return GatewayStatus(
        channels=tuple(channels),
        model=_MODELS.get(len(spans)),
        module_imeis=frozenset(c.imei for c in channels if c.imei),
    )


async def require_ready(link: AmiLink, channel: int) -> None:
    """Return when a port can send and dial now.

    Raises `ChannelUnavailable`, `ChannelBusy`, and `CannotConnect` when the
    box does not answer even this.
    """
    span = commands.span_of(channel)
    try:
        detail = await link.command(commands.show_span(span))
    except NoReply:
        raise CannotConnect("The box does not answer") from None
    except SendRefused:
        return  # a box that tells no details is tried without
    check_ready(span, detail)
