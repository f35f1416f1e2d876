// An option of a spec's oneOf is chosen by a constant in one of its properties. Ajv does not know that: it lists
// the faults of every option, and those of the one the user meant drown among them.
import type {ErrorObject} from 'ajv';
import {isObject} from '../json/values.ts';

/** The property that tells the options apart, with its constant in each of them. */
type Tag = {readonly name: string; readonly constants: readonly unknown[]};

/** A value that fits no option of a oneOf or anyOf. */
type Choice = {
  readonly fault: ErrorObject;
  readonly tag: Tag | undefined;
  /** The option whose constant the value has; -1 where there is none. */
  readonly chosen: number;
};

const constantOf = (property: unknown): unknown => {
  if (!isObject(property)) return undefined;
  const {enum: values} = property;
  return Array.isArray(values) && values.length === 1 ? values[0] : property['const'];
};

const tagOf = (options: unknown): Tag | undefined => {
  if (!Array.isArray(options)) return undefined;
  const properties = options.map((option) =>
    isObject(option) && isObject(option['properties']) ? option['properties'] : {},
  );
  return Object.keys(properties[0] ?? {})
    .map((name) => ({name, constants: properties.map((option) => constantOf(option[name]))}))
    .find(({constants}) => constants.every((constant) => constant !== undefined));
};

const errorField = ({data}: ErrorObject, name: string): unknown =>
  isObject(data) ? data[name] : undefined;

const choiceOf = (fault: ErrorObject): Choice => {
  const tag = isObject(fault.data) ? tagOf(fault.schema) : undefined;
  const chosen = tag === undefined ? -1 : tag.constants.indexOf(errorField(fault, tag.name));
  return {fault, tag, chosen};
};

/** In which of a choice's options a fault lies; undefined where it lies elsewhere. */
const optionOf = (fault: ErrorObject, choice: ErrorObject): number | undefined =>
  fault.schemaPath.startsWith(`${choice.schemaPath}/`) &&
  `${fault.instancePath}/`.startsWith(`${choice.instancePath}/`)
    ? Number.parseInt(fault.schemaPath.slice(choice.schemaPath.length + 1), 10)
    : undefined;

/** No option was chosen: that is the fault then, and it lies in the tag. */
const atTag = (fault: ErrorObject, {name, constants}: Tag): ErrorObject => ({
  ...fault,
  keyword: 'enum',
  instancePath: `${fault.instancePath}/${name}`,
  params: {allowedValues: constants},
  data: errorField(fault, name),
});

/** The faults without those of the options that the user did not choose. */
export const faultsMeant = (faults: readonly ErrorObject[]): readonly ErrorObject[] => {
  const choices = faults
    .filter(({keyword}) => keyword === 'oneOf' || keyword === 'anyOf')
    .map(choiceOf);
  const isMeant = (fault: ErrorObject): boolean =>
    choices.every((choice) => {
      const option = optionOf(fault, choice.fault);
      return option === undefined || choice.tag === undefined || option === choice.chosen;
    });
  const meant = faults.filter(isMeant);
  return meant.flatMap((fault) => {
    const choice = choices.find((candidate) => candidate.fault === fault);
    if (choice === undefined) return [fault];
    // What is wrong inside says more than that something is.
    if (meant.some((other) => optionOf(other, fault) !== undefined)) return [];
    return [choice.tag && choice.chosen < 0 ? atTag(fault, choice.tag) : fault];
  });
};
