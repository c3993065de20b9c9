"""A notebook is executed once: nbmake leaves out those whose prose is tested in the same run."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    executed = {item.callspec.params.get("notebook") for item in items if hasattr(item, "callspec")}
    twice = [item for item in items if item.path.suffix == ".ipynb" and item.path.name in executed]
    if twice:
        config.hook.pytest_deselected(items=twice)
        items[:] = [item for item in items if item not in twice]
