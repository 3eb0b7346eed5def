/** Grades as linear algebra over what an evaluation holds, for backends that carry it out themselves. */
export type Recipe = NormRecipe | SpreadRecipe;

/** Of y = (b/scale)·matrix: max_j |y_j|, ‖y‖, or ‖y‖/‖b/scale‖, which is 0 for b = 0. */
export type Norm = 'largest' | 'length' | 'share';

/** A norm of products of an atom's projections b; Infinity for elements without a set. */
export interface NormRecipe {
  readonly of: 'projections';
  readonly norm: Norm;
  readonly sets: readonly ProductSet[];
}

/** What an atom's projections are multiplied with if it is of this element. */
export interface ProductSet {
  readonly element: string;
  /** Functions, K: as many of a row of projections count. */
  readonly size: number;
  /** Units of b, [K]; 1 where absent. */
  readonly scale?: Float64Array;
  readonly columns: number;
  /** Row-major [K × columns], equally many a group: their mean counts, and of several groups the least. */
  readonly groups: readonly (readonly Float64Array[])[];
}

/** The root mean square over members of the distance of an atom's force from the members' mean. */
export interface SpreadRecipe {
  readonly of: 'memberForces';
}

/** Where the grade is the largest coordinate by one matrix for each element. */
export function singleMatrices(
  recipe: Recipe | undefined,
): readonly { readonly element: string; readonly size: number; readonly matrix: Float64Array }[] | undefined {
  if (recipe?.of !== 'projections' || recipe.norm !== 'largest') return undefined;
  const square = recipe.sets.every(
    (s) => !s.scale && s.columns === s.size && s.groups.length === 1 && s.groups[0].length === 1,
  );
  return square
    ? recipe.sets.map(({ element, size, groups }) => ({ element, size, matrix: groups[0][0] }))
    : undefined;
}
