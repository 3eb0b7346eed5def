/** What was found, or why nothing was. */
export type Outcome<T> =
  | { readonly value: T; readonly failure?: undefined }
  | { readonly value?: undefined; readonly failure: string };

export function found<T>(value: T): Outcome<T> {
  return { value };
}

export function failed(failure: string): Outcome<never> {
  return { failure };
}

/** The same of what was found. */
export function outcomeOf<T, U>(outcome: Outcome<T>, then: (value: T) => U): Outcome<U> {
  return outcome.failure === undefined ? found(then(outcome.value)) : outcome;
}
