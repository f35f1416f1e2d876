// A constant in a property selects an option of a spec's oneOf. Ajv does not know that: it lists the faults of every
// option, which hide those of the selected one.
import type {ErrorObject} from 'ajv';
import {isObject} from '../json/values.ts';

/** The property that distinguishes the options, with its constant in each of them. */
type Tag = {readonly name: string; readonly constants: readonly unknown[]};

/** A value that fits no option of a oneOf or anyOf. */
type Choice = {
  readonly fault: ErrorObject;
  readonly tag: Tag | undefined;
  /** The index of the option whose constant the value has, or -1. */
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

/** The index of the choice's option in which a fault lies; undefined if it lies elsewhere. */
const optionOf = (fault: ErrorObject, choice: ErrorObject): number | undefined =>
  fault.schemaPath.startsWith(`${choice.schemaPath}/`) &&
  `${fault.instancePath}/`.startsWith(`${choice.instancePath}/`)
    ? Number.parseInt(fault.schemaPath.slice(choice.schemaPath.length + 1), 10)
    : undefined;

/** If no option was chosen, the tag is the fault. */
const atTag = (fault: ErrorObject, {name, constants}: Tag): ErrorObject => ({
  ...fault,
  keyword: 'enum',
  instancePath: `${fault.instancePath}/${name}`,
  params: {allowedValues: constants},
  data: errorField(fault, name),
});

/** Leaves out the faults of options that the user did not choose. */
export const relevantFaults = (faults: readonly ErrorObject[]): readonly ErrorObject[] => {
  const choices = faults
    .filter(({keyword}) => keyword === 'oneOf' || keyword === 'anyOf')
    .map(choiceOf);
  const isRelevant = (fault: ErrorObject): boolean =>
    choices.every((choice) => {
      const option = optionOf(fault, choice.fault);
      return option === undefined || choice.tag === undefined || option === choice.chosen;
    });
  const relevant = faults.filter(isRelevant);
  return relevant.flatMap((fault) => {
    const choice = choices.find((candidate) => candidate.fault === fault);
    if (choice === undefined) return [fault];
    // The faults inside the option say more.
    if (relevant.some((other) => optionOf(other, fault) !== undefined)) return [];
    return [choice.tag && choice.chosen < 0 ? atTag(fault, choice.tag) : fault];
  });
};
