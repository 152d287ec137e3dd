"""Loading files: `tenure load FOLDER` and whatever else hands over a folder."""

from tenure.intake.loading.report import LoadRefused, LoadReport, TableReport
from tenure.intake.loading.run import load_feeds, load_folder

__all__ = ["LoadRefused", "LoadReport", "TableReport", "load_feeds", "load_folder"]
