import { Option } from 'commander';
import { FORMATS } from '../report/formats/formats.ts';
import { collect } from './options.ts';

/** @param name of the option: `--report` */
export function reportOption(name: string): Option {
  return new Option(
    `${name} <format[=file]>`,
    'write a report for other tools to FILE (default: standard output), and create its folder; repeatable',
  ).argParser(collect);
}

/** The lines of a command's help that list the formats. */
export function reportHelp(): string {
  const names = Object.keys(FORMATS);
  const width = Math.max(...names.map((name) => name.length));
  return [
    'Report formats:',
    ...Object.entries(FORMATS).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`),
  ].join('\n');
}
