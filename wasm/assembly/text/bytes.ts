/** Elements of buffers by index, as the reference engine reads its typed arrays. */

// @ts-ignore: decorator
@inline
export function byteAt(buffer: usize, index: i32): i32 {
  return <i32>load<u8>(buffer + <usize>index);
}

// @ts-ignore: decorator
@inline
export function setByte(buffer: usize, index: i32, value: i32): void {
  store<u8>(buffer + <usize>index, <u8>value);
}

// @ts-ignore: decorator
@inline
export function halfAt(buffer: usize, index: i32): i32 {
  return <i32>load<u16>(buffer + (<usize>index << 1));
}

// @ts-ignore: decorator
@inline
export function setHalf(buffer: usize, index: i32, value: i32): void {
  store<u16>(buffer + (<usize>index << 1), <u16>value);
}
