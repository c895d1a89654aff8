/**
 * Stands in for `wasm/assembly/match/match.ts` when the feature stages are compiled
 * alone: a rule's number says its family and severity, as in `features.ts`.
 */
import { FAMILY_COUNT } from '../features/schema-abi';

export function ruleFamily(pack: i32, rule: i32): i32 {
  return (rule + pack) % FAMILY_COUNT;
}

export function ruleSeverity(pack: i32, rule: i32): i32 {
  return (rule + pack) & 3;
}
