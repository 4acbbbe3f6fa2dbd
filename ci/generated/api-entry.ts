import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One exported name, as docs/api.md shows it: its signature, its docstring, and those of its members. */
export class ApiEntry {
  /** The namespace that it is exported in; empty where it stands alone. */
  readonly prefix: string;
  /** Where it is declared, from the root of the repository. */
  readonly file: string;
  readonly #name: string;
  readonly #checker: ts.TypeChecker;
  readonly #symbol: ts.Symbol;
  readonly #declarations: readonly ts.Declaration[];

  constructor(checker: ts.TypeChecker, symbol: ts.Symbol, name: string, prefix: string) {
    this.#checker = checker;
    this.#symbol = symbol;
    this.#declarations = symbol.declarations ?? [];
    this.#name = name;
    this.prefix = prefix;
    this.file = relative(ROOT, this.#declarations[0]?.getSourceFile().fileName ?? '');
  }

  /** Names without a docstring: its own, and those of its public members. */
  faults(): string[] {
    const own = this.#doc(this.#symbol) === '' ? [`${this.file}: ${this.#title} has no docstring`] : [];
    const members = this.#members().filter(({ doc }) => doc === '');
    return [...own, ...members.map(({ signature }) => `${this.file}: ${this.#title}: ${signature} has no docstring`)];
  }

  lines(): string[] {
    const members = this.#members();
    return [
      '',
      `### ${this.#title}`,
      '',
      ...['```ts', ...this.#signatures(), '```', ''],
      this.#doc(this.#symbol),
      ...(members.length > 0 ? [''] : []),
      ...members.map(({ signature, doc }) => `- \`${signature}\`: ${doc}`),
    ];
  }

  get #title(): string {
    return this.prefix === '' ? this.#name : `${this.prefix}.${this.#name}`;
  }

  #signatures(): string[] {
    const overloads = this.#declarations.filter((one) => !ts.isFunctionDeclaration(one) || one.body === undefined);
    return (overloads.length > 0 ? overloads : this.#declarations).map((declaration) => this.#signature(declaration));
  }

  #signature(declaration: ts.Declaration): string {
    if (ts.isFunctionDeclaration(declaration)) return `function ${head(declaration, declaration.body)}`;
    if (ts.isInterfaceDeclaration(declaration)) return `interface ${head(declaration, declaration.members)}`;
    if (ts.isClassDeclaration(declaration)) {
      const made = declaration.members.find(ts.isConstructorDeclaration);
      const create =
        made === undefined || isHidden(made)
          ? []
          : [`new ${this.#name}${head(made, made.body).slice('constructor'.length)}`];
      return [`class ${head(declaration, declaration.members)}`, ...create].join('\n');
    }
    if (ts.isVariableDeclaration(declaration)) return `const ${this.#name}: ${this.#table(declaration)}`;
    return declaration.getText().replace(/^export /, '');
  }

  /** A table of constants by its names alone; any other constant by its type. */
  #table(declaration: ts.VariableDeclaration): string {
    const type = this.#checker.getTypeAtLocation(declaration);
    const names = type.getProperties().map(({ name }) => name);
    const isTable = declaration.initializer !== undefined && /^\{/.test(declaration.initializer.getText());
    return isTable ? `{ ${names.join(', ')} }` : this.#checker.typeToString(type, declaration);
  }

  /** Public members of an interface or a class, inherited ones too. */
  #members(): { readonly signature: string; readonly doc: string }[] {
    const [declaration] = this.#declarations;
    if (declaration === undefined) return [];
    if (!ts.isInterfaceDeclaration(declaration) && !ts.isClassDeclaration(declaration)) return [];
    const type = this.#checker.getDeclaredTypeOfSymbol(this.#symbol);
    return type.getProperties().flatMap((property) => {
      const member = property.declarations?.[0];
      if (member === undefined || isHidden(member)) return [];
      return [{ signature: memberSignature(member), doc: oneLine(this.#doc(property)) }];
    });
  }

  #doc(symbol: ts.Symbol): string {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker));
    const tags = symbol.getJsDocTags(this.#checker).map((tag) => {
      const said = ts.displayPartsToString(tag.text).replace(/\s+/g, ' ').trim();
      if (tag.name === 'param') return `Parameter ${said.replace(/^(\w+)/, '`$1`:')}.`;
      return tag.name === 'returns' ? `Returns ${said}.` : `Throws ${said}.`;
    });
    return [oneLine(text), ...tags].filter((part) => part !== '').join(' ');
  }
}

function isHidden(member: ts.Declaration): boolean {
  const modifiers = ts.getCombinedModifierFlags(member);
  if ((modifiers & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0) return true;
  if (ts.isConstructorDeclaration(member)) return false;
  const name = ts.getNameOfDeclaration(member);
  return (
    name === undefined ||
    ts.isPrivateIdentifier(name) ||
    !member.getSourceFile().fileName.startsWith(ROOT) ||
    member.getSourceFile().fileName.includes('/node_modules/')
  );
}

/** The declaration's own text up to its body or members, in one line. */
function head(declaration: ts.Declaration, body: ts.Node | ts.NodeArray<ts.Node> | undefined): string {
  const end = body === undefined ? declaration.end : body.pos;
  const text = declaration.getSourceFile().text.slice(declaration.getStart(), end);
  return oneLine(text)
    .replace(/^export /, '')
    .replace(/^(async )?(abstract )?(function|interface|class) /, '')
    .replace(/ ?[{;]$/, '');
}

function memberSignature(member: ts.Declaration): string {
  const body = ts.isMethodDeclaration(member) || ts.isGetAccessorDeclaration(member) ? member.body : undefined;
  return head(member, body).replace(/^(readonly |override |async |abstract |get )+/, '');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
