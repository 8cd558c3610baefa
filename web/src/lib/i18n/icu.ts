/**
 * ICU MessageFormat for i18next: `{name}`, `{count, number}`, `{count, plural, one {# expert} other {# experts}}` and
 * `{role, select, seeker {…} other {…}}`. intl-messageformat would add 10 kB to the first load (docs/decisions/0045).
 */
import {
  MessageFormatter,
  pluralTypeHandler,
  selectTypeHandler,
  type TypeHandler,
} from "@ultraq/icu-message-formatter";
import type { I18nFormatModule } from "i18next";
import { memo } from "../memo";
import { formatNumber } from "./numbers";

const number: TypeHandler<number> = (value) => formatNumber(value ?? 0);

const formatters = new Map<string, MessageFormatter>();

function formatterFor(language: string): MessageFormatter {
  const handlers = { number, plural: pluralTypeHandler, select: selectTypeHandler };
  return memo(formatters, language, () => new MessageFormatter(language, handlers));
}

/** The message with its arguments filled in. Throws where the braces of the message are not balanced. */
export function formatMessage(message: string, values: object, language: string): string {
  if (!message.includes("{")) return message;
  return formatterFor(language)
    .process(message, values as Record<string, unknown>)
    .flat(Infinity)
    .join("");
}

/** The plugin. i18next's own `{{name}}` and its key suffixes for plurals are out of use with it. */
export const icuFormat: I18nFormatModule & {
  parse(message: string, values: object, language: string): string;
  addLookupKeys(keys: string[]): string[];
} = {
  type: "i18nFormat",
  parse: formatMessage,
  addLookupKeys: (keys) => keys,
};
