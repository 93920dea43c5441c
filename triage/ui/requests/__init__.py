"""The screens of requests to operators and providers."""
