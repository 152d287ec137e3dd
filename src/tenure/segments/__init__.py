"""Segments: named rules that say which accounts belong, and who entered and left."""
