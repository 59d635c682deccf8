"""Who calls while a user types ids and passwords into a box."""

from collections.abc import Callable, Mapping
from hmac import compare_digest

from .udp_packets import Address, Packet
from .udp_strangers import MOST_ADDRESSES, MOST_IDS, is_private


class Trial:
    """Ids that are wanted, and what was heard of them."""

    def __init__(
        self, ids: frozenset[str], password: str, on_change: Callable[[], None]
    ) -> None:
        """Wait for these ids with this password."""
        self.called: dict[str, str] = {}
        """The host that each id called from with the right password."""
        self.wrong_password: dict[str, str] = {}
        """The host that each id called from with a wrong one, if that was its last call."""
        self._ids = ids
        self._password = password.encode()
        self._on_change = on_change
        self._strange: dict[str, set[str]] = {}

    @property
    def strange(self) -> Mapping[str, frozenset[str]]:
        """Ids that nobody waits for, by the private host that they called from."""
        return {host: frozenset(ids) for host, ids in self._strange.items()}

    def hear(self, keepalive: Packet, origin: Address, *, known: bool) -> bool:
        """Take in a keepalive; tell whether it is a wanted one.

        `known` means that the id is registered already, by whomever.
        """
        if keepalive.id not in self._ids:
            if not known:
                self._note_strange(keepalive.id, origin[0])
            return False
        passed = compare_digest(keepalive.password.encode(), self._password)
        here, other = self.called, self.wrong_password
        if not passed:
            here, other = other, here
        is_news = here.get(keepalive.id) != origin[0]
        here[keepalive.id] = origin[0]
        is_news |= other.pop(keepalive.id, None) is not None
        if is_news:
            self._on_change()
        return passed

    def _note_strange(self, line_id: str, host: str) -> None:
        if not line_id or not is_private(host):
            return
        if host not in self._strange and len(self._strange) >= MOST_ADDRESSES:
            return
        ids = self._strange.setdefault(host, set())
        if line_id not in ids and len(ids) < MOST_IDS:
            ids.add(line_id)
            self._on_change()
