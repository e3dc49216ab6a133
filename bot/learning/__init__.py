"""What was not understood, and how the shop is taught to understand it the next time."""
