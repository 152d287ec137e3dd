"""stub"""


def findings_refresh() -> int:
    return 0
