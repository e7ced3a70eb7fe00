"""SQLite for files of our own: the mended build where there is one.

Before 3.51.3, two connections that write and checkpoint a WAL at once can corrupt it, and Debian 12 ships
3.40.1. The pysqlite3 wheel carries a later one (x86-64 Linux); elsewhere it is the interpreter's own.
"""

try:
    import pysqlite3 as sqlite3
except ImportError:
    import sqlite3

Connection = sqlite3.Connection
Error = sqlite3.Error
connect = sqlite3.connect
