"""Reading named values out of the box's pages, however broken the page is."""

from html import unescape
import re

_TAG = re.compile(r"<[^<>]{0,200}>")
_DECLARED = re.compile(rb'encoding="([A-Za-z0-9_-]{1,20})"')
_CHINESE = ("gb2312", "gbk", "gb18030")


def decode_page(body: bytes, charset: str | None = None) -> str:
    """Return a page as text; `charset` is what the HTTP header says.

    A declared gb2312 is believed only when the bytes are no UTF-8: boxes
    declare one and send the other (GoIP Q12).
    """
    try:
        return body.decode()
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(body[:200])
    names = {declared[1].decode().lower() if declared else "", (charset or "").lower()}
    chinese = not names.isdisjoint(_CHINESE)
    return body.decode("gb18030" if chinese else "utf-8", "replace")


def element(page: str, name: str) -> str | None:
    """Return the text of `<name>…</name>`, or None without such an element.

    Pages are searched, not parsed: firmware writes broken XML, and what is not
    parsed has no entities to expand.
    """
    start = page.find(f"<{name}>")
    if start < 0:
        return "" if f"<{name}/>" in page else None
    start += len(name) + 2
    end = page.find(f"</{name}>", start)
    return None if end < 0 else unescape(page[start:end])


def cell(page: str, name: str) -> str | None:
    """Return the text of the table cell with this id, or None."""
    mark = page.find(f'id="{name}"')
    start = page.find(">", mark)
    if mark < 0 or start < 0:
        return None
    end = page.find("</td", start)
    return None if end < 0 else page[start + 1 : end]


def value(page: str, name: str) -> str | None:
    """Return a value of status.xml or status.html without colour and padding (GoIP Q12)."""
    found = element(page, name)
    if found is None:
        found = cell(page, name)
    if found is None:
        return None
    return _TAG.sub("", unescape(found)).replace("\xa0", " ").strip()
