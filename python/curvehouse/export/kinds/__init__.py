"""One module per kind of artefact, each with a ``KIND``."""
