import type { TableFitOptions } from '../table-fit.js';

/** How a published table becomes a task. */
export interface TableRecipe {
  readonly name: string;
  readonly description: string;
  readonly task: 'classification' | 'regression';
  /** Without `.gz`, whether packed or not. */
  readonly files: { readonly train: string; readonly test?: string };
  /** Names of the columns, where the file has none. */
  readonly columns?: readonly string[];
  readonly fit: TableFitOptions;
  /** What a cell of a column really means. */
  readonly clean?: (cell: string, column: number) => string;
}

const CELL = ['radius', 'texture', 'perimeter', 'area', 'smoothness', 'compactness', 'concavity'];
const MEASURES = [...CELL, 'concave-points', 'symmetry', 'fractal-dimension'];

const ADULT = [
  'age',
  'workclass',
  'fnlwgt',
  'education',
  'education-num',
  'marital-status',
  'occupation',
  'relationship',
  'race',
  'sex',
  'capital-gain',
  'capital-loss',
  'hours-per-week',
  'native-country',
  'income',
];

/** The targets are the usual ones. */
export const TABLE_RECIPES: readonly TableRecipe[] = [
  {
    name: 'iris',
    description: 'three kinds of iris from 4 measures of their flowers, 150 rows',
    task: 'classification',
    files: { train: 'iris.csv' },
    columns: ['sepal-length', 'sepal-width', 'petal-length', 'petal-width', 'species'],
    fit: { target: 'species' },
  },
  {
    name: 'wine',
    description: 'three vineyards from 13 properties of their wine, 178 rows',
    task: 'classification',
    files: { train: 'wine.csv' },
    columns: [
      'alcohol',
      'malic-acid',
      'ash',
      'alcalinity',
      'magnesium',
      'phenols',
      'flavanoids',
      'nonflavanoid-phenols',
      'proanthocyanins',
      'colour',
      'hue',
      'od280-od315',
      'proline',
      'class',
    ],
    fit: { target: 'class', types: { class: 'category' } },
  },
  {
    name: 'wdbc',
    description: 'benign or malignant from 30 measures of cell nuclei, 569 rows',
    task: 'classification',
    files: { train: 'wdbc.csv' },
    columns: [
      'id',
      'diagnosis',
      ...['mean', 'error', 'worst'].flatMap((kind) => MEASURES.map((m) => `${m}-${kind}`)),
    ],
    fit: { target: 'diagnosis', ignore: ['id'] },
  },
  {
    name: 'breast-cancer',
    description: 'benign (2) or malignant (4) from 9 grades of a biopsy, 699 rows, 16 incomplete',
    task: 'classification',
    files: { train: 'breast-cancer-wisconsin.csv' },
    columns: [
      'clump-thickness',
      'cell-size',
      'cell-shape',
      'adhesion',
      'epithelial-size',
      'bare-nuclei',
      'chromatin',
      'nucleoli',
      'mitoses',
      'class',
    ],
    fit: { target: 'class', types: { class: 'category' }, missing: 'fill' },
  },
  {
    name: 'adult',
    description: 'income above 50,000 from 14 facts of a census, 32,561 + 16,281 rows',
    task: 'classification',
    files: { train: 'adult-train.csv', test: 'adult-test.csv' },
    columns: ADULT,
    fit: {
      target: 'income',
      missing: 'fill',
      types: { 'native-country': 'category', education: 'category' },
    },
    // The test part ends each label in a full stop.
    clean: (cell, column) => (column === ADULT.length - 1 ? cell.replace(/\.$/, '') : cell),
  },
  {
    name: 'california-housing',
    description: 'median house value of a block from 9 facts of a census, 20,640 rows',
    task: 'regression',
    files: { train: 'california_housing.csv' },
    fit: { target: 'median_house_value', missing: 'fill', targetScaling: 'standardize' },
  },
  {
    name: 'penguins',
    description: 'three kinds of penguins from 7 facts, 344 rows, 11 incomplete',
    task: 'classification',
    files: { train: 'penguins.csv' },
    fit: { target: 'species', missing: 'fill' },
  },
];
