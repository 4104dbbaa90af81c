"""Who may have a credential, and issuing it blindly."""
