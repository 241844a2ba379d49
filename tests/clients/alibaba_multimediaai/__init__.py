"""Clients of alibaba-multimediaai: a correct one, buggy ones, the official ones."""
