"""What a trustee runs: the key ceremony over files, and a share for each poll that has closed."""
