"""Modules of torch: their programs give what the modules give, and have the right dimension."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from algebra.errors import InputError  # noqa: E402
from algebra.programs.torch_modules import read_module  # noqa: E402
from tests.programs.numpy_steps import evaluated  # noqa: E402


class Block(nn.Module):
    """A transformer block, written out."""

    def __init__(self, d=4, heads=2, hidden=6):
        super().__init__()
        self.heads = heads
        self.norm, self.second = nn.LayerNorm(d), nn.RMSNorm(d)
        self.q, self.k, self.v, self.o = (nn.Linear(d, d, bias=i > 0) for i in range(4))
        self.up, self.down = nn.Linear(d, hidden), nn.Linear(hidden, d)

    def forward(self, x):
        batch, tokens, d = x.shape
        z = self.norm(x)
        q, k, v = (f(z).view(batch, tokens, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        weights = torch.softmax(q @ k.transpose(-2, -1) / (d // self.heads) ** 0.5, -1)
        x = x + self.o((weights @ v).transpose(1, 2).reshape(batch, tokens, d))
        return x + self.down(nn.functional.silu(self.up(self.second(x))))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(3, 2, bias=False)
        self.two = nn.Linear(3, 2, bias=False)
        self.two.weight = self.one.weight

    def forward(self, x):
        return self.one(x) @ self.two.weight


MODULES = {
    "perceptron": (nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)), [(1, 2)]),
    "block": (Block(), [(1, 3, 4)]),
    "convolution": (
        nn.Sequential(nn.Conv1d(2, 3, 2), nn.BatchNorm1d(3), nn.Tanh(), nn.Flatten(), nn.Linear(9, 2)),
        [(1, 2, 4)],
    ),
    "images": (nn.Sequential(nn.Conv2d(2, 4, 3, stride=2, padding=1, groups=2), nn.LeakyReLU(0.25)), [(1, 2, 4, 4)]),
    "attention": (nn.MultiheadAttention(4, 2, batch_first=True), [(1, 3, 4)] * 3),
    "gated": (nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Dropout(), nn.Linear(8, 2), nn.Softmax(-1)), [(1, 3)]),
    "tied": (Tied(), [(1, 3)]),
}


@pytest.mark.parametrize("name", MODULES)
def test_programs_give_what_modules_give(name):
    torch.manual_seed(3)
    module, shapes = MODULES[name]
    inputs = [torch.randn(*shape) for shape in shapes]
    network = read_module(module, *inputs)
    expected = module.eval()(*inputs)
    expected = expected if isinstance(expected, tuple) else (expected,)
    point = {name: x.numpy() for name, x in zip(network.program.inputs, inputs, strict=True)}
    for a, b in zip(evaluated(network.program, network.values, point), expected, strict=False):
        assert np.allclose(a, b.detach().numpy(), rtol=1e-4, atol=1e-5)


def test_dimensions():
    perceptron = read_module(MODULES["perceptron"][0], torch.zeros(1, 2)).program
    assert str(perceptron.dimension()) == "10 (proved)"
    assert str(read_module(Tied(), torch.zeros(1, 3)).program.dimension()) == "5 (proved)"  # W^T W of rank 2


def test_unknown_operations_are_named_with_their_layer():
    module = nn.Sequential(nn.Linear(3, 3), nn.GELU())
    with pytest.raises(InputError, match=r"layer 1 \(GELU\)"):
        read_module(module, torch.zeros(1, 3))


def test_what_torch_cannot_export_is_refused():
    class Choice(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(InputError, match=r"torch\.export"):
        read_module(Choice(), torch.zeros(1, 3))
