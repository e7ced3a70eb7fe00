"""The bodies that Tocsin accepts, one file each: bytes in, plain values out."""
