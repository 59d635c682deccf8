"""How numbers are written in the countries that issue SIMs.

Mobile country codes: ITU-T E.212. Calling codes: ITU-T E.164. Trunk prefixes
and lengths: the countries' national numbering plans.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """How numbers of one country are written."""

    code: str
    """Calling code, without `+`."""
    trunk: str
    """What a national call begins with, perhaps empty."""
    lengths: range
    """Digits that a mobile number may have, without `trunk`."""


_TABLE = """
202 30 - 10
204 31 0 9
206 32 0 9
208 33 0 9
212 377 - 8-9
213 376 - 6
214 34 - 9
216 36 06 9
218 387 0 8-9
219 385 0 8-9
220 381 0 8-9
222 39 - 9-10
226 40 0 9
228 41 0 9
230 420 - 9
231 421 0 9
232 43 0 10-13
234,235 44 0 10
238 45 - 8
240 46 0 9
242 47 - 8
244 358 0 9-10
246 370 0 8
247 371 - 8
248 372 - 7-8
250 7 8 10
255 380 0 9
257 375 80 9
259 373 0 8
260 48 - 9
262 49 0 10-11
268 351 - 9
270 352 - 9
272 353 0 9
274 354 - 7
276 355 0 9
278 356 - 8
280 357 - 8
282 995 0 9
283 374 0 8
284 359 0 8-9
286 90 0 10
293 386 0 8
294 389 0 8
297 382 0 8
302,310,311,312,313,314,315,316 1 1 10
334 52 - 10
401 7 8 10
404,405 91 0 10
410 92 0 10
413 94 0 9
415 961 0 7-8
416 962 0 9
418 964 0 10
419 965 - 8
420 966 0 9
424 971 0 9
425 972 0 9
427 974 - 8
428 976 0 8
432 98 0 10
434 998 - 9
436 992 - 9
437 996 0 9
440,441 81 0 10
450 82 0 9-10
452 84 0 9
454 852 - 8
460 86 0 11
466 886 0 9
470 880 0 10
502 60 0 9-10
505 61 0 9
510 62 0 9-12
515 63 0 10
520 66 0 9
525 65 - 8
530 64 0 8-10
602 20 0 10
603 213 0 9
604 212 0 9
605 216 - 8
608 221 - 9
612 225 - 10
613 226 - 8
620 233 0 9
621 234 0 10
624 237 - 9
639 254 0 9
640 255 0 9
641 256 0 9
655 27 0 9
716 51 0 9
722 54 0 10
724 55 0 10-11
730 56 - 9
732 57 - 10
734 58 0 10
736 591 0 8
740 593 0 9
744 595 0 9
748 598 0 8
"""
"""MCC, calling code, trunk prefix, digits."""


def _read(table: str) -> dict[str, Country]:
    countries: dict[str, Country] = {}
    for row in table.split("\n"):
        if not row:
            continue
        mobile_codes, code, trunk, digits = row.split()
        shortest, _, longest = digits.partition("-")
        lengths = range(int(shortest), int(longest or shortest) + 1)
        country = Country(code, trunk.strip("-"), lengths)
        countries |= dict.fromkeys(mobile_codes.split(","), country)
    return countries


COUNTRIES = _read(_TABLE)
"""By mobile country code, the first three digits of an IMSI."""
