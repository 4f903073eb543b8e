"""What this app stores about an employee: found (`person`), exported (`export`), erased (`erasure`, `mentions`).

Fingerprints, faces, PINs and card numbers are never stored, so there are none to find.
"""
