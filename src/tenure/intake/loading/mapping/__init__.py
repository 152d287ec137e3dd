"""stub"""

from pathlib import Path


class Mapping: ...


def mapped_feeds(mapping, folder):
    raise NotImplementedError


def mapping_read(path):
    raise NotImplementedError
