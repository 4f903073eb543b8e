"""Fuzzing of what reads the bytes of others: callbacks, times, the gateway's answers. `make fuzz`.

`__main__` runs the targets and prints, `search` looks for inputs with atheris, `trees` builds JSON for it; `parser`,
`timestamps` and `answers` are the targets, each with its oracle. Not installed with the app.
"""
