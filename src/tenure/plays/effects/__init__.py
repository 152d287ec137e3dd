"""What plays did: endpoints of accounts that started or were held out, looked at every day."""
