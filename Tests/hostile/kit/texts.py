"""Hostile texts as bytes. Everything random comes from the generator that is passed in."""

ACUTE_AND_DOT_BELOW = "\u0301\u0323".encode()
KIB = 1024
MIB = 1024 * 1024


def marks(size, letter=b"e"):
    """A letter and combining marks of two classes in turn, which a normaliser has to sort; about `size` bytes."""
    return letter + ACUTE_AND_DOT_BELOW * max(1, (size - len(letter)) // 4)


def hidden_marks(size):
    """Vowel signs of Tibetan: of combining class 0, and yet nothing but two marks each, which a normaliser has to sort."""
    return "\u0f73\u0f75".encode() * max(1, size // 6)


def encoded_marks(size):
    """The same percent-encoded, for targets."""
    return b"e" + b"%CC%81%CC%A3" * max(1, size // 12)


def plane_scalars(rng, count):
    """Scalars from all seventeen planes, assigned or not, never surrogates."""
    out = []
    while len(out) < count:
        scalar = rng.randrange(17) << 16 | rng.randrange(0x10000)
        if not 0xD800 <= scalar < 0xE000:
            out.append(chr(scalar))
    return "".join(out).encode()


EXPANDING = ["\ufdfa", "\u1e9b\u0323", "\u0390", "\ufb03", "\u0130", "\u01c4", "\u00df", "\uac01", "\u1100\u1161\u11a8"]
JOINING = [
    "\U0001f469\u200d",
    "\U0001f1e9\U0001f1ea",
    "\u0e33",
    "\u200d",
    "\ufe0f",
    "\U000e0067",
    "\u0300",
    "\u0f71\u0f72\u0f74",
]
BLANKS = ["\u00a0", "\u2003", "\u3000", "\u0085", "\u2028", "\t", "\v", " "]
INVALID = [b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xff", b"\x80", b"\xe2\x82", b"\xf4\x90\x80\x80"]


def repeated(rng, pieces, size):
    piece = rng.choice(pieces)
    piece = piece if isinstance(piece, bytes) else piece.encode()
    return piece * max(1, size // len(piece))


def text(rng, size):
    """About `size` bytes of one of the odd sorts, valid UTF-8 or not, with its sort's name."""
    sort = rng.choice(
        [
            "marks",
            "marks",
            "hidden marks",
            "planes",
            "expanding",
            "joining",
            "blanks",
            "ascii",
            "nul",
            "invalid",
            "mixed",
            "digits",
        ]
    )
    if sort == "marks":
        return sort, marks(size, rng.choice([b"e", b"a", b"-", b"/", "\u1100".encode(), b" "]))
    if sort == "hidden marks":
        return sort, hidden_marks(size)
    if sort == "planes":
        # A block of it, repeated: what counts is what it is made of, not that each byte is new.
        block = plane_scalars(rng, 2000)
        return sort, (block * (size // len(block) + 1))[:size]
    if sort == "expanding":
        return sort, repeated(rng, EXPANDING, size)
    if sort == "joining":
        return sort, repeated(rng, JOINING, size)
    if sort == "blanks":
        return sort, repeated(rng, BLANKS, size)
    if sort == "ascii":
        return sort, bytes([rng.randrange(0x21, 0x7F)]) * size
    if sort == "nul":
        return sort, b"a\0" * (size // 2)
    if sort == "invalid":
        return sort, repeated(rng, INVALID, size)
    if sort == "digits":
        return sort, rng.choice([b"9", b"0", b"1"]) * size
    half = size // 2
    return sort, b"session=" + marks(half) + b" " + rng.choice(INVALID) + marks(half, b"\xc3\xa9")


def field_value(rng, size):
    """The same for a header field: without line ends and NUL, which end the field or the request."""
    sort, value = text(rng, size)
    return sort, value.translate(None, b"\0\r\n") or b"x"


def size(rng, most):
    """A size up to `most`, mostly at the ends of the scale: small, powers of two, at the limit and just beyond."""
    pick = rng.random()
    if pick < 0.25:
        return rng.randrange(1, 512)
    if pick < 0.6:
        return min(most, int(2 ** rng.uniform(9, most.bit_length() - 1)))
    if pick < 0.8:
        return most + rng.choice([-1, 0, 1, 1024])
    return rng.randrange(max(1, most // 2), most + 1)
