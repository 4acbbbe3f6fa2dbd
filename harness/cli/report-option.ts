import { Option } from 'commander';
import { FORMATS } from '../report/formats/formats.ts';
import { collect } from './options.ts';

/** The name is that of the option: `--report`. */
export function reportOption(name: string): Option {
  return new Option(
    `${name} <format[=file]>`,
    'a report for other tools; on standard output without a file; repeatable',
  ).argParser(collect);
}

/** The formats, as lines of a command's help. */
export function reportHelp(): string {
  const names = Object.keys(FORMATS);
  const width = Math.max(...names.map((name) => name.length));
  return [
    'Formats of reports:',
    ...Object.entries(FORMATS).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`),
  ].join('\n');
}
