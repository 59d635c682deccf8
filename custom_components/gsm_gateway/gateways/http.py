"""One HTTP request to a box, sent exactly once, with limits on time and size."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, ClientTimeout
from yarl import URL

from .model import CannotConnect, CertificateNotTrusted, NoReply, UnexpectedReply

BODY_LIMIT = 1 << 20
CONNECT_SECONDS = 5.0
_FRESH = {"Connection": "close"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a box answered; a status of 200 says nothing on these boxes."""

    status: int
    body: bytes
    charset: str | None = None


class _Once:
    """Lets a request reach the wire once.

    aiohttp by itself repeats a GET when the server closes before it answers,
    and on these boxes a GET can send an SMS.
    """

    def __init__(self) -> None:
        self._used = False

    async def __call__(
        self, request: ClientRequest, handler: ClientHandlerType
    ) -> ClientResponse:
        """Pass the first call on, refuse every other."""
        if self._used:
            raise aiohttp.ServerDisconnectedError
        self._used = True
        return await handler(request)


async def request(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    *,
    authorization: str | None = None,
    form: Mapping[str, str] | None = None,
    seconds: float = 10.0,
) -> Reply:
    """Send one request on a connection of its own and return the answer.

    Raises `CannotConnect` when no connection came about and nothing was sent,
    `NoReply` when the request may have been read but no whole answer came
    within `seconds`, `UnexpectedReply` for what is not HTTP or too long. No
    error carries the URL, which may hold a password.
    """
    timeout = ClientTimeout(
        total=seconds + CONNECT_SECONDS, sock_connect=CONNECT_SECONDS
    )
    headers = _FRESH | ({"Authorization": authorization} if authorization else {})
    try:
        async with session.request(
            method,
            url,
            data=form,
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
            middlewares=(_Once(),),
        ) as response:
            body = await _read(response)
            return Reply(response.status, body, response.charset)
    except aiohttp.ClientConnectorCertificateError:
        raise CertificateNotTrusted("The certificate is not trusted") from None
    except aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError:
        raise CannotConnect("The box does not answer") from None
    except aiohttp.ClientResponseError:
        # Its text shows what came, and that may be our own request.
        raise UnexpectedReply("The answer is not HTTP") from None
    except aiohttp.ClientError, TimeoutError, OSError:
        raise NoReply("The box took the request and did not answer") from None


async def _read(response: ClientResponse) -> bytes:
    """Return the body, or raise UnexpectedReply when it is longer than any page of a box."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise UnexpectedReply("The answer is too long", bytes(body))
    return bytes(body)
