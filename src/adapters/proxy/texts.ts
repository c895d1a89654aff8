/**
 * Every text of a request's body, wherever it stands.
 *
 * `placedTexts` knows where the known shapes keep what people, tools and models said. Whatever stands elsewhere is
 * judged too, as data, so that a place the upstream reads and this package does not know hides nothing. What
 * developers write around a conversation (tools, schemas, settings) is theirs, like system text.
 *
 * @module
 */
import { type ChatText, type PlacedText, placedTexts } from '../../chat-texts.ts';
import type { Channel } from '../../types.ts';
import { Refusal } from '../refusal.ts';
import type { TextPlace } from './apis.ts';

/** What a body may hold. */
export interface TextLimits {
  /** Texts, names of properties among them. */
  readonly texts: number;
  /** UTF-16 units of all texts together. */
  readonly textLength: number;
  /** Brackets within brackets. */
  readonly depth: number;
}

export interface ReadOptions {
  /** False where strangers write the body: then nothing is trusted, whatever role it claims. */
  readonly trustRoles: boolean;
  readonly places: readonly TextPlace[];
  readonly limits: TextLimits;
}

export interface BodyTexts {
  readonly texts: readonly PlacedText[];
  /** Names of properties that could be read as text. They can be judged, not replaced. */
  readonly names: readonly ChatText[];
}

type Path = readonly (string | number)[];
type Steps = Map<string | number, Steps | PlacedText>;

/** Members of a body under which developers describe tools, schemas and settings. */
const DEFINITIONS: ReadonlySet<string | number> = new Set([
  'tools',
  'functions',
  'tool_choice',
  'toolConfig',
  'tool_config',
  'response_format',
  'output_config',
  'text',
  'format',
  'generationConfig',
  'generation_config',
  'mcp_servers',
  'system',
  'instructions',
  'systemInstruction',
  'system_instruction',
]);
/** Members whose values upstreams choose from lists of their own, or make themselves. */
const CONTROLS: ReadonlySet<string | number> = new Set([
  'model',
  'role',
  'type',
  'object',
  'id',
  'call_id',
  'tool_call_id',
  'tool_use_id',
  'previous_response_id',
  'status',
  'detail',
  'effort',
  'encoding_format',
  'service_tier',
  'media_type',
  'mimeType',
  'mime_type',
]);
const MEDIA: ReadonlySet<string | number> = new Set([
  'data',
  'url',
  'image_url',
  'file_data',
  'images',
  'b64_json',
  'imageBytes',
  'videoBytes',
]);
/** Members that may hold tokens instead of text: the second is Ollama's memory of a conversation. */
const TOKENS: ReadonlySet<string | number> = new Set(['prompt', 'input', 'context', 'suffix']);

/** @throws {Refusal} 400 for what cannot be read, 413 for too much of it */
export function bodyTexts(body: unknown, { trustRoles, places, limits }: ReadOptions): BodyTexts {
  const patterns = places.map(({ path, channel }) => ({ steps: path.split('.'), channel }));
  const placed = stepsOf(placedTexts(body, true));
  const texts: PlacedText[] = [];
  const names: ChatText[] = [];
  let length = 0;

  function count(text: string): void {
    length += text.length;
    if (length > limits.textLength || texts.length + names.length >= limits.texts) {
      throw new Refusal(413, 'The body holds too much text');
    }
  }

  function walk(value: unknown, known: Steps | PlacedText | undefined, path: Path, holder: unknown): void {
    if (path.length > limits.depth) throw new Refusal(400, 'The body is nested too deeply');
    if (typeof value === 'string') {
      if (value === '' || isMedium(value, path, holder, known !== undefined) || isControl(value, path)) return;
      if (isName(value) && (known === undefined || isSteps(known))) return;
      count(value);
      texts.push({ text: value, path, channel: channelOf(path, isSteps(known) ? undefined : known?.channel) });
    } else if (Array.isArray(value)) {
      if (TOKENS.has(path[0]!) && path.length <= 2 && value.some((one) => typeof one === 'number')) {
        throw new Refusal(400, 'Expected text; tokens cannot be read');
      }
      for (let i = 0; i < value.length; i++) {
        // Vectors are long and hold no text.
        if (typeof value[i] !== 'number') walk(value[i], stepTo(known, i), [...path, i], holder);
      }
    } else if (typeof value === 'object' && value !== null) {
      const isDefinition = DEFINITIONS.has(path[0]!);
      for (const [name, inner] of Object.entries(value)) {
        if (!isDefinition && isWordy(name)) {
          count(name);
          names.push({ text: name, channel: 'retrieved' });
        }
        walk(inner, stepTo(known, name), [...path, name], value);
      }
    }
  }

  function channelOf(path: Path, known: Channel | undefined): Channel {
    const own = patterns.find(({ steps }) => steps.every((step, i) => step === '*' || step === String(path[i])));
    const channel = own?.channel ?? known ?? (DEFINITIONS.has(path[0]!) ? 'system' : 'retrieved');
    return trustRoles || channel === 'tool' || channel === 'retrieved' ? channel : 'user';
  }

  walk(body, placed, [], undefined);
  return { texts, names };
}

/** What could be read as text, and not just as a name. */
export function isWordy(name: string): boolean {
  return name.length > 64 || /\s/.test(name);
}

/** Members of a body where texts of the channel `system` are what the model was told, not what it may call. */
const PROMPTS: ReadonlySet<string | number> = new Set([
  'messages',
  'input',
  'contents',
  'system',
  'instructions',
  'systemInstruction',
  'system_instruction',
]);

/** The system prompt: what an answer must not repeat. */
export function systemTexts(texts: readonly PlacedText[]): string[] {
  return texts.flatMap(({ text, channel, path }) => (channel === 'system' && PROMPTS.has(path[0] ?? '') ? [text] : []));
}

/** Placed texts by the steps that lead to them. */
function stepsOf(placed: readonly PlacedText[]): Steps | PlacedText {
  const root: Steps = new Map();
  for (const one of placed) {
    if (one.path.length === 0) return one;
    let at = root;
    for (const step of one.path.slice(0, -1)) {
      const there = at.get(step);
      const next: Steps = isSteps(there) ? there : new Map();
      at.set(step, next);
      at = next;
    }
    at.set(one.path.at(-1)!, one);
  }
  return root;
}

function isSteps(known: Steps | PlacedText | undefined): known is Steps {
  return known instanceof Map;
}

function stepTo(known: Steps | PlacedText | undefined, step: string | number): Steps | PlacedText | undefined {
  return isSteps(known) ? known.get(step) : undefined;
}

const FILE_TYPE = /^\s*(?:image|audio|video|application)\//i;

/**
 * Pictures, sounds and files: base64 in a place for such, and not labeled text.
 *
 * @param isText true where a known shape has a text: then a label must say that it is none
 */
function isMedium(value: string, path: Path, holder: unknown, isText: boolean): boolean {
  const place = typeof path.at(-1) === 'number' ? path.at(-2) : path.at(-1);
  if (!MEDIA.has(place ?? '')) return false;
  const { type, ...labels } = holder as Readonly<Record<string, unknown>>;
  const label = labels['media_type'] ?? labels['mimeType'] ?? labels['mime_type'];
  if (type === 'text' || (label !== undefined ? !FILE_TYPE.test(String(label)) : isText)) return false;
  const comma = value.startsWith('data:') ? value.indexOf(',') : -1;
  if (
    comma >= 0 &&
    !/^data:(?:image|audio|video|application)\/[a-z0-9.+-]{1,80};base64$/i.test(value.slice(0, comma))
  ) {
    return false;
  }
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(value.slice(comma + 1));
}

/** A word, a path or an id of letters: too short to instruct anyone, and no personal data. */
function isName(value: string): boolean {
  return /^\s?[a-z][a-z_.:/-]{0,23}\s?$/i.test(value);
}

function isControl(value: string, path: Path): boolean {
  return CONTROLS.has(path.at(-1) ?? '') && /^[\w.:/@-]{1,80}$/.test(value);
}
