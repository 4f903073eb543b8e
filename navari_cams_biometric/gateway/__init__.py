"""The CAMS Biometric Gateway, as bytes mean it: punches, times, the encrypted body, the callback.

Knows nothing of Frappe and never imports it, so that it can be read, tested and used alone.
"""
