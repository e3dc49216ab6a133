"""What `xiadan ...` does, one module a command."""
