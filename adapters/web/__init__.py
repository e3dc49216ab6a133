"""The shop in a browser: the chat, the pay page, the order page, the desk, and the gateways' notices."""
