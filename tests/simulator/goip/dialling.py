"""A USSD as long as the box has patience for it."""

from typing import TYPE_CHECKING

from ..core.line import Line
from ..core.sim_card import UssdOutcome

if TYPE_CHECKING:
    from .box import GoipBox


async def dial_in_time(
    box: GoipBox, line: Line, code: str, key: str, interface: str
) -> UssdOutcome:
    """Return the operator's answer; what comes after the box's patience is silence.

    The caller holds `line.work`.
    """
    clock, patience = box.clock, box.options.ussd_timeout
    started = clock.monotonic()
    dialling = box.dial_ussd(line, code, interface, key)
    if not patience:
        return await dialling
    try:
        outcome = await clock.wait_for(dialling, patience)
    except TimeoutError:
        return UssdOutcome("silence", "", 0.0)
    if outcome.kind == "silence":
        await clock.sleep(patience - (clock.monotonic() - started))
    return outcome
