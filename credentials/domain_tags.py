"""Every label and domain tag of the protocol, in one table, so that no two uses share one.

Source: the sections named beside each tag are those of docs/protocol.md. A wire object is a
deterministic CBOR array whose first element is its label; a changed object gets a new number.
"""

# Wire objects: first element of the CBOR array.
SCHEMA = "symbolon/schema/1"  # the attributes of a community's credential; hashed to schema_id
CREDENTIAL_HEADER = "symbolon/credential/1"  # the signed header, the same for every member
ISSUED_CREDENTIAL = "symbolon/issued/1"  # what the issuer answers to a commitment
HEAD = "symbolon/head/1"  # one epoch of the revocation registry; its SHA-256 names it
WITNESS = "symbolon/witness/1"  # what the issuer gives along: a registry witness and its head
METADATA = "symbolon/metadata/4"  # the community's signed public description
REQUEST = "symbolon/request/3"  # what an app asks a wallet to show
PRESENTATION = "symbolon/showing/2"  # a proof with what it discloses; also the door code
POLL = "symbolon/poll/5"  # a poll's manifest; its SHA-256 names the poll
BALLOT = "symbolon/ballot/3"  # one vote with its presentation; its leaf hash names the ballot
POLL_EVENT = "symbolon/poll-event/3"  # what else happens in a poll: extension, closing, opening
PROMISE = "symbolon/promise/1"  # that a ballot will be in its poll's log, and by when
ABSTENTION = "symbolon/abstention/2"  # a member's proof of having cast no ballot in a poll
POLL_BUNDLE = "symbolon/poll-bundle/4"  # head of the file from which a poll is recounted offline
TALLY_RESULT = "symbolon/tally/3"  # what a poll comes to, with every round of its count
TRUSTEE_CARD = "symbolon/trustee-card/1"  # a trustee's name and public keys, before a ceremony
TRUSTEE_DEAL = "symbolon/trustee-deal/1"  # one trustee's part of the polls' key, for all others
CEREMONY_RESULT = "symbolon/ceremony-result/1"  # the polls' key and the key of each trustee

# Hashed CBOR that is never sent: first element of the array under SHA-256.
SCOPE = "symbolon/scope/1"  # who, what for and which instance; hashed to context_id
PRESENTATION_HEADER = "symbolon/presentation/2"  # audience, freshness, action and V of a proof
BALLOT_ACTION = "symbolon/ballot-action/2"  # the exact vote that a presentation authorises
ABSTENTION_ACTION = "symbolon/abstention-action/1"  # that a presentation shows an abstention
COMMITMENT = "symbolon/commitment/2"  # community, header and nonce that a commitment is proven for
CEREMONY = "symbolon/ceremony/1"  # threshold and all cards; hashed to the ceremony's id
DEALS = "symbolon/ceremony-deals/1"  # all deals of a ceremony; hashed into its result

WALLET_DERIVATION = "symbolon/wallet/2"  # HKDF info of a wallet's secrets for one credential

# Octets in front of a hash or of a signed message.
NYM_ENTROPY = b"symbolon/nym-entropy/1"  # hash_to_scalar over PK and a commitment
WALLET_DERIVATION_SALT = b"symbolon/wallet-salt/1"  # HKDF salt of a wallet's secrets
METADATA_SIGNATURE = b"symbolon/metadata-signature/1\0"  # Ed25519 over the metadata's CBOR
PROMISE_SIGNATURE = b"symbolon/promise-signature/1\0"  # Ed25519 over a promise's CBOR
TIE_SEED = b"symbolon/tie-seed/1\0"  # SHA-256 over what the lot of a poll is drawn from
HEAD_SIGNATURE = b"symbolon/head-signature/1\0"  # Ed25519 over a registry head's CBOR
LOT = b"symbolon/lot/1\0"  # SHA-256 over a poll's seed and an option: its place in the lot

OPENING_SECRET = b"symbolon/opening-secret/1"  # HKDF info of the server's own key for sealed polls
BACKUP_KEY = b"symbolon/backup-key/1"  # HKDF info of the key that seals the server's backups
CARD_SIGNATURE = b"symbolon/trustee-card-signature/1\0"  # Ed25519 over a trustee's card
DEAL_SIGNATURE = b"symbolon/trustee-deal-signature/1\0"  # Ed25519 over a trustee's deal
TRUSTEE_FINGERPRINT = b"symbolon/trustee-fingerprint/1\0"  # SHA-256 over an Ed25519 key
CEREMONY_SIGNATURE = b"symbolon/ceremony-signature/1\0"  # Ed25519 over a ceremony's result

# Sealed ballots: HKDF info, and tags of hashing to G1 that no other interface has.
SEALED_BALLOT = b"symbolon/sealed-ballot/1"  # HKDF info of the key that seals one ballot
DEALT_SHARE = b"symbolon/dealt-share/1"  # HKDF info of the key that seals one dealt share
SEALING_POINT = b"SYMBOLON_SEALING_1_BLS12381G1_XMD:SHA-256_SSWU_RO_"  # H1, over a manifest's hash
TRUSTEE_POSSESSION = b"SYMBOLON_TRUSTEE_POP_1_BLS12381G1_XMD:SHA-256_SSWU_RO_"  # proof of a deal

# Not ours: the tag of drand's scheme bls-unchained-g1-rfc9380, under which quicknet signs.
BEACON = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

# The BBS interface of the product (typed messages to scalars), after the ciphersuite's id.
INTERFACE = b"SYMBOLON_1_H2G_TM2S_"

# Statements in the challenge of a presentation proof.
STATEMENT_PSEUDONYM = b"SYMBOLON_PSEUDONYM_"
STATEMENT_REGISTRY = b"SYMBOLON_REGISTRY_"
STATEMENT_RANGE = b"SYMBOLON_RANGE_"

# Beginning of the text in a QR code.
QR_PREFIX = "SYM1:"
