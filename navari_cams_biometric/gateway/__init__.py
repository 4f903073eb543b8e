"""The CAMS Biometric Gateway: its bytes read into punches, times and callbacks, and a client.

It never imports Frappe, so it can be read, tested and used alone.
"""
