"""Sources to rows: labels of both heads, source families, folds and weights.

    python prepare.py DATA_DIR OUT.jsonl

Decisions, each measured or argued in README.md:

- Head `user` answers "is this an attack on the instructions?". Attacks of every kind are 1, harmless text of every
  kind is 0. Documents with an explicit injection inside are 1 at low weight (people paste what they read); documents
  whose injection is a plain request without any trigger are not trained on.
- Head `data` answers "does this text, which has no standing to instruct, instruct the assistant?". Injected documents
  are 1, and so are direct attacks standing alone, because a tool's answer may hold nothing else. Documents, tool
  outputs, code and how-to texts are 0. What people ask an assistant in plain words is 0 at low weight: in an e-mail
  it is harmless, but it looks like an injected task.
- Plain harmful questions carry no label: neither attack nor harmless. Nor do bare requests to translate an attack,
  which nobody can tell from an attack.
"""
from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from rows import FOLDS, Row, chance, read_rows, write_rows

MAX_CHARS = 12_000
"""Longer texts are cut: three blocks say what a source has to say."""

ROWS_PER_FILE = 4_500
"""Sampled evenly from larger files; the attacks of a file are always kept."""

# Files of one origin, held out together. Everything not named is a family of its own.
FAMILIES = {
    "community-jailbreaks": (
        "attacks_inthewild", "attacks_promptdetect_enes", "attacks_self_reminder", "attacks_shield", "attacks_giskard",
        "attacks_gptfuzz", "attacks_langgpt_jb", "attacks_langkit", "attacks_moonshot",
    ),
    "hackaprompt": ("attacks_hackaprompt_sample", "attacks_neuralchemy"),
    "suffixes": ("attacks_jbb_artifacts", "attacks_fuzzyai", "attacks_aisafetylab"),
    "small-lists": ("attacks_taksec", "attacks_compass", "attacks_promptshield", "attacks_tencent_aig"),
    "oasst": ("benign_oasst_en", "benign_oasst_en_replies", "benign_oasst_fi", "benign_openassistant_repo"),
    "nltk": ("benign_nltk_misc", "benign_nltk_movie_reviews", "benign_nltk_public_domain", "benign_nltk_reviews"),
    "lobe": ("benign_lobe_agents", "benign_lobe_user_texts"),
    "prompts-chat": ("benign_prompts_chat", "benign_prompts_chat_book", "benign_prompts_chat_ui"),
    "plexpt": ("benign_plexpt_zh_prompts", "benign_plexpt_zh_questions"),
    "clinc": ("benign_clinc150", "benign_clinc_wiki"),
    "gpteacher": ("benign_gpteacher_roleplay", "benign_gpteacher_toolformer"),
    "selfinstruct": ("benign_selfinstruct_human", "benign_selfinstruct_t0"),
    "llm-security": ("benign_llm_security_docs", "benign_owasp_llm_top10", "benign_owasp_cheatsheets"),
}
FAMILY_OF = {file: family for family, files in FAMILIES.items() for file in files}

# Where a composed or derived text took its document from: the first name found in the source decides.
ORIGINS = (
    ("tldr", "benign_tldr"), ("spam-assassin", "benign_spamassassin"), ("BIPIA email", "bipia-email"),
    ("BIPIA table", "bipia-table"), ("BIPIA code", "bipia-code"), ("generated reviews", "generated-reviews"),
    ("rustsec", "benign_rustsec"), ("oasst", "oasst"), ("MedQuAD", "benign_medquad"), ("medquad", "benign_medquad"),
    ("pubmedqa", "benign_pubmedqa"), ("git-flight", "benign_git_flight_rules"), ("tau-bench", "benign_tool_outputs"),
    ("AgentBench", "benign_tool_outputs"), ("simdjson", "benign_tool_outputs"), ("tool_outputs", "benign_tool_outputs"),
    ("JGLUE", "benign_jglue_ja"), ("udhr", "benign_udhr"), ("nltk/nltk_data", "benign_udhr"), ("nltk_", "nltk"),
    ("sample_programs", "benign_sample_programs"), ("lobe_user_texts", "lobe"), ("clinc", "clinc"),
    ("gsm8k", "benign_gsm8k"), ("site_policy", "benign_site_policy"), ("site-policy", "benign_site_policy"),
    ("dstc8", "benign_sgd"), ("OWASP", "llm-security"), ("garak", "llm-security"), ("guard", "llm-security"),
    ("Guard", "llm-security"), ("awesome-copilot", "benign_awesome_copilot"), ("presidio", "benign_presidio_docs"),
    ("fabric", "benign_fabric"),
)
# The same for texts encoded from another attack source.
ENCODED_FROM = (
    ("S-Labs", "attacks_slabs"), ("HackaT104", "hackaprompt"), ("promptwall", "attacks_promptwall"),
    ("spikee", "attacks_spikee"), ("Arcanum", "attacks_arcanum"), ("sinanw", "attacks_deepset_train"),
    ("SDL-HQ", "attacks_sir_firewall"), ("garak", "attacks_garak"), ("y0mingzhang", "attacks_prompt_extraction_y0"),
    ("prompt_detect", "community-jailbreaks"),
)

# Weight of a row by kind, before files are balanced.
ATTACK_WEIGHT = {
    "direct_injection": 1.0, "prompt_extraction": 1.0, "jailbreak": 1.0, "obfuscated": 0.6, "gcg_suffix": 0.5,
    "indirect_injection": 1.0,
}
BENIGN_WEIGHT = {
    "benign": 1.0, "hard_negative": 2.5, "document": 1.0, "code": 1.0, "system_prompt": 1.5, "support": 0.7,
}
# Weight of a harmless kind for head `data`.
DATA_WEIGHT = {
    "benign": 0.3, "support": 0.3, "hard_negative": 1.0, "document": 2.0, "code": 1.5, "system_prompt": 0.3,
}
CONVERSATION = ("benign_synth_hardneg", "benign_gpteacher_roleplay", "benign_prompts_chat", "benign_plexpt_zh_prompts")
"""Hard negatives that are requests to an assistant, not documents."""

HARMFUL_CONTENT = ("attacks_bon", "attacks_aisafetylab", "attacks_sap")
"""Attacks by content rather than by wording: little weight, or every rude word and every role becomes an attack."""


def origin(source: str, table: tuple[tuple[str, str], ...]) -> str | None:
    return next((group for name, group in table if name in source), None)


def groups_of(file: str, source: str) -> tuple[str, str | None]:
    """The family that validates a row, and the family its document comes from."""
    family = FAMILY_OF.get(file, file)
    if "clean counterpart" in source or source.startswith("derived:"):
        return origin(source, ORIGINS) or family, None
    if file == "attacks_gen_obfuscated":
        return origin(source, ENCODED_FROM) or family, None
    if file == "attacks_garak" and ("inthewild" in source or "dan" in source.lower()):
        family = "community-jailbreaks"
    composed = re.search(r"\+ doc:(.*?) \[", source)
    return family, (origin(composed[1], ORIGINS) if composed else None)


def labels(row: Row) -> tuple[int | None, float, int | None, float]:
    """Labels and weights of heads `user` and `data`."""
    label, kind, file, source = row["label"], row["kind"], row["file"], row["source"]
    if label is None or source.endswith(":translate"):
        return None, 1.0, None, 1.0
    if label == 1:
        weight = ATTACK_WEIGHT[kind] * (0.2 if file in HARMFUL_CONTENT else 1.0)
        if kind == "indirect_injection":
            bare = file == "attacks_bipia_train" or "#naive" in source
            return (None if bare else 1), 0.35, 1, (0.5 if file == "attacks_bipia_train" else 1.0)
        in_data = {"direct_injection": 1.0, "prompt_extraction": 0.8, "jailbreak": 0.5, "obfuscated": 0.5}.get(kind, 0.0)
        in_data *= 0.0 if file in HARMFUL_CONTENT else 1.0
        return 1, weight, (1 if in_data > 0 else None), max(in_data, 0.1)
    in_data = DATA_WEIGHT[kind]
    if file.removesuffix(".jsonl") in CONVERSATION:
        in_data = 0.3
    if file == "attacks_gen_clean_docs":
        in_data = 3.0
    return 0, BENIGN_WEIGHT[kind], 0, in_data


def read_sources(data: Path) -> list[Row]:
    rows: list[Row] = []
    for path in sorted((data / "train").glob("*.jsonl")):
        file = path.stem
        loaded = list(read_rows(path))
        benign = sum(row["label"] == 0 for row in loaded)
        keep = min(1.0, ROWS_PER_FILE / max(benign, 1))
        for number, row in enumerate(loaded):
            if row["label"] == 0 and chance(file, number) >= keep:
                continue
            row["file"] = file
            user, user_weight, in_data, data_weight = labels(row)
            group, carrier = groups_of(file, row["source"])
            rows.append({
                "text": row["text"][:MAX_CHARS], "kind": row["kind"], "lang": row["lang"] or "", "file": file,
                "source": row["source"], "group": group, "carrierGroup": carrier, "made": "source",
                "user": user, "data": in_data, "userWeight": user_weight, "dataWeight": data_weight,
            })
    if not rows:
        raise SystemExit(f"prepare: expected training files in {data / 'train'}; found none. Pass the data folder with --data.")
    return rows


def assign_folds(rows: list[Row]) -> dict[str, int]:
    """Families to folds, largest first, each to the fold that has least of what it brings.

    Sizes count as square roots, so that a large source does not claim a fold alone.
    """
    content: dict[str, Counter] = defaultdict(Counter)
    for row in rows:
        side = "attack" if row["user"] == 1 or row["data"] == 1 else "other"
        content[row["group"]][(side, row["kind"])] += 1
        if row["carrierGroup"]:
            content[row["carrierGroup"]][("other", "carrier")] += 1
    total: Counter = Counter()
    for counts in content.values():
        for key, n in counts.items():
            total[key] += n**0.5
    load = [Counter() for _ in range(FOLDS)]
    folds: dict[str, int] = {}
    for group in sorted(content, key=lambda g: (-max(n**0.5 / total[k] for k, n in content[g].items()), g)):
        shares = {key: n**0.5 / total[key] for key, n in content[group].items()}
        cost = [sum((load[f][key] + share) ** 2 for key, share in shares.items()) + 1e-3 * sum(load[f].values()) for f in range(FOLDS)]
        fold = min(range(FOLDS), key=lambda f: (cost[f], f))
        folds[group] = fold
        load[fold].update(shares)
    return folds


def balance(rows: list[Row]) -> None:
    """Divide each row's weight by the root of what its file, kind and language bring, so that none drowns the rest."""
    for head in ("user", "data"):
        brought: Counter = Counter()
        for row in rows:
            if row[head] is not None:
                brought[(row["file"], row["kind"], row["lang"])] += 1
        for row in rows:
            if row[head] is not None:
                row[head + "Weight"] *= (100.0 / max(brought[(row["file"], row["kind"], row["lang"])], 25)) ** 0.5


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    rows = read_sources(data)
    folds = assign_folds(rows)
    balance(rows)
    for number, row in enumerate(rows):
        row["id"] = number
        carrier = row.pop("carrierGroup")
        row["fold"] = folds[row["group"]]
        row["carrier"] = folds[carrier] if carrier else -1
    write_rows(out, rows)
    for fold in range(FOLDS):
        attacks = Counter(r["kind"] for r in rows if r["fold"] == fold and r["user"] == 1)
        benign = Counter(r["kind"] for r in rows if r["fold"] == fold and r["user"] == 0)
        names = sorted(group for group in folds if folds[group] == fold)
        print(f"fold {fold}: attacks {dict(attacks)}\n        harmless {dict(benign)}\n        {' '.join(names)}", file=sys.stderr)


if __name__ == "__main__":
    main()
