"""Who may use the API: addresses and the account (Q1)."""

from ipaddress import ip_address, ip_network

from .options import DEFAULT_ACCOUNT, AccessOptions


def address_of(peer: str) -> str:
    """Return the address in ``address:port``."""
    return peer.rpartition(":")[0]


def is_address_allowed(options: AccessOptions, address: str) -> bool:
    """Tell whether the list of allowed addresses holds a client's."""
    allowed = options.allowed_words
    client = ip_address(address)
    return not allowed or any(
        client in ip_network(word, strict=False) for word in allowed
    )


def refusal(options: AccessOptions, user: str | None, password: str | None) -> str:
    """Return why an account is refused, for the journal; empty if it is accepted."""
    if user != options.username or password != options.password:
        return "wrong account"
    if options.refuse_default_account and (user, password) == DEFAULT_ACCOUNT:
        return "default account"
    return ""
