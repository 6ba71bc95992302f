import { RECORD } from '../data/record-json.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { CLUSTER_OPTIONS } from '../own-options.js'

export const CAT_OPTIONS = optionSpecs([
  ...CLUSTER_OPTIONS,
  { name: 'follow', about: 'Go on with what comes, until Ctrl-C. Short: -f.' },
  {
    name: 'range',
    argument: 'required',
    value: 'range',
    about:
      'The same as after the topic: 0-100, 42, 42-, -5 (the last 5 of each partition), @-10m, @2026-01-31T12:00, @-2h..-1h.',
  },
  {
    name: 'partition',
    argument: 'required',
    type: 'int',
    value: 'number',
    about: 'Only this partition. May be repeated.',
  },
  { name: 'key', argument: 'required', value: 'regex', about: 'Only records in whose key this is found.' },
  { name: 'value', argument: 'required', value: 'regex', about: 'Only records in whose value this is found.' },
  {
    name: 'header',
    argument: 'required',
    value: 'name[=regex]',
    about: 'Only records with this header. May be repeated.',
  },
  { name: 'max-messages', argument: 'required', type: 'int', value: 'count', about: 'Stop after so many records.' },
  {
    name: 'formatter-property',
    argument: 'required',
    value: 'name=value',
    about: 'What is shown, as for console-consumer: print.key=true, print.headers=true … May be repeated.',
  },
  {
    name: 'output',
    argument: 'required',
    value: 'json',
    about: 'Print records as JSON Lines, which console-producer --input json reads; their values unless given.',
  },
])

export type CatOptions = Options<(typeof CAT_OPTIONS)[number]['name']>

export const CAT_DATA = [RECORD]
