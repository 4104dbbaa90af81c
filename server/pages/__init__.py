"""The few pages that a person may open in a browser; none of them runs a script."""
