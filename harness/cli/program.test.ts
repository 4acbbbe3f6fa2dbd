import { describe, expect, test } from 'vitest';
import { COMMAND_GROUPS, makeProgram } from './program.ts';

const program = await makeProgram();
/** What a description may begin with: an imperative. */
const VERBS = [
  ...[
    'boot',
    'build',
    'check',
    'compare',
    'copy',
    'create',
    'download',
    'find',
    'list',
    'merge',
    'open',
    'print',
    'report',
    'run',
    'start',
  ],
  ...['write', 'judge'],
];

function helpOf(name: string): string {
  const command = program.commands.find((one) => one.name() === name);
  let text = '';
  command?.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command?.outputHelp();
  return text;
}

test('every command is in one group of --help, and only there', () => {
  const text = program.helpInformation();
  const names = Object.values(COMMAND_GROUPS).flatMap((commands) => Object.keys(commands));
  expect(program.commands.map((command) => command.name())).toEqual(names);
  expect(new Set(names).size).toBe(names.length);
  for (const [heading, commands] of Object.entries(COMMAND_GROUPS)) {
    const [, group = ''] = text.split(`\n${heading}\n`);
    const listed = [...(group.split('\n\n')[0] ?? '').matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
    expect(
      listed.filter((name) => name !== 'help'),
      heading,
    ).toEqual(Object.keys(commands));
  }
  expect(text).not.toContain('\nCommands:');
});

describe.each(program.commands.map((command) => [command.name(), command] as const))('%s', (name, command) => {
  test('has a description that begins with a verb', () => {
    expect(VERBS).toContain(command.description().split(' ')[0]);
  });

  test('has examples of itself', () => {
    const [, examples = ''] = helpOf(name).split('\nExamples:\n');
    expect(examples.split('\n\n')[0]).toMatch(new RegExp(`kconform ${name}\\b`));
  });

  test('describes each argument and option, without a full stop', () => {
    for (const { description } of [...command.registeredArguments, ...command.options])
      expect(description).toMatch(/^['(]?[a-z][^\n]*[^.]$/);
  });
});
