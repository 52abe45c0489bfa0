"""``python -m pipeline`` is ``rasd``."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
