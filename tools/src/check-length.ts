import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import type { Finding } from './finding.ts';
import { isTestFile } from './is-test-file.ts';
import { listSourceFiles } from './list-source-files.ts';
import { reportFindings } from './report-findings.ts';

export const maxLines = 300;

const wordsByDash = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.[cm]?tsx?$/;
const silencedLint = /\/[/*]\s*(ox|es)lint-disable(?!.*\s-- \S)/;
const nameForAnything = /(^|-)(utils?|helpers?)\.[cm]?tsx?$/;

/** Holds every source file, example and tool to the rules of shape: one concept per file, named exports, coded errors, no rule silenced without a reason. */
export function checkLength(root: string): Finding[] {
  return ['packages', 'examples', 'tools']
    .flatMap((area) => listSourceFiles(root, area))
    .filter((path) => !path.split('/').includes('generated'))
    .flatMap((path) => judgeFile(path, readFileSync(join(root, path), 'utf8')));
}

/** The broken rules of one file. Pure. `path` is relative to the workspace root, with `/`. */
export function judgeFile(path: string, text: string): Finding[] {
  const findings: Finding[] = [];
  const add = (line: number, message: string): void => void findings.push({ file: path, line, message });
  const name = basename(path);
  const lines = text.replace(/\n$/, '').split('\n').length;
  if (lines > maxLines && !name.endsWith('.table.ts') && !isTestFile(path)) add(0, `has ${lines} lines, more than ${maxLines}; split it by concept`);
  if (!wordsByDash.test(name)) add(0, 'is not named in lower case with dashes');
  if (nameForAnything.test(name)) add(0, 'has a name that says nothing; name it after its main export');

  for (const [index, line] of text.split('\n').entries()) {
    if (silencedLint.test(line)) add(index + 1, 'silences a lint rule without " -- reason" on the same line');
  }

  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const lineOf = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const mustThrowCodes = path.startsWith('packages/') && path.split('/')[2] === 'src' && !isTestFile(path);
  const visit = (node: ts.Node): void => {
    if (isDefaultExport(node)) add(lineOf(node), 'exports a default; export it by name');
    if (ts.isExportDeclaration(node) && (node.exportClause === undefined || ts.isNamespaceExport(node.exportClause))) {
      add(lineOf(node), 'exports everything of a module; list the names one by one');
    }
    if (mustThrowCodes && ts.isThrowStatement(node) && isPlainError(node.expression)) {
      add(lineOf(node), "throws a plain Error; throw the package's own error with a code");
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return findings;
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true;
}

function isPlainError(thrown: ts.Expression): boolean {
  return (ts.isNewExpression(thrown) || ts.isCallExpression(thrown)) && ts.isIdentifier(thrown.expression) && thrown.expression.text === 'Error';
}

if (import.meta.main) process.exitCode = reportFindings('length', checkLength(process.cwd()));
