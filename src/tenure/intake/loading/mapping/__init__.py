"""`--map`: files of any shape read as the tables of the contract, by a small language in YAML."""

from tenure.intake.loading.mapping.language import FileMapping, mapping_parse, mapping_read
from tenure.intake.loading.mapping.sources import mapped_feeds

__all__ = ["FileMapping", "mapped_feeds", "mapping_parse", "mapping_read"]
