"""Erasure of a person across every room."""
