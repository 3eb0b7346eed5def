import { UserError } from '../core/errors.ts';

/** Aborts when the user presses Ctrl-C or the system asks to end; a second time ends at once. */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort(new UserError('interrupted', INTERRUPTED));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}

export const INTERRUPTED = 130;
