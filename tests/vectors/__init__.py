"""The drafts' published figures, and the tests that hold `credentials.bbs` to every one of them."""
