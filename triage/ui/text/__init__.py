"""Words: catalogues, times, words of reports and cases."""
