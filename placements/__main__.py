"""The program, as `python -m placements`."""

from placements.cli import main

if __name__ == "__main__":
    main()
