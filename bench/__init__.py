"""Measurements beside the peers and the machine's floor, as ratios from one run.

``parts/`` has what is measured, one module each; ``comparison`` says what a comparison is,
``runner`` checks and times one, ``process`` runs its sides in processes of their own, ``results``
and ``tables`` keep and show what came out.
"""
