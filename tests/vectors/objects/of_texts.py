"""Text that people read, ids, names and addresses: which are taken and which are not."""

from tests.vectors.objects.object_file import Accepted, ObjectFile, Refused

_SHOWN = {
    "a word": "Agora",
    "with a space": "Where shall we meet?",
    "composed": "\u00e9t\u00e9",
    "another script": "\u0391\u03b3\u03bf\u03c1\u03ac",
    "joined pictures": "\U0001f469\u200d\U0001f680",
    "200 characters": "\U0001f989" * 200,
}
_NOT_SHOWN = (
    ("empty", "", "one character at least"),
    ("201 characters", "x" * 201, "at most 200"),
    ("decomposed", "e\u0301t\u00e9", "in NFC"),
    ("a space in front", " Agora", "no white space around it"),
    ("a wide space at the end", "Agora\u3000", "no white space around it"),
    ("two lines", "Ago\nra", "on one line"),
    ("a line separator", "Ago\u2028ra", "on one line"),
    ("a tabulator", "Ago\tra", "no control characters"),
    ("right to left", "Ago\u202era", "nothing turns the direction"),
    ("isolated", "\u2067Agora\u2069", "nothing turns the direction"),
    ("a space of no width", "Ago\u200bra", "nothing is invisible"),
    ("a mark of the byte order", "\ufeffAgora", "nothing is invisible"),
    ("a soft hyphen", "Ago\u00adra", "nothing is invisible"),
)
_IDENTIFIERS = ("a", "0", "agora-26", "a--b-", "x" * 32)
_NO_IDENTIFIERS = ("", "-a", "Agora", "a_b", "a b", "x" * 33, "\u03b1", "a\n")
_NAMES = ("a", "valid_until", "a0_", "x" * 32)
_NO_NAMES = ("", "0a", "_a", "Valid", "a-b", "x" * 33, "a\n")
_ZONES = ("UTC", "Europe/Athens", "America/Argentina/Ushuaia", "Etc/GMT+3")
_NO_ZONES = ("", "/Europe", "Europe/New York", "a/b/c/d", "Europe/\u0391", "x" * 65)
_ADDRESSES = (
    "https://city.example",
    "https://city.example:8443/answer",
    "https://xn--mnchen-3ya.example/a/b.c",
    "http://127.0.0.1:9001/answer",
    "http://localhost",
    "http://[::1]:8080",
    "https://192.0.2.7",
    "https://[2001:db8::1]",
    "https://city.example/",
    "https://city.example/~a/(b)@c:d",
)
_NO_ADDRESSES = (
    ("http elsewhere", "http://city.example", "only https leaves this machine"),
    ("another scheme", "ftp://city.example", "https, or http here"),
    ("capitals", "https://City.example", "small letters"),
    ("a scheme in capitals", "HTTPS://city.example", "small letters"),
    ("the default port", "https://city.example:443", "it is not said"),
    ("a port with a zero in front", "https://city.example:0443", "one spelling"),
    ("a port that does not exist", "https://city.example:70000", "at most 65535"),
    ("a user", "https://ana@city.example", "no user"),
    ("a query", "https://city.example/a?b=c", "no query"),
    ("a fragment", "https://city.example/#a", "no fragment"),
    ("a way up", "https://city.example/a/../b", "no segment is . or .."),
    ("letters of another script", "https://\u03b1.example", "punycode"),
    ("a dot at the end", "https://city.example.", "labels are not empty"),
    ("a label that begins with -", "https://-city.example", "labels do not"),
    ("a short IPv4 address", "https://127.1", "four numbers"),
    ("a hexadecimal host", "https://0x7f000001", "the dotted form only"),
    ("a long IPv6 address", "https://[0:0:0:0:0:0:0:1]", "as RFC 5952 writes it"),
    ("a backslash", "https://city.example\\a", "a path begins with /"),
    ("301 characters", "https://city.example/" + "a" * 280, "at most 300"),
    ("a line break", "https://city.example\n", "nothing follows"),
)


def files() -> dict[str, ObjectFile]:
    return {
        "shown-text": ObjectFile(
            about="text that people read, of at most 200 characters",
            rule="shown-200",
            form="text",
            accepted=[Accepted(name=name, value=text) for name, text in _SHOWN.items()],
            refused=[
                Refused(name=name, value=text, why=why, refusal="EncodingError")
                for name, text, why in _NOT_SHOWN
            ],
        ),
        "identifier": _plain("an id", "identifier", _IDENTIFIERS, _NO_IDENTIFIERS),
        "attribute-name": _plain("a name of an attribute", "attribute-name", _NAMES, _NO_NAMES),
        "timezone": _plain("a name of a time zone", "timezone", _ZONES, _NO_ZONES),
        "address": ObjectFile(
            about="a web address in its one spelling; `gives` its origin",
            rule="address",
            form="text",
            accepted=[
                Accepted(name=text, value=text, gives={"origin": "/".join(text.split("/")[:3])})
                for text in _ADDRESSES
            ],
            refused=[
                Refused(name=name, value=text, why=why, refusal="EncodingError")
                for name, text, why in _NO_ADDRESSES
            ],
        ),
    }


def _plain(about: str, rule: str, good: tuple[str, ...], bad: tuple[str, ...]) -> ObjectFile:
    return ObjectFile(
        about=about,
        rule=rule,
        form="text",
        accepted=[Accepted(name=text, value=text) for text in good],
        refused=[
            Refused(name=repr(text), value=text, why=f"it is not {about}", refusal="EncodingError")
            for text in bad
        ],
    )
