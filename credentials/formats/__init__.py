"""The wire objects: what is signed, hashed, sent and shown, each with its one encoding.

cbor, base64url, qr     encodings, strict both ways, and readers that refuse a wrong type or size
names, addresses        rules for identifiers, shown text and web addresses
json_object             rules for the few JSON objects that people write
schema, attribute       what a credential says
credential              its signed header, and how the issuer hands it over
claim_link              how a wallet finds its community
metadata                the community's signed description and its chain of versions; made of
                        community (the description), public_keys, places (events, doors, apps)
                        and crowd (how many members there are)
head                    one epoch of the revocation registry, signed and chained
policy, request         what a verifier asks; requirement is one bound in a policy
presentation            what a wallet shows; also the door code
poll, manifest          a poll, its ballots, and the bundle to recount it

Every object checks itself when it is made, so an invalid one does not exist. Points, proofs and
signatures of credentials are octets here; their meaning is in the packages that compute.
"""
