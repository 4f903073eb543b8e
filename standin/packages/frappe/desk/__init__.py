"""The part of the Desk that queries of an app use."""
