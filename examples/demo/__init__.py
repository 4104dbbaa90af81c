"""The story of a popup city, played over real HTTP with the commands that people use."""
