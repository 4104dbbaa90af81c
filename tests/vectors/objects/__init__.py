"""Vectors of every wire object and file: what is accepted, what is refused, and with which class.

Each module makes the files of one part of the product, through the product's own classes, so that
they follow a changed format when they are written anew. README.md of the folder with the vectors
says what stands in a file.
"""
