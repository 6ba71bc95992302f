import { describe, expect, test } from 'vitest'
import { deserializer } from '../../../src/cli/console-consumer/deserializers.js'
import { javaDouble, javaFloat } from '../../../src/cli/console-consumer/java-decimal.js'

function read(name: string, hex: string, properties: Record<string, string> = {}): string {
  const read = deserializer(`org.apache.kafka.common.serialization.${name}`, new Map(Object.entries(properties)))
  return read!(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
}
const ascii = (text: string): string => Buffer.from(text).toString('hex')

describe('deserializers', () => {
  test.each([
    ['StringDeserializer', 'e282ac', '€'],
    ['StringDeserializer', 'e2 82 41 ed a0 80', '\ufffdA\ufffd'],
    ['IntegerDeserializer', '6e756c6c', '1853189228'],
    ['LongDeserializer', '3132333435363738', '3544952156018063160'],
    ['LongDeserializer', '8000000000000000', '-9223372036854775808'],
    ['ShortDeserializer', '0102', '258'],
    ['FloatDeserializer', '40490fdb', '3.1415927'],
    ['FloatDeserializer', '6e756c6c', '1.8988725E28'],
    ['DoubleDeserializer', '400921fb54442d18', '3.141592653589793'],
    ['BooleanDeserializer', '01', 'true'],
    ['BytesDeserializer', '00 41 5c 22 ff 0a 7e 7f', '\\x00A\\x5C"\\xFF\\x0A~\\x7F'],
    ['ByteBufferDeserializer', '6e756c6c', 'java.nio.HeapByteBuffer[pos=0 lim=4 cap=4]'],
    ['UUIDDeserializer', ascii('123e4567-E89B-12d3-a456-426614174000'), '123e4567-e89b-12d3-a456-426614174000'],
    ['UUIDDeserializer', ascii('1-2-3-4-5'), '00000001-0002-0003-0004-000000000005'],
    ['UUIDDeserializer', ascii('123456789-2-3-4-5'), '23456789-0002-0003-0004-000000000005'],
  ])('%s makes of %s what Java prints', (name, hex, expected) => {
    expect(read(name, hex)).toBe(expected)
  })

  test.each([
    ['ISO-8859-1', 'e9', 'é'],
    ['US-ASCII', '41 e9', 'A\ufffd'],
    ['UTF-16', '0041', 'A'],
    ['UTF-16', 'fffe 4100', 'A'],
    ['UTF-16LE', '4100', 'A'],
  ])('text may be in %s', (encoding, hex, expected) => {
    expect(read('StringDeserializer', hex, { 'deserializer.encoding': encoding })).toBe(expected)
  })

  test.each([
    ['LongDeserializer', '00', 'Size of data received by LongDeserializer is not 8'],
    ['IntegerDeserializer', '00', 'Size of data received by IntegerDeserializer is not 4'],
    ['ShortDeserializer', '00', 'Size of data received by ShortDeserializer is not 2'],
    ['DoubleDeserializer', '00', 'Size of data received by Deserializer is not 8'],
    ['FloatDeserializer', '00', 'Size of data received by Deserializer is not 4'],
    ['BooleanDeserializer', '0001', 'Size of data received by BooleanDeserializer is not 1'],
    ['BooleanDeserializer', '05', 'Unexpected byte received by BooleanDeserializer: 5'],
    ['UUIDDeserializer', ascii('x'), 'Error parsing data into UUID'],
    ['UUIDDeserializer', ascii('1-2-3-4'), 'Error parsing data into UUID'],
    ['VoidDeserializer', '00', 'Data should be null for a VoidDeserializer.'],
  ])('%s refuses %s', (name, hex, message) => {
    expect(() => read(name, hex)).toThrow(message)
  })

  test('an encoding that nobody knows is refused', () => {
    expect(() => read('StringDeserializer', '41', { 'deserializer.encoding': 'foo' })).toThrow(
      'Unsupported encoding foo',
    )
  })

  test('one that does not exist is none', () => {
    expect(deserializer('no.such.Deserializer', new Map())).toBeNull()
    expect(deserializer('toString', new Map())).toBeNull()
  })
})

describe("Java's decimal numbers", () => {
  test.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [100, '100.0'],
    [0.1, '0.1'],
    [4.35, '4.35'],
    [123456.789, '123456.789'],
    [0.001, '0.001'],
    [0.00099, '9.9E-4'],
    [9999999, '9999999.0'],
    [1e7, '1.0E7'],
    [1e21, '1.0E21'],
    [-2.5e-7, '-2.5E-7'],
    [Number.MIN_VALUE, '4.9E-324'],
    [Number.MAX_VALUE, '1.7976931348623157E308'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('%d is a double %s', (value, text) => {
    expect(javaDouble(value)).toBe(text)
  })

  test.each([
    [1, '1.0'],
    [0.1, '0.1'],
    [3.4, '3.4'],
    [123456.789, '123456.79'],
    [16777216, '1.6777216E7'],
    [1.401298464324817e-45, '1.4E-45'],
    [3.4028234663852886e38, '3.4028235E38'],
  ])('%d is a float %s', (value, text) => {
    expect(javaFloat(Math.fround(value))).toBe(text)
  })
})
