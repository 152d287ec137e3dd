"""What will probably come: training runs, predictions, backtests, renewals and revenue."""
