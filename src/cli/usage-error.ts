/** A command that cannot be carried out as given: a sentence for the person, and exit status 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
