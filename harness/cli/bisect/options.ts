import { InvalidArgumentError, Option } from 'commander';
import { positive } from '../options.ts';

/** Which splat counts as reproduced. */
export function splatOption(): Option {
  return new Option(
    '--splat <file|title>',
    'for a file: only this splat counts; a file that quotes it, a part of its title, or a function among its first frames',
  ).argParser((text: string) => {
    if (text.trim() === '') throw new InvalidArgumentError('It must be a part of a title.');
    return text;
  });
}

/** How long it may take. */
export function limitOption(): Option {
  return new Option('--limit <seconds>', 'stop it after this time (default: 30, under emulation 60)').argParser(
    positive,
  );
}
