"""The dialog that refers a report to another body. `open_referral` is the one function that other pages call."""
