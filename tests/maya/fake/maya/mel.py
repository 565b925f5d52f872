"""MEL."""


def eval(source: str) -> str:
    return source
