import { boolean, message, string } from '../schema.js'

export const DefaultPrincipalData = message('DefaultPrincipalData', {
  versions: '0',
  flexible: '0+',
  fields: { type: string('0+'), name: string('0+'), tokenAuthenticated: boolean('0+') },
})
