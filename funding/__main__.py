"""``python -m funding``: the command line."""

from funding.cli import main

if __name__ == "__main__":
    main()
