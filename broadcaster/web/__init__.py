"""What people and machines see over HTTP: the public tree, the first page, the health of the process."""
