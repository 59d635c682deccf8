"""Who may see a page."""

from typing import TYPE_CHECKING

from ..core import journal as j
from ..core.http import Request, Response

if TYPE_CHECKING:
    from .box import GoipBox

BAD_LOGIN_TEXT = "ERROR,user or password error"


def basic_refusal(box: GoipBox, request: Request) -> Response | None:
    """Return a 401 unless the web user's Basic login is there."""
    login = request.basic_auth
    if login is not None and _accepted(box, *login):
        return None
    if login is not None:
        box.log(j.LOGIN_REFUSED, interface="http", user=login[0], page=request.path)
    return Response(
        b"<html><body>401 Unauthorized</body></html>\n",
        401,
        headers={"WWW-Authenticate": 'Basic realm="GoIP"'},
    )


def query_login_ok(box: GoipBox, request: Request) -> bool:
    """Tell whether `u` and `p` of the query are right."""
    user, password = request.query.get("u", ""), request.query.get("p", "")
    if _accepted(box, user, password):
        return True
    box.log(j.LOGIN_REFUSED, interface="http", user=user, page=request.path)
    return False


def _accepted(box: GoipBox, user: str, password: str) -> bool:
    """Compare with the web login; a planned refusal comes first."""
    if box.refused_logins.take():
        return False
    options = box.options
    return (user, password) == (options.web_user, options.web_password)
