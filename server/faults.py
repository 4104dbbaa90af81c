"""What goes wrong with files, disk and database, told apart in one sentence each."""

import errno
import sqlite3

from sqlalchemy.exc import DatabaseError

_FILES = {
    errno.ENOSPC: "The disk is full; make room, and try again",
    errno.EDQUOT: "This user's part of the disk is full; make room, and try again",
    errno.EROFS: "The disk is read-only; mount it so that it can be written to",
    errno.EACCES: "This user may not do that with the file; run it as the user that owns it",
    errno.EPERM: "This user may not do that with the file; run it as the user that owns it",
}

_DATABASE = {
    sqlite3.SQLITE_BUSY: "The database is locked: another program holds it. Wait until that is "
    "done, and try again.",
    sqlite3.SQLITE_LOCKED: "The database is locked: another program holds it. Wait until that is "
    "done, and try again.",
    sqlite3.SQLITE_READONLY: "The database cannot be written to: the disk is read-only, or this "
    "user may not write to the file or its folder. Nothing was changed.",
    sqlite3.SQLITE_FULL: "The disk is full: the database cannot be written to. Nothing was "
    "changed; make room, and try again.",
    sqlite3.SQLITE_CORRUPT: "The database is damaged. Put a good copy in its place: "
    "symbolon-server restore FILE",
    sqlite3.SQLITE_NOTADB: "The database is damaged: the file is no database. Put a good copy in "
    "its place: symbolon-server restore FILE",
    sqlite3.SQLITE_CANTOPEN: "The database cannot be opened: is it there, and may this user read "
    "and write in its folder?",
    sqlite3.SQLITE_IOERR: "The disk failed while the database was read or written. Look at the "
    "disk before anything else.",
}


def sentence_of(error: Exception) -> str:
    """What went wrong, and what to do about it."""
    if isinstance(error, DatabaseError):
        return database_sentence(error.orig)
    if isinstance(error, sqlite3.Error):
        return database_sentence(error)
    if isinstance(error, OSError):
        return file_sentence(error)
    return str(error)


def file_sentence(error: OSError) -> str:
    """For an error of the system."""
    place = f" ({error.filename})" if error.filename else ""
    told = _FILES.get(error.errno or 0)
    return f"{told or error.strerror or str(error) or 'a file or the network failed'}{place}"


def database_sentence(error: BaseException | None) -> str:
    """For an error of SQLite; what it was about is never told."""
    code = getattr(error, "sqlite_errorcode", None)
    told = None if code is None else _DATABASE.get(code & 0xFF)
    return told or "The database cannot be read or written; is it whole, and the disk not full?"
