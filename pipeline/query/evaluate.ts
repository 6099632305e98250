/** Whether a run is as an expression says. */
import { holds, isGiven, type FieldValue } from './compare.ts';
import type { Expression } from './expression.ts';

export type FieldReader = (name: string) => FieldValue;

export function matches(expression: Expression, field: FieldReader): boolean {
  switch (expression.kind) {
    case 'and': return expression.parts.every((part) => matches(part, field));
    case 'or': return expression.parts.some((part) => matches(part, field));
    case 'not': return !matches(expression.of, field);
    case 'has': return isGiven(field(expression.field.name));
    case 'compare': return holds(field(expression.field.name), expression.operator, expression.value);
    case 'in': {
      const value = field(expression.field.name);
      return expression.values.some((each) => holds(value, '=', each));
    }
  }
}
