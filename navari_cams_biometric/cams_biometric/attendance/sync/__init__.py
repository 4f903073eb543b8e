"""How far the check-ins of a shift are complete, and what a shift waits for."""
