"""What becomes of the log when cards change places in a box."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from .store import Store

_MOVE: Final = """
    UPDATE received SET channel = CASE
        WHEN channel = ?2 AND received_at < ?3 THEN ?4
        WHEN channel = ?4 AND received_at < ?5 THEN ?2
        ELSE channel END
    WHERE box_id = ?1 AND channel IN (?2, ?4)
"""


def exchange_ports(
    store: Store, box_id: str, until: Mapping[int, datetime]
) -> asyncio.Future[None]:
    """Let what two ports have received follow their cards.

    `until` has both ports, and since when each has another card: what came in
    later did so where the card is now. Raises (in the future) `StoreUnavailable`.
    """
    (one, one_until), (other, other_until) = until.items()
    times = one_until.timestamp(), other_until.timestamp()
    return store.write((_MOVE, (box_id, one, times[0], other, times[1])))
