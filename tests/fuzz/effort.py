"""How hard properties try: a share of what the hypothesis profile says.

`pytest` tries the same few examples every time and takes seconds. `make fuzz` takes the profile "fuzz", which has many
times their number and looks for new ones each time; what it finds is printed as a decorator that reproduces it.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

FUZZ = "fuzz"
EXAMPLES = 2_000  # of the profile "fuzz", where hypothesis' own has 100


def effort(share: float = 1.0, **more: int) -> settings:
    """Settings of a property that tries this share of the profile's examples."""
    return settings(
        max_examples=max(round(settings.default.max_examples * share), 1),
        deadline=None,
        derandomize=settings.get_current_profile_name() != FUZZ,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=True,
        **more,
    )
