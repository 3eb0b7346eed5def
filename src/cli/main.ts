#!/usr/bin/env node
import { hideBin } from 'yargs/helpers';
import { commandLine } from './commandLine.ts';

const exitCode = await commandLine(hideBin(process.argv));
if (exitCode !== 0) process.exit(exitCode);
