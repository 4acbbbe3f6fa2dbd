import * as z from 'zod';

const words = z.string().regex(/^[^\s#]+( +[^\s#]+)*$/, 'it must be words on one line');
const list = z.union([words, z.array(words).min(1)]);

/** Before a colon of a kernel's name. `debian` is what kconform always knows. */
const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'it must be lower-case letters, digits and dashes, and begin with a letter')
  .refine((name) => !['debian', 'published', 'all', 'linux'].includes(name), 'the name is taken');

/**
 * An apt repository that publishes kernels, as kconform.config.ts declares it: the fields of a deb822 source (sources.list(5)), or
 * its text in `deb822`.
 */
export const SourceDeclaration = z
  .strictObject({
    /** Stands before the names of its kernels: `ubuntu:6.8`. */
    name: Name,
    /** The flavour of a spec that names none: `generic`. */
    flavour: z.string().min(1).optional(),
    deb822: z.string().min(1).optional(),
    types: z.literal('deb').optional(),
    uris: list.optional(),
    suites: list.optional(),
    components: list.optional(),
    /** The path of a keyring, from the configuration's own folder, or a public key as text. */
    signedBy: z.string().min(1).optional(),
  })
  .transform((given, context) => {
    const { name, flavour, deb822, ...own } = given;
    const faults: string[] = [];
    if (deb822 !== undefined && Object.keys(own).length > 0) faults.push('deb822 and fields exclude each other');
    const fields = deb822 === undefined ? fieldsOf(own) : parseDeb822(deb822, faults);
    if (fields.get('URIs') === undefined) faults.push('URIs are missing');
    if (fields.get('Suites') === undefined) faults.push('Suites are missing');
    for (const uri of fields.get('URIs')?.split(/\s+/) ?? []) {
      if (!/^[a-z][a-z0-9+]*:\S/.test(uri)) faults.push(`"${uri}" is not a URI`);
    }
    const isFlat =
      fields
        .get('Suites')
        ?.split(/\s+/)
        .every((suite) => suite.endsWith('/')) ?? false;
    if (!isFlat && fields.get('Components') === undefined) faults.push('Components are missing');
    if (/^(yes|true|1|force)$/i.test(fields.get('Trusted') ?? ''))
      faults.push('Trusted: yes is refused: apt must verify signatures');
    for (const message of faults) context.addIssue({ code: 'custom', message: `source ${name}: ${message}` });
    return { name, flavour, fields };
  });

/** A declaration that was checked. */
export type KernelSource = z.infer<typeof SourceDeclaration>;

/** The fields that a source may have. `Trusted` is read to be refused: it turns off checks of signatures. */
const FIELDS = ['Types', 'URIs', 'Suites', 'Components', 'Signed-By', 'Architectures', 'Enabled', 'Trusted'];

function fieldsOf({ uris, suites, components, signedBy }: Readonly<Record<string, string | string[] | undefined>>) {
  const given = { URIs: uris, Suites: suites, Components: components, 'Signed-By': signedBy };
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) fields.set(name, typeof value === 'string' ? value : value.join(' '));
  }
  return fields;
}

/** Reads one stanza of deb822 (deb822(5)): continuation lines begin with a blank, and ` .` stands for an empty one. */
function parseDeb822(text: string, faults: string[]): Map<string, string> {
  const fields = new Map<string, string>();
  let last = '';
  if (/^deb\s/.test(text.trimStart())) {
    faults.push('it is a line of the old form; write its parts as fields: uris, suites, components, signedBy');
    return fields;
  }
  if (/\n\s*\n/.test(text.trim())) faults.push('deb822 is more than one source');
  for (const line of text.trim().split('\n')) {
    const [, name, value = ''] = /^([A-Za-z-]+):(.*)$/.exec(line) ?? [];
    const field = FIELDS.find((known) => known.toLowerCase() === name?.toLowerCase());
    if (line.startsWith('#')) continue;
    if (/^\s/.test(line) && last !== '') {
      fields.set(last, `${fields.get(last)}\n${line.trim().replace(/^\.$/, '')}`.trimStart());
    } else if (field === undefined) {
      faults.push(name === undefined ? `"${line}" is not a field of deb822` : `unknown field ${name}`);
      last = name ?? '';
    } else {
      fields.set(field, value.trim());
      last = field;
    }
  }
  for (const name of ['URIs', 'Suites', 'Components']) {
    const value = fields.get(name);
    if (value !== undefined) fields.set(name, value.replaceAll(/\s+/g, ' '));
  }
  if ((fields.get('Types') ?? 'deb') !== 'deb') faults.push(`Types is "${fields.get('Types')}", not deb`);
  if (/^(no|false|0)$/i.test(fields.get('Enabled') ?? '')) faults.push('it is not enabled');
  return fields;
}
