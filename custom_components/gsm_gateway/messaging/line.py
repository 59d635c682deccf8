"""One arbiter per SIM: SMS and USSD take turns, alarms first."""

from ..gateways.clock import Clock
from ..gateways.model import UssdReply
from ..gateways.ports import Gateway
from .messages import SendPolicy


class Line:
    """One SIM, which does one thing at a time.

    `connected`, `registered`, `enabled`, `policy` are set live by its owner,
    who then calls `Outbox.wake`.
    """

    def __init__(
        self,
        *,
        line_id: str,
        box_id: str,
        channel: int,
        gateway: Gateway,
        clock: Clock,
        policy: SendPolicy,
    ) -> None:
        """Start idle, enabled, not connected, registration not known."""
        self.line_id = line_id
        self.box_id = box_id
        self.channel = channel
        self.gateway = gateway
        self.policy = policy
        self.connected = False
        self.registered: bool | None = None
        self.enabled = True
        raise NotImplementedError

    @property
    def busy(self) -> bool:
        """Whether an SMS or a USSD is under way."""
        raise NotImplementedError

    @property
    def busy_with_ussd(self) -> bool:
        """Whether a USSD is under way."""
        raise NotImplementedError

    async def run_ussd(self, code: str, *, waited_for: bool) -> UssdReply:
        """Wait for a turn, dial once and return the answer.

        A USSD that nobody waits for lets every SMS go first. Raises what
        `UssdRunner.run_ussd` raises, `NoReply` after 40 s, and
        `ChannelUnavailable` when the SIM is switched off by the user.
        """
        raise NotImplementedError
