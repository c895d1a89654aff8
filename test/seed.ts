/**
 * Properties draw the same inputs in every run, so that a change is judged by what it changed; `EDGEWARD_SEED=n` draws
 * others.
 *
 * @module
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.EDGEWARD_SEED ?? 20261122) });
