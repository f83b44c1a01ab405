"""The commands beside `pulumi`, on an agent of this machine."""
