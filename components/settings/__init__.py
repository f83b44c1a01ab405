"""The vocabulary of what an operator writes in `Pulumi.<stack>.yaml`. It knows no service."""
