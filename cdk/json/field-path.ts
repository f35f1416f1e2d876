/** Types may refer to themselves: below this depth any path is accepted. */
type DeepestChecked = 5;

type PathsFrom<Name extends string, Value, Depth extends readonly unknown[]> = unknown extends Value
  ? Name | `${Name}.${string}`
  : Value extends readonly unknown[]
    ? never
    : Value extends object
      ? `${Name}.${FieldPath<Value, [...Depth, Name]>}`
      : Name;

/**
 * The path of a string, number or boolean in a record of this type: `id`, `commit.committer.date`. Goes through optional
 * and nullable objects. An object with unknown fields or an index signature accepts any path.
 */
export type FieldPath<
  R,
  Depth extends readonly unknown[] = [],
> = Depth['length'] extends DeepestChecked
  ? string
  : keyof R extends never
    ? string
    : string extends keyof R
      ? string
      : {
          readonly [Name in keyof R & string]-?: PathsFrom<Name, NonNullable<R[Name]>, Depth>;
        }[keyof R & string];
