"""Models of the libraries that people count: small configurations, worked by hand, or published."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from netscore.counting import Count, CountWarning, count

torch = pytest.importorskip("torch", reason="torch is not installed (extra torch)")

if TYPE_CHECKING:
    from collections.abc import Callable


def library(name: str) -> Any:
    """Return a library of models, or skip where it is missing or does not fit this torch."""
    try:
        return pytest.importorskip(name)
    except (RuntimeError, OSError) as error:  # of compiled parts for another torch
        pytest.skip(f"{name} does not load: {error}")


def sure(model: Any, *inputs: Any, **named: Any) -> Count:
    """Count, and let no doubt pass."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", CountWarning)
        return count(model, *inputs, **named)


def tokens() -> Any:
    return torch.zeros((1, 16), dtype=torch.int64)


def text_and_mask() -> dict[str, Any]:
    return {"input_ids": tokens(), "attention_mask": torch.ones_like(tokens())}


def pixels(size: int = 32) -> Any:
    return torch.zeros(1, 3, size, size)


SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
}
TEXT = {**SIZES, "vocab_size": 100}
EXPERTS = {**TEXT, "num_key_value_heads": 2, "num_experts_per_tok": 2}
IMAGE = {**SIZES, "image_size": 32, "patch_size": 8}


def encoder(n: int, others: int | None = None, inner: int = 64) -> int:
    """Four projections of 32 channels, scores and weighted sums, two layers of a perceptron."""
    return attention(n, others) + 2 * n * 32 * inner


def attention(n: int, others: int | None = None) -> int:
    m = n if others is None else others
    return 2 * n * 32 * 32 + 2 * m * 32 * 32 + 2 * n * m * 32


# Queries and outputs of 4 heads, keys and values of 2, scores and weighted sums.
GROUPED = 2 * 16 * 32 * 32 + 2 * 16 * 32 * 16 + 2 * 16 * 16 * 32
HEAD = 16 * 32 * 100
# 16 patches of 8 x 8 pixels, and the class token.
VISION = 16 * 32 * 3 * 64 + 2 * encoder(17)


@pytest.mark.parametrize(
    ("name", "config", "inputs", "macs"),
    [
        # The pooler sees the first token.
        ("Bert:Model", TEXT, text_and_mask, 2 * encoder(16) + 32 * 32),
        (
            "GPT2:LMHeadModel",
            {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 32, "vocab_size": 100},
            text_and_mask,
            2 * encoder(16, inner=128) + HEAD,
        ),
        (
            "Llama:ForCausalLM",
            {**TEXT, "num_key_value_heads": 2},
            text_and_mask,
            2 * (GROUPED + 3 * 16 * 32 * 64) + HEAD,
        ),
        (
            "T5:ForConditionalGeneration",
            {
                "d_model": 32,
                "d_kv": 8,
                "d_ff": 64,
                "num_layers": 2,
                "num_heads": 4,
                "vocab_size": 100,
            },
            lambda: {**text_and_mask(), "decoder_input_ids": tokens()},
            2 * encoder(16) + 2 * (encoder(16) + attention(16)) + HEAD,
        ),
        # Two classes.
        ("ViT:ForImageClassification", IMAGE, lambda: {"pixel_values": pixels()}, VISION + 64),
        # Both ends are projected onto 16 channels and multiplied.
        (
            "CLIP:Model",
            {
                "text_config": {**TEXT, "max_position_embeddings": 32, "eos_token_id": 1},
                "vision_config": IMAGE,
                "projection_dim": 16,
            },
            lambda: {**text_and_mask(), "pixel_values": pixels()},
            2 * encoder(16) + VISION + 2 * 32 * 16 + 16,
        ),
        # Two convolutions of width 3, the second of stride 2: 40 and 20 frames.
        (
            "Whisper:ForConditionalGeneration",
            {
                "d_model": 32,
                "encoder_layers": 2,
                "decoder_layers": 2,
                "encoder_attention_heads": 4,
                "decoder_attention_heads": 4,
                "encoder_ffn_dim": 64,
                "decoder_ffn_dim": 64,
                "vocab_size": 100,
                "num_mel_bins": 8,
                "max_source_positions": 20,
                "max_target_positions": 32,
                "pad_token_id": 0,
                "bos_token_id": 1,
                "eos_token_id": 2,
                "decoder_start_token_id": 1,
            },
            lambda: {"input_features": torch.zeros(1, 8, 40), "decoder_input_ids": tokens()},
            40 * 32 * 8 * 3
            + 20 * 32 * 32 * 3
            + 2 * encoder(20)
            + 2 * (encoder(16) + attention(16, 20))
            + HEAD,
        ),
        # A router over 4 experts, 2 of which each token meets.
        (
            "Mixtral:ForCausalLM",
            {**EXPERTS, "num_local_experts": 4},
            text_and_mask,
            2 * (GROUPED + 16 * 32 * 4 + 2 * 3 * 16 * 32 * 64) + HEAD,
        ),
        # The same of 8 narrow ones, and a shared one with its gate.
        (
            "Qwen2Moe:ForCausalLM",
            {
                **EXPERTS,
                "num_experts": 8,
                "moe_intermediate_size": 16,
                "shared_expert_intermediate_size": 32,
            },
            text_and_mask,
            2 * (GROUPED + 16 * 32 * 8 + 2 * 3 * 16 * 32 * 16 + 3 * 16 * 32 * 32 + 16 * 32) + HEAD,
        ),
    ],
)
def test_transformers(
    name: str, config: dict[str, Any], inputs: Callable[[], dict[str, Any]], macs: int
) -> None:
    transformers = library("transformers")
    family, _, kind = name.partition(":")
    model = getattr(transformers, family + kind)(getattr(transformers, f"{family}Config")(**config))
    found = sure(model, **inputs())
    assert found.macs == macs
    assert found.params == model.num_parameters()
    if "attention_mask" not in inputs():
        assert sure(model.to("meta"), **inputs()).macs == macs


@pytest.mark.parametrize(
    ("name", "config", "idle"),
    [
        # Of 4 experts of 3 matrices in 2 layers, 2 are idle; of 8 narrow ones, 6.
        ("Mixtral", {**EXPERTS, "num_local_experts": 4}, 2 * 2 * 3 * 32 * 64),
        (
            "Qwen3Moe",
            {**EXPERTS, "num_experts": 8, "moe_intermediate_size": 16, "head_dim": 8},
            2 * 6 * 3 * 32 * 16,
        ),
    ],
)
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_mixtures_of_experts(name: str, config: dict[str, Any], idle: int, device: str) -> None:
    transformers = library("transformers")
    config = getattr(transformers, f"{name}Config")(**config)
    model = getattr(transformers, f"{name}ForCausalLM")(config).to(device)
    found = sure(model, tokens())
    assert found.active_params is not None
    assert (found.params - found.active_params, found.embedding_params) == (idle, 3200)
    assert "_grouped_mm" in found.counts


def test_the_output_of_another_model_is_an_input() -> None:
    transformers = library("transformers")
    config = transformers.T5Config(
        d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, vocab_size=100
    )
    encoded = transformers.modeling_outputs.BaseModelOutput(torch.zeros(1, 16, 32))
    model = transformers.T5ForConditionalGeneration(config)
    found = sure(model, encoder_outputs=encoded, decoder_input_ids=tokens())
    assert found.macs == 2 * (encoder(16) + attention(16)) + HEAD


def test_a_batch_of_tokens() -> None:
    transformers = library("transformers")

    class Whole(torch.nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = transformers.BertModel(transformers.BertConfig(**TEXT))

        def forward(self, batch: Any) -> Any:
            return self.model(**batch)

    batch = transformers.BatchEncoding(text_and_mask())
    assert sure(Whole(), batch).macs == 2 * encoder(16) + 32 * 32
    assert batch["input_ids"].device.type == "cpu"


# Millions of parameters and billions of MACs as the model cards of timm print them.
@pytest.mark.parametrize(
    ("name", "params", "macs"),
    [
        ("cait_xxs24_224", 12.0, 2.5),
        ("pit_b_224", 73.8, 12.4),
        ("resnet50", 25.6, 4.1),
        ("efficientnet_b0", 5.3, 0.4),
        ("mobilenetv3_large_100", 5.5, 0.2),
        ("swin_tiny_patch4_window7_224", 28.3, 4.5),
    ],
)
def test_timm(name: str, params: float, macs: float) -> None:
    library("torchvision")
    with torch.device("meta"):
        model = library("timm").create_model(name)
    found = sure(model, pixels(224))
    assert (round(found.params / 1e6, 1), round(found.macs / 1e9, 1)) == (params, macs)


# Parameters and billions of MACs as the metadata of the weights of torchvision print them.
@pytest.mark.parametrize(
    ("name", "options", "params", "macs"),
    [
        ("alexnet", {}, 61_100_840, 0.714),
        ("googlenet", {"aux_logits": False, "init_weights": False}, 6_624_904, 1.498),
        ("inception_v3", {"init_weights": False}, 27_161_264, 5.713),
        ("mobilenet_v3_large", {}, 5_483_032, 0.217),
        ("swin_t", {}, 28_288_354, 4.491),
        ("vit_b_32", {}, 88_224_232, 4.409),
    ],
)
def test_torchvision(name: str, options: dict[str, Any], params: int, macs: float) -> None:
    with torch.device("meta"):
        model = library("torchvision").models.get_model(name, weights=None, **options)
    found = sure(model, pixels(299 if name == "inception_v3" else 224))
    assert (found.params, round(found.macs / 1e9, 3)) == (params, macs)


def test_a_unet_of_diffusers() -> None:
    diffusers = library("diffusers")
    with torch.device("meta"):
        model = diffusers.UNet2DConditionModel(
            sample_size=64, cross_attention_dim=768, attention_head_dim=8
        )
    found = sure(
        model, torch.zeros(1, 4, 64, 64), 10, encoder_hidden_states=torch.zeros(1, 77, 768)
    )
    # Of Stable Diffusion 1.5: 860 million parameters and, without the products of attention,
    # 339 billion MACs (Y. Li et al., arXiv:2306.00980, count the network twice: 678).
    levels = [(4096, 320, 5), (1024, 640, 5), (256, 1280, 5), (64, 1280, 1)]
    products = sum(times * 2 * n * (n + 77) * width for n, width, times in levels)
    assert round(found.params / 1e6) == 860
    assert round((found.macs - products) / 1e9) == 339


@pytest.mark.parametrize(
    ("name", "arguments", "macs"),
    [
        # 5 nodes of 8 features, 5 edges, 4 outputs: one product a node, or two.
        ("GCNConv", (8, 4), 5 * 32),
        ("SAGEConv", (8, 4), 2 * 5 * 32),
        ("GraphConv", (8, 4), 2 * 5 * 32),
        ("GATConv", (8, 4, 2), 2 * 5 * 32),
        ("TransformerConv", (8, 4), 4 * 5 * 32),
        ("ChebConv", (8, 4, 3), 3 * 5 * 32),
    ],
)
def test_layers_of_graphs(name: str, arguments: tuple[int, ...], macs: int) -> None:
    geometric = library("torch_geometric.nn")
    edges = torch.tensor([[0, 1, 2, 3, 4], [1, 2, 3, 4, 0]])
    assert sure(getattr(geometric, name)(*arguments), torch.zeros(5, 8), edges).macs == macs


def test_a_graph_is_an_input() -> None:
    geometric = library("torch_geometric")

    class Whole(torch.nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.layer = geometric.nn.GCNConv(8, 4)

        def forward(self, graph: Any) -> Any:
            return self.layer(graph.x, graph.edge_index)

    edges = torch.tensor([[0, 1, 2, 3, 4], [1, 2, 3, 4, 0]])
    found = sure(Whole(), geometric.data.Data(x=torch.zeros(5, 8), edge_index=edges))
    assert (found.macs, found.input_shapes) == (160, ((2, 5), (5, 8)))


def test_keras_on_torch_is_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = library("keras")
    if keras.backend.backend() != "torch":
        pytest.skip("Keras was loaded on another back end")
    layers = [
        keras.Input((32, 32, 3)),
        keras.layers.Conv2D(8, 3),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(10),
    ]
    found = sure(keras.Sequential(layers), torch.zeros(1, 32, 32, 3))
    assert (found.params, found.macs) == (8 * 27 + 8 + 90, 30 * 30 * 8 * 27 + 80)


def test_what_keras_keeps_as_a_state_is_no_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = library("keras")
    if keras.backend.backend() != "torch":
        pytest.skip("Keras was loaded on another back end")
    model = keras.Sequential(
        [
            keras.Input((16,)),
            keras.layers.Dense(8),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(5),
        ]
    )
    # Two layers, scale and shift; no statistics, and no seed. Both may stand in one of torch.
    found = sure(torch.nn.Sequential(model, torch.nn.Linear(5, 3)), torch.zeros(1, 16))
    assert (found.params, found.trainable_params) == (136 + 16 + 45 + 18, 215)
    # A frozen layer has its parameters still.
    model.layers[0].trainable = False
    found = sure(model, torch.zeros(1, 16))
    assert (found.params, found.trainable_params, found.macs) == (197, 61, 128 + 40)


def test_functions_of_jax_are_told_their_own_way() -> None:
    with pytest.raises(TypeError, match=r"for JAX, jax\.jit\(f\)\.lower\(\.\.\.\)\.cost_analysis"):
        count(sys.intern)
