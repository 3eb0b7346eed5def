/**
 * A mistake the user can mend. The command line prints its message without a stack trace.
 * The message names, in this order: place, value, rule, remedy.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** Exit code of the command line: 2 bad input, 3 a calculator failed, 4 the run stopped for a stated reason. */
  readonly exitCode: number;

  constructor(message: string, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
