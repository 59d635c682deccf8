"""A memory of nothing for aiosmpplib, which keeps every text for three days otherwise."""

from typing import override

from aiosmpplib import AbstractCorrelator, SubmitSm
from aiosmpplib.correlator import SegmentStatus
from aiosmpplib.protocol import DeliverSm, SmppMessage


class NoCorrelator(AbstractCorrelator):
    """Keeps nothing: answers are matched by `SmppLink.received`."""

    @override
    def get_cumulated_status(self, ref_num: int) -> int:
        return 0

    @override
    async def expired(self, smpp_message: SmppMessage) -> None:
        """Do nothing."""

    @override
    async def put(self, smpp_message: SmppMessage) -> None:
        """Do nothing."""

    @override
    async def put_delivery(self, smsc_message_id: str, submit_sm: SubmitSm) -> None:
        """Do nothing."""

    @override
    async def put_delivery_segmented(self, deliver_sm: DeliverSm) -> None:
        """Do nothing."""

    @override
    async def get(self, response: SmppMessage) -> None:
        """Do nothing."""

    @override
    async def get_segmented(
        self, smpp_seq_num: int, remove: bool = False
    ) -> tuple[SegmentStatus | None, int]:
        return None, 0

    @override
    async def get_delivery(self, receipt: DeliverSm) -> None:
        """Do nothing."""
