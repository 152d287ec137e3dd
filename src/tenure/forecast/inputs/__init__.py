"""What forecasts are made from: facts of the relational database and the panel of metrics."""
