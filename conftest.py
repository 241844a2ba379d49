"""The project's own tests use the fixtures as a user's tests do: through the installed plug-in."""
