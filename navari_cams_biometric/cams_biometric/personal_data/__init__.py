"""What this app stores about an employee: found (`person`), handed out (`export`), forgotten (`erasure`, `mentions`).

Fingerprints, faces, PINs and card numbers are never stored, so there are none to find.
"""
