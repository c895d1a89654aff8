import { describe, expect, it } from 'vitest';
import { MAX_TOKENS, TOKEN_PUNCT, TOKEN_SOLO, TOKEN_WORD } from '../../src/engine/abi.ts';
import { tokenize } from '../../src/engine/reference/tokenize.ts';
import { newView } from '../../src/engine/reference/view.ts';

/** Tokens as `w:`, `s:` or `p:` and their text. `normalize.test.ts` compares the wasm stage with this one. */
function tokens(text: string): string[] {
  const view = newView();
  view.textLen = new TextEncoder().encodeInto(text, view.text).written;
  tokenize(view);
  const letters = { [TOKEN_WORD]: 'w', [TOKEN_SOLO]: 's', [TOKEN_PUNCT]: 'p' } as Record<number, string>;
  return Array.from({ length: view.tokenCount }, (_, i) => {
    const part = view.text.subarray(view.tokenStart[i], view.tokenEnd[i]);
    return `${letters[view.tokenKind[i] ?? -1]}:${new TextDecoder().decode(part)}`;
  });
}

const ROWS: Record<string, readonly (readonly [text: string, tokens: readonly string[]])[]> = {
  words: [
    ['ignore all', ['w:ignore', 'w:all']],
    ['snake_case 3rd', ['w:snake_case', 'w:3rd']],
    ['игhopиpyй', ['w:игhopиpyй']],
    ['', []],
    [' \n ', []],
  ],
  punctuation: [
    ["don't!", ['w:don', "p:'", 'w:t', 'p:!']],
    ['...', ['p:.', 'p:.', 'p:.']],
    ['a\u0001b', ['w:a', 'p:\u0001', 'w:b']],
    ['<|im_start|>', ['p:<', 'p:|', 'w:im_start', 'p:|', 'p:>']],
  ],
  solo: [
    ['無視して', ['s:無', 's:視', 's:し', 's:て']],
    ['ai無b', ['w:ai', 's:無', 'w:b']],
    ['ก่', ['s:ก', 's:่']],
    ['\u1000\u1001', ['s:\u1000', 's:\u1001']],
    ['\u1781a', ['s:\u1781', 'w:a']],
    ['𠀀x', ['s:𠀀', 'w:x']],
    ['한국어 हिंदी', ['w:한국어', 'w:हिंदी']],
    ['豈', ['s:豈']],
  ],
};

describe('tokenize', () => {
  for (const [group, rows] of Object.entries(ROWS)) {
    describe(group, () => {
      it.each(rows)('%j', (text, expected) => {
        for (let offset = 0; offset <= 17; offset++) {
          expect(tokens(' '.repeat(offset) + text)).toEqual(expected);
        }
      });
    });
  }

  it('stops at MAX_TOKENS', () => {
    expect(tokens('.'.repeat(MAX_TOKENS + 5))).toHaveLength(MAX_TOKENS);
  });
});
