"""Payment gateways that really sign, on this machine alone, and lie only when they are told to."""
