import { expect, test } from 'vitest';
import { parseDiff, readDiff } from './diff.ts';

const ONE = `diff --git a/kernel/bpf/inode.c b/kernel/bpf/inode.c
index 57c2c31..664eadc 100644
--- a/kernel/bpf/inode.c
+++ b/kernel/bpf/inode.c
@@ -742,3 +742,4 @@ static int bpf_show_options(struct seq_file *m, struct dentry *root)
 	if (mode != S_IRWXUGO)
--- a/../../not/a/header
+++ b/it is a line of the file
+	twice();
 
`;

test('lines of a hunk are counted, so that a removed line that looks like a header is none', () => {
  expect(parseDiff(`text\n${ONE}-- \n2.47\n`, 'p')).toEqual([
    {
      before: 'kernel/bpf/inode.c',
      after: 'kernel/bpf/inode.c',
      hunks: [{ start: 742, patchLine: 6 }],
      added: ['++ b/it is a line of the file', '\ttwice();'],
      removed: 1,
    },
  ]);
});

test('new, removed, renamed and empty files have their names', () => {
  const text = `diff --git a/new.c b/new.c
new file mode 100644
--- /dev/null
+++ b/new.c
@@ -0,0 +1 @@
+x
diff --git a/old.c b/old.c
deleted file mode 100644
--- a/old.c
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/a/one.c b/a/two.c
similarity index 100%
rename from a/one.c
rename to a/two.c
diff --git a/empty.h b/empty.h
new file mode 100644
--- linux.orig/kernel/fork.c\t2026-01-01
+++ linux/kernel/fork.c\t2026-01-02
@@ -1 +1 @@
-a
+b
`;
  expect(parseDiff(text, 'p').map(({ before, after }) => [before, after])).toEqual([
    [undefined, 'new.c'],
    ['old.c', undefined],
    ['a/one.c', 'a/two.c'],
    [undefined, 'empty.h'],
    ['kernel/fork.c', 'kernel/fork.c'],
  ]);
});

const named = (before: string, after = before) => `--- ${before}\n+++ ${after}\n@@ -0,0 +1 @@\n+x\n`;

test.each([
  ['above the source', named('a/../../etc/passwd', 'b/../../etc/passwd'), 'outside the source'],
  ['above, without a prefix', named('../../etc/passwd'), 'outside the source'],
  ['an absolute path', named('/dev/null', '/etc/passwd'), 'outside the source'],
  ['a renaming to above', 'diff --git a/x b/x\nrename from x\nrename to ../../etc/x\n', 'outside the source'],
  ['an empty file above', 'diff --git a/x b/../../x\nnew file mode 100644\n', 'outside the source'],
  ['git itself', named('a/.git/hooks/x', 'b/.git/hooks/x'), 'unusual name'],
  ['a quoted name', 'diff --git "a/\\056./x" "b/\\056./x"\n', 'unusual name'],
  ['a symbolic link', 'diff --git a/x b/x\nnew file mode 120000\n', 'symbolic link'],
  ['a submodule', 'diff --git a/x b/x\nnew file mode 160000\n', 'submodule'],
  ['a binary file', 'diff --git a/x b/x\nGIT binary patch\n', 'binary'],
  ['a cut patch', ONE.split('\n').slice(0, 8).join('\n'), 'ends too early'],
])('%s is refused with the line', (_, text, message) => {
  expect(() => parseDiff(text, 'fix.patch')).toThrow(
    expect.objectContaining({
      code: 'KC_PATCH',
      message: expect.stringMatching(new RegExp(`^fix.patch, line \\d+: .*${message}`)),
    }),
  );
});

test('a reader that applies nothing gets what can be read, and the faults with their lines', () => {
  const text = `${named('a/../../x', 'b/../../x')}diff --git a/cut.c b/cut.c
--- a/cut.c
+++ b/cut.c
@@ -1,2 +1,3 @@
 one
+two
text
diff --git "a/\\056./y" "b/\\056./y"
--- "a/\\056./y"
+++ "b/\\056./y"
@@ -0,0 +1 @@
+y
`;
  const { files, faults } = readDiff(text);
  expect(files).toEqual([
    { before: 'cut.c', after: 'cut.c', hunks: [{ start: 1, patchLine: 8 }], added: ['two'], removed: 0 },
  ]);
  expect(faults.map(({ line, why, isOutside }) => [line, why, isOutside])).toEqual([
    [1, 'it changes a file outside the source', true],
    [1, 'it changes a file outside the source', true],
    [8, 'a hunk ends too early', false],
    [12, 'it has a file with an unusual name', false],
    [13, 'it has a file with an unusual name', false],
    [13, 'it has a file with an unusual name', false],
  ]);
});
