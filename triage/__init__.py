"""Triage: an air-gapped workstation for working through NCMEC CyberTipline reports."""

__version__ = "0.2.0"
