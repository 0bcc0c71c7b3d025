"""The teacher: all-MiniLM-L6-v2 in float32, run with onnxruntime.

The weights come as a safetensors file in a Python package. The network is written out below as an ONNX graph,
which keeps the training environment at about 100 MB instead of the several gigabytes of a deep-learning framework.
"""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tqdm import tqdm

from .tokens import teacher_folder

LAYERS = 6
HEADS = 12
HIDDEN = 384
EPSILON = 1e-12
CLS_ID, SEP_ID = 101, 102
MAX_TOKENS = 128
FUSED = "com.microsoft"  # onnxruntime's own fused operators


def build_graph() -> bytes:
    """Writes the network as a serialised ONNX model: ids [batch, tokens] -> mean [batch, 384].

    Every text of a batch has the same length, so there is no padding and no mask.
    """
    weights = load_file(teacher_folder() / "model.safetensors")
    constants, nodes = {}, []

    def constant(name: str, value: np.ndarray) -> str:
        constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def weight(name: str, transpose: bool = False) -> str:
        value = weights[name]
        return constant(name, value.T if transpose else value)

    def node(operator: str, inputs: list[str], output: str, domain: str = "", **attributes) -> str:
        nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    words = node("Gather", [weight("embeddings.word_embeddings.weight"), "ids"], "words")
    positions = constant(
        "positions",
        weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0],
    )
    length = node("Slice", [node("Shape", ["ids"], "shape"), constant("one", np.array([1])), constant("two", np.array([2]))], "length")
    used = node("Slice", [positions, constant("zero", np.array([0])), length, "zero"], "used_positions")
    state = node(
        "LayerNormalization",
        [node("Add", [words, used], "embedded"), weight("embeddings.LayerNorm.weight"), weight("embeddings.LayerNorm.bias")],
        "state",
        epsilon=EPSILON,
    )
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}."
        projections = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        qkv_weight = constant(f"{prefix}qkv.weight", np.concatenate([weights[f"{p}.weight"].T for p in projections], axis=1))
        qkv_bias = constant(f"{prefix}qkv.bias", np.concatenate([weights[f"{p}.bias"] for p in projections]))
        attended = node("Attention", [state, qkv_weight, qkv_bias], f"{prefix}attended", FUSED, num_heads=HEADS)
        dense = node("MatMul", [attended, weight(f"{prefix}attention.output.dense.weight", True)], f"{prefix}dense")
        middle = node(
            "SkipLayerNormalization",
            [
                dense,
                state,
                weight(f"{prefix}attention.output.LayerNorm.weight"),
                weight(f"{prefix}attention.output.LayerNorm.bias"),
                weight(f"{prefix}attention.output.dense.bias"),
            ],
            f"{prefix}middle",
            FUSED,
            epsilon=EPSILON,
        )
        wide = node("MatMul", [middle, weight(f"{prefix}intermediate.dense.weight", True)], f"{prefix}wide")
        active = node("BiasGelu", [wide, weight(f"{prefix}intermediate.dense.bias")], f"{prefix}active", FUSED)
        narrow = node("MatMul", [active, weight(f"{prefix}output.dense.weight", True)], f"{prefix}narrow")
        state = node(
            "SkipLayerNormalization",
            [
                narrow,
                middle,
                weight(f"{prefix}output.LayerNorm.weight"),
                weight(f"{prefix}output.LayerNorm.bias"),
                weight(f"{prefix}output.dense.bias"),
            ],
            f"{prefix}state",
            FUSED,
            epsilon=EPSILON,
        )
    node("ReduceMean", [state, "one"], "mean", keepdims=0)
    graph = helper.make_graph(
        nodes,
        "teacher",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "tokens"])],
        [helper.make_tensor_value_info("mean", TensorProto.FLOAT, ["batch", HIDDEN])],
        list(constants.values()),
    )
    imports = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(graph, opset_imports=imports, ir_version=9).SerializeToString()


class Teacher:
    """Turns token ids into the mean of the teacher's last hidden states."""

    def __init__(self, threads: int = 2):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(build_graph(), options, providers=["CPUExecutionProvider"])

    def means(self, token_ids: list[list[int]], label: str, tokens_per_batch: int = 4_096) -> np.ndarray:
        """Mean hidden states, [texts, 384] float32, of `[CLS] ids [SEP]`, not normalised.

        Texts are taken in order of length and cut into batches of one length each, so nothing is padded.
        """
        lengths = np.array([min(len(ids), MAX_TOKENS - 2) for ids in token_ids])
        order = np.argsort(lengths, kind="stable")
        result = np.empty((len(token_ids), HIDDEN), np.float32)
        progress = tqdm(total=int(lengths.sum() + 2 * len(lengths)), desc=label, unit="token", unit_scale=True, mininterval=2)
        start = 0
        while start < len(order):
            length = int(lengths[order[start]])
            end = start
            while end < len(order) and lengths[order[end]] == length and (end - start + 1) * (length + 2) <= tokens_per_batch:
                end += 1
            end = max(end, start + 1)
            chosen = order[start:end]
            batch = np.empty((len(chosen), length + 2), np.int64)
            batch[:, 0], batch[:, -1] = CLS_ID, SEP_ID
            for row, index in enumerate(chosen):
                batch[row, 1:-1] = token_ids[index][:length]
            result[chosen] = self.session.run(None, {"ids": batch})[0]
            progress.update(batch.size)
            start = end
        progress.close()
        return result


def unit_rows(matrix: np.ndarray) -> np.ndarray:
    """Rows scaled to length one; a zero row stays zero."""
    return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
