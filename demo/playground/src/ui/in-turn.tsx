/**
 * A part of the page that is drawn when its turn has come.
 *
 * @module
 */
import type { ComponentChildren } from 'preact';
import { hasTurn, type Part } from '../turns.ts';

export interface InTurnProps {
  readonly part: Part;
  readonly children: ComponentChildren;
}

export function InTurn({ part, children }: InTurnProps): ComponentChildren {
  return hasTurn(part) && children;
}
