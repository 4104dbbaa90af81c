"""Web addresses in their one canonical spelling, because scopes and pseudonyms depend on them.

Source: RFC 6454 (origins) and RFC 3986, narrowed: https, or http on this machine; a host name in
ASCII small letters (internationalised names as punycode) or an IP address; no user, no default
port, no query, no fragment.
"""

import ipaddress
import re
from typing import Final

import idna

from credentials.errors import EncodingError, SymbolonError
from credentials.formats.text import tidy

MAX_ADDRESS: Final = 300  # characters

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>(/[A-Za-z0-9._~!$&'()*+,;=:@-]*)*)",
    re.ASCII,
)
_HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_DEFAULT_PORT = {"https": "443", "http": "80"}
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "[::1]"})


def take_origin(
    value: object, *, name: str = "an address", error: type[SymbolonError] = EncodingError
) -> str:
    """`value` if it is a canonical origin such as https://city.example:8443; raises `error`."""
    if _parse(value, name=name, error=error)["path"]:
        raise error(f"{name} has a path or a slash at its end")
    return str(value)


def take_address(
    value: object, *, name: str = "an address", error: type[SymbolonError] = EncodingError
) -> str:
    """`value` if it is a canonical origin, with or without a path; raises `error`."""
    path = _parse(value, name=name, error=error)["path"]
    if any(segment in (".", "..") for segment in path.split("/")):
        raise error(f"{name} has a path with dots for segments")
    return str(value)


def canonical_address(
    text: str, *, name: str = "an address", error: type[SymbolonError] = EncodingError
) -> str:
    """The address that a person typed, in its canonical spelling; raises `error`.

    Capital letters in the host, letters beyond ASCII (IDNA 2008 with the mapping of Unicode
    Technical Standard 46), a default port, a last dot or slash, and a missing scheme are mended.
    """
    scheme, _, rest = tidy(text).rpartition("://")
    host, slash, path = rest.partition("/")
    host, colon, port = _split_port(host)
    host = _ascii_host(host, name=name, error=error)
    scheme = scheme.lower() or ("http" if host in _THIS_MACHINE else "https")
    if port == _DEFAULT_PORT.get(scheme):
        colon = port = ""
    return take_address(
        f"{scheme}://{host}{colon}{port}{slash}{path}".rstrip("/"), name=name, error=error
    )


def _split_port(host: str) -> tuple[str, str, str]:
    match = re.fullmatch(r"(.*?)(:)([0-9]*)", host) if not host.endswith("]") else None
    return (match[1], match[2], match[3]) if match else (host, "", "")


def _ascii_host(host: str, *, name: str, error: type[SymbolonError]) -> str:
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise error(f"{name} has a host name that no domain can have") from None
    return host.lower().removesuffix(".")


def origin_part(address: str) -> str:
    """The origin of an address that take_address has accepted: its beginning."""
    return "/".join(address.split("/")[:3])


def _parse(value: object, *, name: str, error: type[SymbolonError]) -> dict[str, str]:
    match = _ADDRESS.fullmatch(value) if type(value) is str and len(value) <= MAX_ADDRESS else None
    if match is None:
        raise error(f"{name} is not a plain web address such as https://city.example")
    parts = {key: part or "" for key, part in match.groupdict().items()}
    if not _is_canonical_host(parts["host"]):
        raise error(f"{name} has a host that is not in its canonical spelling")
    if parts["port"] == _DEFAULT_PORT[parts["scheme"]] or int(parts["port"] or "1") > 65535:
        raise error(f"{name} names the default port, or one that does not exist")
    if parts["scheme"] == "http" and parts["host"] not in _THIS_MACHINE:
        raise error(f"{name} is not https, which only an address of this machine may lack")
    return parts


def _is_canonical_host(host: str) -> bool:
    try:
        if host.startswith("["):
            return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]" == host
        if _is_number(host.rpartition(".")[2]):
            # A browser reads 127.1 and 0x7f.1 as addresses: only the dotted form may stand.
            return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False
    labels = host.split(".")
    return len(host) <= 253 and all(_HOST_LABEL.fullmatch(label) for label in labels)


def _is_number(label: str) -> bool:
    return re.fullmatch(r"[0-9]+|0x[0-9a-f]*", label, re.ASCII) is not None
