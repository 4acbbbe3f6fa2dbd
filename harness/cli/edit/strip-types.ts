import ts from 'typescript';

/** What the user typed, without its types; or why it is not TypeScript (yet). */
export type Stripped =
  | { readonly code: string }
  /** More lines may complete it. */
  | { readonly unfinished: true }
  | { readonly error: string };

/** A statement at a prompt; what looks like a block is an object where it can be one, as in node's own prompt. */
export function stripTypes(text: string): Stripped {
  if (/^\s*\{/.test(text)) {
    const object = strip(`(${text.trimEnd()}\n)`);
    if ('code' in object) return object;
  }
  return strip(text);
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
};

function strip(text: string): Stripped {
  const { outputText, diagnostics = [] } = ts.transpileModule(text, {
    compilerOptions: OPTIONS,
    reportDiagnostics: true,
  });
  const [first] = diagnostics;
  if (first === undefined) return { code: outputText.replace(/^"use strict";\n/, '') };
  if (first.start !== undefined && first.start >= text.trimEnd().length) return { unfinished: true };
  return { error: ts.flattenDiagnosticMessageText(first.messageText, '\n') };
}
