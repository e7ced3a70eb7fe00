"""What is asked of the store, one file per aggregate; every query takes an organization or a project."""
