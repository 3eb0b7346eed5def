import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import yargs, { type CommandModule } from 'yargs';

/** Runs one command as the command line would; what it prints comes back, what it throws is thrown. */
export async function runCommand<T>(
  command: CommandModule<object, T>,
  args: readonly string[],
): Promise<string> {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await yargs([...args])
      .command(command)
      .strict()
      .exitProcess(false)
      .fail(false)
      .parseAsync();
    return printed.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    printed.mockRestore();
  }
}

/** Names files in a fresh folder. */
export function scratch(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'serendip-'));
  return (name) => join(folder, name);
}
