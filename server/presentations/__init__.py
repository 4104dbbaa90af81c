"""Third parties: what an app asks of a wallet, and the one verdict on what the wallet answers."""
