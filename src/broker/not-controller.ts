/** This node may not change the metadata, or not any more: another does. What was asked has not happened, as far as it knows. */
export class NotController extends Error {
  override name = 'NotController'

  constructor() {
    super('This node does not lead the metadata quorum')
  }
}
