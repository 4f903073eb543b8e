from setuptools import setup

setup()  # everything is in pyproject.toml; old versions of bench look for this file
