/**
 * The tokenizer that ours must equal: `AutoTokenizer` of `@xenova/transformers`, over any uncased BERT vocabulary.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoTokenizer, env } from '@xenova/transformers';

const NAME = 'bert';

/**
 * Added tokens are left out on purpose: to us `[SEP]` in a text is three ordinary words.
 *
 * @param vocabulary entries by id
 * @returns a function from text to ids, without special tokens
 */
export async function openAutoTokenizer(vocabulary: readonly string[]): Promise<(text: string) => number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeward-tokenizer-'));
  try {
    mkdirSync(join(folder, NAME));
    const tokenizer = {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: null,
      decoder: null,
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(vocabulary.map((entry, id) => [entry, id])),
      },
    };
    const config = { tokenizer_class: 'BertTokenizer', do_lower_case: true, unk_token: '[UNK]' };
    writeFileSync(join(folder, NAME, 'tokenizer.json'), JSON.stringify(tokenizer));
    writeFileSync(join(folder, NAME, 'tokenizer_config.json'), JSON.stringify(config));
    env.localModelPath = `${folder}/`;
    env.allowRemoteModels = false;
    const opened = await AutoTokenizer.from_pretrained(NAME, { local_files_only: true });
    return (text) => opened.encode(text, null, { add_special_tokens: false });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
