/** Entry for tests: two views, their buffers, and the stages unwrap and transform on their own. */
import {
  initTransform,
  suspect as suspectView,
  transform as transformView,
} from '../../../wasm/assembly/text/transform';
import { unwrap as unwrapView } from '../../../wasm/assembly/text/unwrap';
import { newView, reserve } from '../../../wasm/assembly/view';

const SECTION_BYTES = 65536;

const views = [newView(), newView()];
const sectionAt = reserve(SECTION_BYTES);

export function section(): usize {
  return sectionAt;
}

export function init(length: i32): bool {
  return initTransform(sectionAt, length);
}

/** Address of the view's fields, in the order of `view.ts`. */
export function view(index: i32): usize {
  return changetype<usize>(views[index]);
}

export function unwrap(from: i32, to: i32): bool {
  return unwrapView(views[from], views[to]);
}

export function transform(kind: i32, from: i32, to: i32): bool {
  return transformView(kind, views[from], views[to]);
}

export function suspect(index: i32): i32 {
  return suspectView(views[index]);
}
