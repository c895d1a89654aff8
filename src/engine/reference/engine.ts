/**
 * The engine in plain TypeScript: the oracle of the WebAssembly one, and what
 * runs where that cannot.
 *
 * `wasm/assembly/index.ts` runs the same stages in the same order.
 *
 * @module
 */
import { FirewallError } from '../../errors.ts';
import { DECODER_COUNT, MAX_DEPTH, MAX_HITS, MAX_NGRAMS, MAX_VIEWS, SEGMENT_BYTES } from '../abi.ts';
import { candidateView } from '../candidate.ts';
import type { BlockScan, Engine, RuleHit, ViewScan, ViewTrace } from '../engine.ts';
import type { Pack } from '../pack.ts';
import { DENSE_COUNT, PEAK_FEATURE } from '../schema.ts';
import { findCandidates } from './candidates.ts';
import { createDense } from './dense.ts';
import { createForest } from './forest.ts';
import { createLexicon } from './lexicon.ts';
import { createMatcher, type Matcher } from './match.ts';
import { createNgrams, openLinear } from './ngrams.ts';
import { createNormalizer, fillIdentitySpans } from './normalize.ts';
import { tokenize } from './tokenize.ts';
import { createSuspect, createTransform } from './transform.ts';
import { unwrap } from './unwrap.ts';
import { newView, type View } from './view.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * @throws {FirewallError} `FW_PACK` when a section does not fit the engine
 */
export function createReferenceEngine(pack: Pack): Engine {
  const section = (code: string): DataView => {
    const bytes = pack.section(code);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  function open<T>(code: string, opener: (section: DataView) => T): T {
    try {
      return opener(section(code));
    } catch (cause) {
      throw new FirewallError('FW_PACK', `createReferenceEngine: section ${code} does not fit this engine`, { cause });
    }
  }

  const normalize = open('FOLD', createNormalizer);
  const suspect = open('TRIG', createSuspect);
  const transform = open('TRIG', createTransform);
  const matchers: Matcher[] = [open('RULE', (data) => createMatcher(data, 0))];
  const heads = [open('LIN0', openLinear), open('LIN1', openLinear)] as const;
  const ngrams = createNgrams(heads);
  const rules = {
    family: (of: number, rule: number) => matchers[of]!.family(rule),
    severity: (of: number, rule: number) => matchers[of]!.severity(rule),
  };
  const dense = createDense(open('LEXI', createLexicon), rules, heads);
  const forests = [open('GBM0', createForest), open('GBM1', createForest)] as const;

  const views: View[] = Array.from({ length: MAX_VIEWS }, newView);
  const features = new Float32Array(DENSE_COUNT);

  /** Fills the views of a block: the text, what it unwraps to, what the last of those transforms to. Returns their number. */
  function read(block: string): { count: number; truncated: boolean } {
    const first = views[0]!;
    first.rawLen = encoder.encodeInto(block, first.raw).written;
    first.decoders = 0;
    first.depth = 0;
    fillIdentitySpans(first);
    normalize(first);
    tokenize(first);
    let count = 1;
    let last = first;
    while (last.depth < MAX_DEPTH && unwrap(last, views[count]!)) {
      last = views[count]!;
      normalize(last);
      tokenize(last);
      count++;
    }
    const kinds = suspect(last);
    let truncated = false;
    for (let bit = 0; bit < DECODER_COUNT; bit++) {
      const kind = 1 << bit;
      if ((kinds & kind) === 0) continue;
      if (count === MAX_VIEWS) {
        truncated = true;
        break;
      }
      if (transform(kind, last, views[count]!)) tokenize(views[count++]!);
    }
    return { count, truncated };
  }

  /** One view's margins; `features` holds its dense features afterwards. */
  function judge(
    index: number,
    head: number,
    hits: readonly RuleHit[],
  ): { scan: ViewScan; grams: ReturnType<typeof ngrams> } {
    const view = views[index]!;
    const grams = ngrams(view, head);
    dense(view, index, head, hits, grams, features);
    const windows = Math.max(1, grams.segments - 1);
    const peak = Math.round(features[PEAK_FEATURE]! * windows) * SEGMENT_BYTES;
    const peakEnd = Math.min(peak + 2 * SEGMENT_BYTES, view.textLen);
    const scan: ViewScan = {
      decoders: view.decoders,
      linear: grams.margin,
      forest: forests[head]!(features),
      peakStart: peakEnd === 0 ? 0 : view.textStart[peak]!,
      peakEnd: peakEnd === 0 ? 0 : view.textEnd[peakEnd - 1]!,
    };
    return { scan, grams };
  }

  function scan(block: string, head: number, channels: number): BlockScan {
    const { count, truncated } = read(block);
    const hits: RuleHit[] = [];
    const seen: ViewScan[] = [];
    let cut = truncated;
    for (let index = 0; index < count; index++) {
      const before = hits.length;
      for (const matcher of matchers) matcher.match(views[index]!, index, channels, hits);
      const judged = judge(index, head, hits);
      seen.push(judged.scan);
      cut ||= judged.grams.count === MAX_NGRAMS || hits.length - before >= MAX_HITS;
    }
    return { views: seen, hits, truncated: cut };
  }

  return {
    name: 'reference',
    scan,
    trace(block, head, channels) {
      const whole = scan(block, head, channels);
      const traces = whole.views.map((_, index): ViewTrace => {
        const { scan: judged, grams } = judge(index, head, whole.hits);
        const view = views[index]!;
        return {
          ...judged,
          text: decoder.decode(view.text.subarray(0, view.textLen)),
          dense: features.slice(),
          ngrams: grams.buckets.slice(0, grams.count),
          ngramAt: grams.offsets.slice(0, grams.count).map((byte) => view.textStart[byte]!),
        };
      });
      return { scan: whole, views: traces };
    },
    candidates(block) {
      const first = views[0]!;
      first.rawLen = encoder.encodeInto(block, first.raw).written;
      first.decoders = 0;
      first.depth = 0;
      fillIdentitySpans(first);
      let count = 1;
      while (count <= MAX_DEPTH && unwrap(views[count - 1]!, views[count]!)) count++;
      return views.slice(0, count).map(({ raw, rawLen, rawStart, rawEnd, decoders }) => {
        const bytes = raw.subarray(0, rawLen);
        return candidateView(block, {
          decoders,
          raw: bytes,
          rows: findCandidates(bytes),
          start: rawStart.subarray(0, rawLen),
          end: rawEnd.subarray(0, rawLen),
        });
      });
    },
    weight: (head, bucket) => heads[head]!.scale * heads[head]!.weights[bucket]!,
    loadRules(bytes) {
      matchers[1] = createMatcher(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 1);
    },
  };
}
