"""What the rooms stored in English, in the reader's language."""

from django import template

from tenure.web.sentences import stored_reason, stored_refusals, stored_sentence

register = template.Library()
register.filter("sentence", stored_sentence)
register.filter("reason", stored_reason)
register.filter("refusals", stored_refusals)
