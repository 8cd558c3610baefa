// The texts of the app, read from its source: the literals that `t`, `msg` and `<Trans i18nKey>` are given.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TYPE, parse } from "@formatjs/icu-messageformat-parser";
import ts from "typescript";

const src = fileURLToPath(new URL("../src", import.meta.url));
const CALLS = new Set(["t", "msg"]);

/** Every text with the first place that shows it: Map of "English text" to "src/file.tsx:12". */
export function textsOfSource(folder = src) {
  const found = new Map();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (!/\.tsx?$/.test(name) || /\.test\.tsx?$|\.gen\.ts$|(^|\/)test\//.test(name)) continue;
    const path = join(folder, name);
    for (const [text, line] of textsOf(readFileSync(path, "utf8"), path))
      if (!found.has(text)) found.set(text, `src/${name}:${line}`);
  }
  return found;
}

/** The texts of one file as pairs of text and line. Throws for a `t` of something that is put together on the spot. */
export function textsOf(content, path) {
  const file = ts.createSourceFile(path, content, ts.ScriptTarget.Latest, true, scriptKind(path));
  const found = [];
  const add = (node, argument) => {
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    for (const literal of literalsOf(argument, `${path}:${line}`)) found.push([literal, line]);
  };
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && CALLS.has(node.expression.text))
      add(node, node.arguments[0]);
    if (ts.isJsxAttribute(node) && node.name.getText() === "i18nKey" && node.initializer)
      add(node, ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function literalsOf(node, place) {
  if (!node) return [];
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return node.text ? [node.text] : [];
  if (ts.isConditionalExpression(node))
    return [...literalsOf(node.whenTrue, place), ...literalsOf(node.whenFalse, place)];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
    return [...literalsOf(node.left, place), ...literalsOf(node.right, place)];
  if (ts.isTemplateExpression(node) || ts.isBinaryExpression(node))
    throw new Error(`${place}: a text is one literal with arguments, never put together from pieces.`);
  // A variable or a table's entry: its texts are marked with msg() where they are written.
  return [];
}

function scriptKind(path) {
  return path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
}

/** What is wrong with a translation: an argument or a tag that the text has not, or a plural form that the language needs. */
export function faultsOf(text, translation, language) {
  let wanted, given;
  try {
    wanted = partsOf(parse(text));
    given = partsOf(parse(translation));
  } catch (error) {
    return [`is no ICU message (${error.message})`];
  }
  const faults = [];
  for (const part of wanted.names) if (!given.names.has(part)) faults.push(`lacks ${part}`);
  for (const part of given.names) if (!wanted.names.has(part)) faults.push(`has ${part}, the text has not`);
  const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  for (const forms of given.plurals)
    for (const form of needed) if (!forms.includes(form)) faults.push(`lacks the plural form "${form}"`);
  // Some readers of Arabic have digits of their own, others not: numbers of both kinds would stand side by side.
  if (language === "ar" && given.digits && given.names.size > 0)
    faults.push("has a digit beside an argument: write the number as a word");
  return faults;
}

/** The texts that a catalogue has more than once: of their translations only the last would count. */
export function repeatedIn(catalogue) {
  const texts = [...catalogue.matchAll(/^ {2}("(?:[^"\\]|\\.)*"):/gm)].map(([, text]) => JSON.parse(text));
  return texts.filter((text, index) => texts.indexOf(text) < index);
}

function partsOf(elements, parts = { names: new Set(), plurals: [], digits: false }) {
  for (const element of elements) {
    if (element.type === TYPE.literal && /\d/.test(element.value)) parts.digits = true;
    if (element.type === TYPE.tag) {
      parts.names.add(`<${element.value}>`);
      partsOf(element.children, parts);
    } else if (element.type !== TYPE.literal && element.type !== TYPE.pound) {
      parts.names.add(`{${element.value}}`);
      if (element.type === TYPE.plural) parts.plurals.push(Object.keys(element.options));
      if (element.options) for (const { value } of Object.values(element.options)) partsOf(value, parts);
    }
  }
  return parts;
}
