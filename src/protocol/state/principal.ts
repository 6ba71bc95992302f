import { boolean, message, string } from '../schema.js'

/** The name of a client, as it travels in Envelope: the version as int16, then the fields (KIP-590). */
export const DefaultPrincipalData = message('DefaultPrincipalData', {
  versions: '0',
  flexible: '0+',
  fields: { type: string('0+'), name: string('0+'), tokenAuthenticated: boolean('0+') },
})
