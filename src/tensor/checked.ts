let checked = false;

/** Whether checks are on: see `setChecked`. */
export function isChecked(): boolean {
  return checked;
}

/**
 * Switches checks on or off, for looking for a mistake: they are slow. Indices, pointers and class
 * numbers are checked also where they are computed, at once, so that one out of range throws an
 * IndexError where otherwise it reads 0 or is dropped. Functions compiled from now on are checked as
 * with `checked: true`. At first off.
 *
 * @example
 * setChecked(true);
 * const x = tensor([1, 2, 3]);
 * x.indexSelect(0, x.int().add(1)); // throws: index 3 is out of range
 */
export function setChecked(on: boolean): void {
  checked = on;
}
