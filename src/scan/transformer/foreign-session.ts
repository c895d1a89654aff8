/**
 * A text classifier in the layout of `@xenova/transformers`, run by that library.
 *
 * @module
 */
import { FirewallError } from '../../errors.ts';
import type { LoadForeign } from './messages.ts';
import type { Session } from './session.ts';

/** The part of the library that is used here. */
export interface Transformers {
  readonly env: { allowLocalModels: boolean; allowRemoteModels: boolean; localModelPath: string };
  pipeline(task: 'text-classification', model: string, options: { readonly quantized: boolean }): Promise<Classifier>;
}

interface Classifier {
  (text: string, options: { readonly topk: number }): Promise<unknown>;
  readonly tokenizer: { encode(text: string): readonly number[]; readonly model_max_length?: number };
  readonly model: {
    readonly config: {
      readonly id2label?: Readonly<Record<string, string>>;
      readonly max_position_embeddings?: number;
    };
  };
}

/** Every label. */
const ALL = 0;
/** Probabilities nearer to 0 or 1 than this count as this near. */
const CERTAIN = 1e-6;
/** Where neither the tokenizer nor the model says. */
const USUAL_TOKENS = 512;

/**
 * @throws {FirewallError} `FW_OPTIONS` when the model lacks a label
 * @throws {Error} of the library's own when the model cannot be loaded
 */
export async function openForeignSession(
  { env, pipeline }: Transformers,
  { folder, model, labels }: LoadForeign,
): Promise<Session<string>> {
  env.allowLocalModels = folder !== undefined;
  env.allowRemoteModels = folder === undefined;
  if (folder !== undefined) env.localModelPath = folder;
  const classify = await pipeline('text-classification', model, { quantized: true });
  const known = Object.values(classify.model.config.id2label ?? {});
  const strange = labels.find((label) => !known.includes(label));
  if (strange !== undefined) {
    throw new FirewallError(
      'FW_OPTIONS',
      `createFirewall: transformer.labels must be among ${known.join(', ')}; got "${strange}"`,
    );
  }
  const most = Math.min(
    classify.tokenizer.model_max_length ?? USUAL_TOKENS,
    classify.model.config.max_position_embeddings ?? USUAL_TOKENS,
  );

  /** The library would cut a text that is too long, and not say so. */
  async function probability(text: string): Promise<number> {
    if (text.length > 1 && classify.tokenizer.encode(text).length > most) {
      const middle = text.length >> 1;
      return Math.max(await probability(text.slice(0, middle)), await probability(text.slice(middle)));
    }
    const scores = (await classify(text, { topk: ALL })) as readonly {
      readonly label: string;
      readonly score: number;
    }[];
    return scores.reduce((sum, { label, score }) => (labels.includes(label) ? sum + score : sum), 0);
  }

  return {
    async run(text) {
      const p = Math.min(1 - CERTAIN, Math.max(CERTAIN, await probability(text)));
      const logit = Math.log(p / (1 - p));
      return { heads: Float32Array.of(logit, logit), tokens: new Float32Array(0) };
    },
  };
}
