"""The frame of every page: it loads the style sheet and runs nothing."""


def document(title: str, body: str, *, above: str = "") -> str:
    """A whole page; all three are HTML already."""
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f'<title>{title}</title>\n<link rel="stylesheet" href="/style.css">\n'
        f"{above}<main>\n<h1>{title}</h1>\n{body}\n</main>\n</html>\n"
    )
