"""Theorems as executable claims, sweeps, tables and the terminal."""
