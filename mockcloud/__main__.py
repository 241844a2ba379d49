"""`python -m mockcloud` is the command `mockcloud`."""

from .cli import main

main()
