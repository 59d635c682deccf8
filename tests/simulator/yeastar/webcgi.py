"""The HTTP pages 1500101 (send SMS) and 1500102 (USSD) (section 1)."""

from typing import TYPE_CHECKING

from ..core import journal as j
from ..core.connection import About
from ..core.http import (
    HttpFraming,
    HttpOptions,
    HttpServer,
    Request,
    Response,
    percent_decode,
)
from . import access
from .errors import CommandRefusedError
from .sms_sender import SendJob
from .ussd_runner import UssdCall

if TYPE_CHECKING:
    from .box import YeastarBox
    from .port import Port

PATH = "/cgi/WebCGI"
SMS_PAGE = "1500101"
USSD_PAGE = "1500102"
NOT_FOUND = Response(b"<html><body>404 Not Found</body></html>", 404)
FORBIDDEN = Response(b"<html><body>403 Forbidden</body></html>", 403)


class WebCgi:
    """The pages of the web server; their ports are the numbers printed on the box (Q5)."""

    def __init__(self, box: YeastarBox, host: str, port: int) -> None:
        """Prepare; nothing listens before `listener.open()`."""
        self._box = box
        options = HttpOptions(server="Boa/0.94")
        framing = HttpFraming(self.about)
        self.server = HttpServer(
            self._serve, box.clock, options, host, port, framing=framing
        )

    async def _serve(self, request: Request) -> Response:
        """Answer one request; only the two pages exist, with their second equals sign (Q18)."""
        page, equals, raw_fields = request.raw_query.partition("=")
        known = (
            page in (SMS_PAGE, USSD_PAGE) and equals and self._box.options.api_enabled
        )
        if request.path != PATH or request.method != "GET" or not known:
            return NOT_FOUND
        if not access.is_address_allowed(
            self._box.options, access.address_of(request.peer)
        ):
            return self._forbid()
        fields = self._fields(raw_fields)
        try:
            self._log_in(fields)
            if page == SMS_PAGE:
                return await self._send_sms(fields)
            return await self._run_ussd(fields)
        except CommandRefusedError as error:
            about = self.about(request)
            if about["dialogue"] == SMS_PAGE:
                line = about.pop("line", None)
                self._box.outgoing.refuse(line, str(error), interface="http", **about)
            return self._failure(str(error))

    def about(self, request: Request) -> About:
        """Return page, port, number, text and code as far as a request names them."""
        page, _, raw_fields = request.raw_query.partition("=")
        fields = self._fields(raw_fields)
        about: About = {"dialogue": page}
        if fields.get("port", "").isdigit():
            about["line"] = int(fields["port"])
        if page == SMS_PAGE:
            names = {"destination": "number", "content": "text"}
        else:
            names = {"content": "code"}
        return about | {
            shown: fields[name] for name, shown in names.items() if name in fields
        }

    def _fields(self, raw: str) -> dict[str, str]:
        """Cut ``account=…&password=…``; names are not decoded, values are."""
        plus_is_blank = self._box.options.plus == "blank"
        pairs = (field.partition("=") for field in raw.split("&"))
        return {name: percent_decode(value, plus_is_blank) for name, _, value in pairs}

    def _forbid(self) -> Response:
        self._box.log(j.LOGIN_REFUSED, port="http", user="", reason="address")
        if self._box.options.forbidden_http == "403":
            return FORBIDDEN
        return self._failure("IP address is not permitted")

    def _log_in(self, fields: dict[str, str]) -> None:
        user = fields.get("account", "")
        reason = access.refusal(self._box.options, user, fields.get("password"))
        if self._box.refused_logins.take():
            reason = "planned"
        if reason:
            self._box.log(j.LOGIN_REFUSED, port="http", user=user, reason=reason)
            raise CommandRefusedError("Authentication failed")

    def _port(self, fields: dict[str, str]) -> Port:
        for port in self._box.ports.values():
            if fields.get("port") == str(port.number):
                return port
        raise CommandRefusedError("Invalid port")

    async def _send_sms(self, fields: dict[str, str]) -> Response:
        """Queue an SMS; nobody learns its result."""
        port = self._port(fields)
        number, text = fields.get("destination", ""), fields.get("content", "")
        if not number:
            raise CommandRefusedError("Invalid destination")
        job = self._box.sender.check(SendJob(number, text, "http"))
        self._box.sender.queue(port, job)
        return self._text("Response: Success", "Message: Commit successfully!")

    async def _run_ussd(self, fields: dict[str, str]) -> Response:
        """Block until the answer or the limit."""
        port, code = self._port(fields), fields.get("content", "")
        if not code:
            raise CommandRefusedError("Invalid content")
        options = self._box.options
        call = UssdCall(code, "http", "http", options.ussd_default_seconds)
        # The box goes on with a USSD whose client has left.
        result = await self._box.run_on(self._box.ussd.run(port, call))
        request_line = f"Request: {port.number},{code}"
        if result.answer is not None:
            return self._text(
                request_line, "Response: Success", f"Message: {result.answer.text}"
            )
        lines = [request_line] if options.http_failed_request_line else []
        reason = "USSD timeout" if result.timed_out else "USSD failed"
        return self._failure(reason, *lines)

    def _failure(self, reason: str, *before: str) -> Response:
        """Answer with a text that no source knows; it never holds the word for success."""
        if self._box.options.http_failure == "free-text":
            return self._text(*before, f"{reason}!")
        return self._text(*before, "Response: Failed", f"Message: {reason}")

    def _text(self, *lines: str) -> Response:
        options = self._box.options
        end = "\r\n" if options.http_lines == "crlf" else "\n"
        kind = (
            "text/html; charset=utf-8"
            if options.http_charset == "declared"
            else "text/html"
        )
        body = "".join(line + end for line in lines).encode("utf-8", "replace")
        return Response(body, content_type=kind)
