/** The first command that README.md asks people to type, from its section "Two commands". */
export function firstCommand(readme: string): string {
  const command = /^## Two commands\n[^#]*?^ {4}(\S.*?)(?: +#.*)?$/m.exec(readme)?.[1];
  if (command === undefined) throw new Error('README.md shows no command below "## Two commands"');
  return command;
}
