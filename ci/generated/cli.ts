/** Writes docs/cli.md from the `--help` of every command (`--write`), or checks that it is up to date. */
import type { Command } from 'commander';
import { makeProgram } from '../../harness/cli/program.ts';
import { writeOrCheck } from './page.ts';

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trim();
}

const program = await makeProgram();
const parts = [
  '# Commands\n\n<!-- Written by "npm run format" from the --help of the commands. -->\n',
  `\`\`\`text\n${helpOf(program)}\n\`\`\`\n`,
  ...program.commands.map((command) => `## ${command.name()}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`),
];
writeOrCheck('docs/cli.md', parts.join('\n'));
