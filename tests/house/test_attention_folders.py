"""The folders of the attention room import downwards only."""

from tests.house.imports import edges

# From below to above; folders of one line know nothing of each other. What stands directly in the room is above all.
FOLDERS = (("functions", "softmax", "patterns", "realisation", "depth"), ("low_rank",))
ROOM = "tensors.attention."


def height_of(module):
    """Return line and name of a module's folder."""
    folder = module.removeprefix(ROOM).partition(".")[0]
    found = [i for i, line in enumerate(FOLDERS) if folder in line]
    return (found[0], folder) if found else (len(FOLDERS), "")


def test_folders_import_downwards_only():
    pairs = [pair for pair in edges() if all(name.startswith(ROOM) for name in pair)]
    assert len({height_of(name)[1] for pair in pairs for name in pair}) == sum(map(len, FOLDERS)) + 1
    for name, other in pairs:
        mine, its = height_of(name), height_of(other)
        assert mine == its or mine[0] > its[0], f"{name} imports {other}"
