"""What the organiser does with attendees: lists in, claim links out."""
