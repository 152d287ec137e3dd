"""The doors for data: the tracking API, file loads, load reports and data-quality findings."""
