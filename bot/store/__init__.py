"""Chats and what was said in them, as rows. Nothing here decides anything."""
