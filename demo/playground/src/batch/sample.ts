/**
 * A labeled file to try the batch with: every example, plain and in some of the disguises.
 *
 * @module
 */
import { OBFUSCATIONS } from 'edgeward/testing';
import { EXAMPLES } from '../examples/examples.ts';

/** Every sixth: some seven hundred texts, a matter of a second. */
const DISGUISES = OBFUSCATIONS.filter((_, i) => i % 6 === 0);

const LABELS = { attack: 1, missed: 1, harmless: 0, mistaken: 0, personal: 0 } as const;

export function sampleFile(): File {
  const plain = { name: 'plain', apply: (text: string) => text };
  const lines = EXAMPLES.flatMap((example) => {
    const text = example.text();
    return [plain, ...DISGUISES].map((disguise) =>
      JSON.stringify({
        id: `${example.id}/${disguise.name}`,
        text: disguise.apply(text),
        label: LABELS[example.kind],
        kind: example.family,
        channel: example.channel,
      }),
    );
  });
  return new File([lines.join('\n')], 'examples.jsonl', { type: 'application/jsonl' });
}
