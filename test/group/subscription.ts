/** What a consumer says when it joins, by hand: version 0 with topics divided by `+`. `garbage` is not that. */
export function subscription(topics: string): Buffer {
  if (topics === 'garbage') return Buffer.from([0])
  const names = topics === '' ? [] : topics.split('+')
  const length = (bytes: 2 | 4, value: number): Buffer => {
    const buffer = Buffer.alloc(bytes)
    buffer.writeIntBE(value, 0, bytes)
    return buffer
  }
  return Buffer.concat([
    length(2, 0),
    length(4, names.length),
    ...names.flatMap((name) => [length(2, name.length), Buffer.from(name)]),
    length(4, -1),
  ])
}
