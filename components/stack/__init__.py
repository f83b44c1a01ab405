"""From settings and services to the graph. It names no service, and touches no machine."""
