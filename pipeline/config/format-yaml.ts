/** Plain JSON as YAML 1.2 that people like to read: short lists on one line, no line breaks inside texts. */
import { Document, isScalar, visit } from 'yaml';
import type { Json } from '../stage.ts';

export function formatYaml(json: Json): string {
  const document = new Document(json, { version: '1.2', schema: 'core', aliasDuplicateObjects: false });
  visit(document, {
    Seq(_, list) {
      list.flow = list.items.every((item) => isScalar(item));
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
