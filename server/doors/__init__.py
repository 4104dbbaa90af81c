"""Doors: who may enter, decided once, online or merged from doors that had no network."""
