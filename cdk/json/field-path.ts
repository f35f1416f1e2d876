// Dot paths to the scalar fields of a type, for the compiler.

/** Schemas may refer to themselves: below this depth any path is accepted. */
type DeepestChecked = 5;

/** The paths that begin with one field. */
type PathsFrom<Name extends string, Value, Depth extends readonly unknown[]> = unknown extends Value
  ? Name | `${Name}.${string}`
  : Value extends readonly unknown[]
    ? never
    : Value extends object
      ? `${Name}.${FieldPath<Value, [...Depth, Name]>}`
      : Name;

/**
 * Where a record of this type has a string, a number or a boolean: `id`, `commit.committer.date`. Goes through optional
 * and nullable objects. An object whose fields are not known, or with an index signature, accepts any path.
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
