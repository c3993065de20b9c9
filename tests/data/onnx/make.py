"""How the ONNX files beside this script were made: ``python tests/data/onnx/make.py``, with torch installed."""

from pathlib import Path


def main():
    import torch

    from tests.programs.test_torch import MODULES

    torch.manual_seed(1)
    for name in ("perceptron", "block", "convolution", "gated"):
        module, shapes = MODULES[name]
        if name == "block":
            module.second = torch.nn.LayerNorm(4)  # this opset has no RMS norm
        if name == "convolution":  # equal arrays, such as zeros, become one in a file: give them values of their own
            for array in (*module[1].parameters(), *module[1].buffers()):
                if array.is_floating_point():
                    array.data.uniform_(0.5, 1.5)
        inputs = tuple(torch.randn(*shape) for shape in shapes)
        path = Path(__file__).with_name(f"{name}.onnx")
        torch.onnx.export(module.eval(), inputs, str(path), dynamo=False, opset_version=17, do_constant_folding=False)


if __name__ == "__main__":
    main()
