"""Claim links."""

from dataclasses import replace

from credentials.formats.claim_link import ClaimLink
from tests.vectors.objects.object_file import (
    Accepted,
    ObjectFile,
    Refused,
)
from tests.vectors.vector_community import VectorCommunity


def files(community: VectorCommunity) -> dict[str, ObjectFile]:
    return {"claim-link": _claim_link(community)}


def _claim_link(community: VectorCommunity) -> ObjectFile:
    code = "ABCDEFGHIJKLMNOPQRSTUVWX23"
    own = ClaimLink(
        address="https://agora.example",
        code=code,
        fingerprint=community.metadata.community_id,
    )
    text = own.format()

    def gives(link: ClaimLink) -> dict[str, str]:
        return {
            "address": link.address,
            "code": link.code,
            "fingerprint": link.fingerprint.hex(),
        }

    def refused(name: str, why: str, value: str) -> Refused:
        return Refused(name=name, why=why, value=value, refusal="EncodingError")

    links = {
        "the vectors' own": own,
        "with a port": replace(own, address="https://agora.example:8443"),
        "to this machine": replace(own, address="http://127.0.0.1:8000"),
        "to an IPv6 address": replace(own, address="https://[2001:db8::1]"),
    }
    return ObjectFile(
        about="a claim link, read; `gives` its parts",
        rule="claim-link",
        form="text",
        accepted=[
            *(
                Accepted(name=name, value=one.format(), gives=gives(one))
                for name, one in links.items()
            ),
        ],
        refused=[
            refused("a short code", "26 characters", text.replace(code, code[1:])),
            refused("a code in small letters", "A-Z and 2-7", text.replace(code, code.lower())),
            refused(
                "no fingerprint", "it follows a dot", text.partition(".A")[0].rpartition(".")[0]
            ),
            refused("a fingerprint of 31 octets", "it has 32", text[:-2]),
            refused("a padded fingerprint", "one spelling", text + "="),
            refused("the code in the path", "the fragment is not sent", text.replace("#", "/")),
            refused(
                "a slash before it", "an origin has no path", text.replace("/claim", "//claim")
            ),
            refused("not https", "http is for this machine", text.replace("https", "http")),
            refused(
                "a host in capitals", "one spelling", text.replace("agora.example", "Agora.example")
            ),
        ],
    )
