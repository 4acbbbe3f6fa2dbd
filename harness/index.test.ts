import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Whose words an author reads in the editor; what lies elsewhere is not written for cases alone. */
const FOR_AUTHORS = /^harness\/(expect|scenario)\//;

/** The exports, the types that they speak of and those types' members: what an editor shows a docstring of. */
function withoutDocstring(): string[] {
  const { config } = ts.readConfigFile(`${ROOT}/tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram([`${ROOT}/harness/index.ts`], options);
  const checker = program.getTypeChecker();
  const index = program.getSourceFile(`${ROOT}/harness/index.ts`);
  const module = index && checker.getSymbolAtLocation(index);
  const queue = module === undefined ? [] : checker.getExportsOfModule(module).map(resolved);
  const seen = new Set(queue);
  const bare: string[] = [];

  function resolved(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }
  function isForAuthors(node: ts.Node): boolean {
    return FOR_AUTHORS.test(node.getSourceFile().fileName.slice(ROOT.length).replace(/^\/+/, ''));
  }
  function check(symbol: ts.Symbol, name: string): void {
    if (symbol.getDocumentationComment(checker).length === 0 && !isDescribedModule(symbol)) bare.push(name);
  }
  /** A namespace is a module: its docstring is the comment at the beginning of the file. */
  function isDescribedModule({ declarations = [] }: ts.Symbol): boolean {
    const [file] = declarations;
    return file !== undefined && ts.isSourceFile(file) && /^\s*(import [^;]*;\s*)*\/\*\*/.test(file.text);
  }
  /** What is private, protected or static is the harness's own. */
  function isOwn(node: ts.Node): boolean {
    if (ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
    const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
    return modifiers.some(({ kind }) => OWN.has(kind));
  }
  function follow(name: ts.Node): void {
    const named = checker.getSymbolAtLocation(name);
    const target = named && resolved(named);
    const declarations = target?.declarations?.filter((node) => ts.canHaveModifiers(node) && isForAuthors(node)) ?? [];
    const isExported = declarations.some((node) => ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export);
    if (target === undefined || seen.has(target) || !isExported) return;
    seen.add(target);
    queue.push(target);
  }
  function visit(node: ts.Node): void {
    if (ts.isBlock(node) || isOwn(node)) return;
    if (ts.isTypeReferenceNode(node)) follow(node.typeName);
    if (ts.isExpressionWithTypeArguments(node)) follow(node.expression);
    ts.forEachChild(node, visit);
  }

  for (const symbol of queue) {
    for (const declaration of symbol.declarations?.filter(isForAuthors) ?? []) {
      check(symbol, symbol.name);
      if (ts.isSourceFile(declaration)) {
        for (const member of checker.getExportsOfModule(symbol).map(resolved))
          if (!seen.has(member)) queue.push(member);
        continue;
      }
      visit(declaration);
      if (!ts.isInterfaceDeclaration(declaration) && !ts.isClassDeclaration(declaration)) continue;
      for (const member of declaration.members) {
        const named = member.name && checker.getSymbolAtLocation(member.name);
        if (named !== undefined && !isOwn(member)) check(named, `${symbol.name}.${named.name}`);
      }
    }
  }
  return bare;
}

const OWN: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.StaticKeyword,
  ts.SyntaxKind.PrivateKeyword,
  ts.SyntaxKind.ProtectedKeyword,
]);

test('what an author can name has a docstring, and so has each of its members', () => {
  expect(withoutDocstring()).toEqual([]);
});
