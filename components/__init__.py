"""What a stack consists of: typed settings in, one resource graph out. Nothing here touches a machine."""
