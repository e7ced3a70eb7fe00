"""What an alert rule can ask, one file per condition or filter."""
