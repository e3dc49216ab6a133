"""The conversation: hears, fills the draft, acts, answers, hands over."""
