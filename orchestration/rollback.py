"""Serve an earlier published generation: `python -m orchestration.rollback [--to NAME]`."""

from __future__ import annotations

from orchestration import nightly, publishing


def main(argv: list[str] | None = None) -> int:
    parser = nightly.arguments("Serve an earlier published generation.")
    parser.add_argument("--to", default="", help="generation or day; default: the one before")
    options = parser.parse_args(argv)

    def command() -> int:
        now = nightly.settle(options)
        chosen = publishing.roll_back(now.data, options.to or None)
        print(f"serving {chosen.name}")
        for generation in publishing.generations(now.data):
            mark = "*" if generation.name == chosen.name else " "
            print(f"  {mark} {generation.name}")
        return 0

    return nightly.explained(command)


if __name__ == "__main__":
    raise SystemExit(main())
