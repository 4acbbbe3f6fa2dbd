// How scenarios and expectations are found that stand outside any package: a file in /tmp, say.
const KCONFORM = new URL('../index.ts', import.meta.url).href;

export async function resolve(specifier, context, next) {
  if (specifier === 'kconform') return { url: KCONFORM, format: 'module', shortCircuit: true };
  const found = await next(specifier, context);
  // Without a package.json that says "type": "module", node takes TypeScript for CommonJS; ours never is.
  return found.format === 'commonjs' && found.url.split('?')[0]?.endsWith('.ts')
    ? { ...found, format: 'module' }
    : found;
}
