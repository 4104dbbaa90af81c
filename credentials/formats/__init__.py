"""The wire objects: what is signed, hashed, sent and shown, each with its one encoding.

cbor, base64url, qr     encodings, strict both ways
names, addresses        rules for identifiers, shown text and web addresses
json_object             rules for the few JSON objects people write
schema, credential      what a credential says, and how the issuer hands it over
claim_link, metadata    how a wallet finds a community and knows that it is the right one
policy, request         what a verifier asks
presentation            what a wallet shows
poll                    manifest, ballot and bundle of a poll

Every object checks itself when it is made, so an invalid one does not exist. Proofs and signatures
of credentials are octets here; their meaning is in the packages that compute.
"""
