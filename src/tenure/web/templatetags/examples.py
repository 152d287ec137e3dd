"""Components shown beside the very lines that drew them, for the page /kit."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, TokenType
from django.template.loader import get_template
from django.utils.safestring import SafeString

register = template.Library()
MARKS = {TokenType.BLOCK: "{{% {} %}}", TokenType.VAR: "{{{{ {} }}}}"}


class Example(template.Node):
    """What stands between the tags, drawn, and after it the same lines as text.

    `made`: how its values are made, where the template alone would not tell.
    """

    def __init__(self, nodes: NodeList, text: str, made: FilterExpression | None) -> None:
        self.nodelist, self.text, self.made = nodes, text, made

    def render(self, context: template.Context) -> SafeString:
        shown = {
            "drawn": self.nodelist.render(context),
            "text": self.text,
            "made": self.made.resolve(context) if self.made else "",
        }
        return get_template("kit/example.html").render(shown)  # type: ignore[return-value]


@register.tag
def example(parser: Parser, token: Token) -> Example:
    """`{% example %}…{% endexample %}`: what is shown as code is what is drawn."""
    _name, *given = token.split_contents()
    text = _written(parser.tokens)
    nodes = parser.parse(("endexample",))
    parser.delete_first_token()
    return Example(nodes, text, parser.compile_filter(given[0]) if given else None)


def _written(tokens: Iterable[Any]) -> str:
    """The lines up to the closing tag, as in the file; the parser keeps its next token last."""
    parts: list[str] = []
    for one in reversed(list(tokens)):
        if one.token_type == TokenType.BLOCK and one.contents == "endexample":
            break
        parts.append(MARKS.get(one.token_type, "{}").format(one.contents))
    return "".join(parts).strip()
