"""Mail that rooms send: whether it is set up, words fit for headers, and handing it to a server."""
