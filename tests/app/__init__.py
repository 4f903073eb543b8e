"""The app's own code, run in this process on the stand-in: importing this package makes it importable."""

import standin

standin.put_on_path()
