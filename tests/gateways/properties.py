"""Texts of every kind, and how properties are tried: always the same inputs, no memory."""

from hypothesis import settings, strategies as st

GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
    "\f^{}\\[~]|€"
)
"""3GPP 23.038 section 6.2.1, and the extension table."""
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
WHOLE = (
    *("a", "ж", "€", "[", "é", "e\u0301", "\N{PARTY POPPER}", FAMILY),
    *("\N{THUMBS UP SIGN}\U0001f3fd", "\N{HEAVY BLACK HEART}\ufe0f\u200d\N{FIRE}"),
    *("\U0001f1e9\U0001f1ea", "1\ufe0f\u20e3", "\U0001f3f4\U000e0067\U000e007f"),
)
"""What stays whole wherever a text is cut."""

tried = settings(max_examples=200, deadline=None, derandomize=True, database=None)

_ANY = st.characters(exclude_categories=["Cs"])
_AT_A_BORDER = st.builds(
    lambda first, letter, room, off, tail: (
        first + letter * (room + off) + "".join(tail)
    ),
    st.sampled_from(("", "a", "ж")),
    st.sampled_from("aж€\N{PARTY POPPER}"),
    st.sampled_from((33, 35, 67, 70, 76, 80, 134, 153, 156, 160, 201, 230, 306)),
    st.integers(-3, 3),
    st.lists(st.sampled_from((*WHOLE, " ", "aaaa")), max_size=40),
)
gsm_texts = st.text(GSM, min_size=1, max_size=700)
whole_signs = st.lists(st.sampled_from(WHOLE), min_size=1, max_size=300)
texts = st.one_of(
    gsm_texts,
    st.text(_ANY, min_size=1, max_size=300),
    whole_signs.map("".join),
    st.text("aж€ \n[\N{PARTY POPPER}", min_size=1, max_size=700),
    _AT_A_BORDER,
)
"""Texts without half characters; a part is no shorter than two of them."""
