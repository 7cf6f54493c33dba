"""Readers of the files that other programs write: by header, with explicit types, never guessed."""
