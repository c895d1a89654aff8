/**
 * How much each letter of a protected text gives away.
 *
 * An answer on the same topic shares words and facts with the system prompt; it does not share the instructions. So
 * what tells the model how to behave weighs whole, what describes the world or says who the assistant is less than half,
 * and words that every text has weigh little wherever they stand.
 *
 * @module
 */
import type { Weighed } from './imprint.ts';
import { LEAD, type Letters } from './letters.ts';

/** Letters in a row that weigh this much are chance: one long word, two common ones. */
const OFFSET = 8;
/** A leak weighs this much, or half of a short text. */
const ENOUGH = 40;
const LEAST = 14;
const STATEMENT = 0.4;
const COMMON = 0.4;
const USUAL = 0.65;

/** Words of every text, in the languages that system prompts are written in most. */
const COMMON_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the and or but nor so yet of to in on at by for from with without within about into over under after before ' +
    'between during through as than then that this these those there here it its is are was were be been being am do ' +
    'does did done have has had having can could may might must shall should will would not no yes if when while who ' +
    'whom whose which what where why how all any each every some such other another more most many much few less least ' +
    'own same only just also very too out up down off again further once both either neither one two three i you he she ' +
    'we they me him her us them my your his our their mine yours ours theirs myself yourself let lets please thank ' +
    'thanks like get make made go use used using need want know see say said take give come now new way well back ' +
    'der die das den dem des ein eine einen einem einer und oder aber nicht kein keine ist sind war wird werden sie ihr ' +
    'ihre ihnen wir uns ich du es er mit von zu zur zum für auf aus bei nach im in an am um als wie wenn auch nur noch ' +
    'so dass daß kann können soll sollen muss müssen bitte immer nie el la los las un una unos unas y o pero no es son ' +
    'que de del al con sin por para en se su sus lo le les tu tus te me mi más muy ya si como cuando le la les un une des ' +
    'et ou mais ne pas est sont que qui du au aux avec sans par pour dans sur se sa son ses leur leurs vous votre vos ' +
    'nous il elle ils elles ce cette ces il lo gli i un uno e o ma non è sono che di da con per su se si mi ti os as um ' +
    'uma em no na nos nas com por para que não é são seu sua de het een en van met voor niet zijn dat die te op aan'
  ).split(' '),
);

/** Words of every assistant. */
const USUAL_WORDS: ReadonlySet<string> = new Set(
  (
    'help helps helping helpful assist assists assistance assistant support customer customers client clients user users ' +
    'question questions answer answers information service services product products order orders provide provides ' +
    'provided contact team email phone website account number time day days business hours available company today ' +
    'monday tuesday wednesday thursday friday saturday sunday week weeks month months year years people person able ' +
    'here find look looking right best good great sure happy welcome kunden kunde hilfe fragen frage antwort'
  ).split(' '),
);

/** What instructs the model: how such a sentence begins, or what it says of the model and of the instructions themselves. */
const INSTRUCTS = [
  /^[^\p{L}]*(?:please )?(?:never|always|do not|don't|only|no\b|if|when|whenever|unless|before (?:you|any)|after (?:you|every)|under no|in no case|regardless|ensure|make sure|be sure|remember|refuse|decline|reject|ignore|respond|reply|answer|speak|say|tell|write|use|avoid|keep|limit|treat|act|stay|remain|maintain|follow|obey|assume|pretend|begin|start|end|ask|offer|redirect|escalate|transfer|forward|greet|address|mention|include|exclude|format|output|return|call|check|verify|confirm|summarize|translate|quote|cite|reveal|disclose|share|discuss|provide|give|explain|introduce|politely|be (?:polite|brief|concise|friendly|honest|careful|helpful)|for (?:every|each|all|any))(?![\p{L}'-])/iu,
  /\b(?:you (?:must|should|shall|have to|need to|are (?:not )?(?:allowed|permitted|required|instructed|supposed|forbidden))|must not|may not be|confidential|instructions?|system prompt|these rules|do not (?:reveal|mention|share|discuss|repeat|disclose)|language model|no matter (?:how|what|who))\b/i,
  /\b(?:niemals|du (?:darfst|musst|sollst)|antworte|verrate|vertraulich|anweisungen|nunca|siempre|debes|responde|instrucciones|confidencial|jamais|tu dois|vous devez|réponds|répondez|consignes|confidentiel|devi|rispondi|non (?:rivelare|devi)|istruzioni|deve|responda|instruções|nooit|je moet|instructies|nigdy|zawsze|instrukcj\w*)\b/iu,
];
const IDENTIFIES =
  /^[^\p{L}]*(?:you(?:'re| are)|your (?:name|role|job) is|act as|du bist|sie sind|tu es|vous êtes|eres|sei|você é|je bent)\b(?! (?:not|never|allowed|required|instructed|forbidden))/iu;
/** Sentences, lines and points of a list. */
export const SENTENCES = /[^.!?;\n。！？；]+[.!?;\n。！？；]*/g;
const WORDS = /[\p{L}\p{N}'’]+/gu;

/**
 * @param letters that leetspeak has not merged
 * @complexity linear in the text's length
 */
export function weigh(text: string, letters: Letters): Weighed {
  const weightAt = new Float32Array(text.length);
  const wordAt = new Int32Array(text.length);
  let words = 0;
  for (const { 0: sentence, index } of text.matchAll(SENTENCES)) {
    const latin = /[a-z]/i.test(sentence);
    const instructs = INSTRUCTS.some((shape) => shape.test(sentence)) && !IDENTIFIES.test(sentence);
    const factor = instructs || !latin ? 1 : STATEMENT;
    for (const match of sentence.matchAll(WORDS)) {
      const word = match[0].toLowerCase();
      const common = COMMON_WORDS.has(word) ? COMMON : USUAL_WORDS.has(word) ? USUAL : 1;
      const start = index + match.index;
      weightAt.fill(factor * common, start, start + word.length);
      wordAt.fill(++words, start, start + word.length);
    }
  }
  const symbols: number[] = [];
  const weights: number[] = [];
  const wordOf: number[] = [];
  let total = 0;
  letters.read(text, (batch, starts, end) => {
    for (let i = LEAD; i < end; i++) {
      const at = starts[i]!;
      symbols.push(batch[i]!);
      weights.push(weightAt[at]!);
      wordOf.push(wordAt[at]!);
      total += weightAt[at]!;
    }
  });
  const enough = Math.max(LEAST, Math.min(ENOUGH, total / 2));
  return { kind: 'text', symbols, weights, words: wordOf, offset: OFFSET, enough };
}

/** A text of which every eight letters in a row count: a canary. @param letters that leetspeak has not merged */
export function weighToken(canary: string, letters: Letters): Weighed {
  const symbols: number[] = [];
  letters.read(canary, (batch, _starts, end) => symbols.push(...batch.subarray(LEAD, end)));
  const none = symbols.map(() => 0);
  return { kind: 'canary', symbols, weights: none, words: none, offset: 0, enough: 0 };
}
