"""What forecasts are made from: facts of the relational database and the panel of metrics."""

from tenure.forecast.inputs.gather import Tables, gather_tables, panel_of

__all__ = ["Tables", "gather_tables", "panel_of"]
