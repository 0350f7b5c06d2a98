import { eye, fromData } from '../tensor/index.js';
import { EdgeIndex } from './edge-index.js';
import { Graph } from './graph.js';

/** A line for each node: its later neighbours, and how many kinds of contact they had. */
const CONTACTS = `
0 – 1:4 2:5 3:3 4:3 5:3 6:3 7:2 8:2 10:2 11:3 12:2 13:3 17:2 19:2 21:2 31:2
1 – 2:6 3:3 7:4 13:5 17:1 19:2 21:2 30:2
2 – 3:3 7:4 8:5 9:1 13:3 27:2 28:2 32:3
3 – 7:3 12:3 13:3
4 – 6:2 10:3
5 – 6:5 10:3 16:3
6 – 16:3
8 – 30:3 32:4 33:4
9 – 33:2
13 – 33:3
14 – 32:3 33:2
15 – 32:3 33:4
18 – 32:1 33:2
19 – 33:1
20 – 32:3 33:1
22 – 32:2 33:3
23 – 25:5 27:4 29:3 32:5 33:4
24 – 25:2 27:3 31:2
25 – 31:7
26 – 29:4 33:2
27 – 33:4
28 – 31:2 33:2
29 – 32:4 33:2
30 – 32:3 33:3
31 – 32:4 33:4
32 – 33:5
`;

/** Which club each joined after the split: 0 that of Mr. Hi, node 0; 1 the officers', node 33. */
const CLUBS = '0000000001000011001010111111111111';

/**
 * Zachary's karate club: 34 members, the 78 pairs of them who met outside the club with the number of
 * ways they did, and the two clubs it became. Node features are the identity. W. W. Zachary, An
 * information flow model for conflict and fission in small groups, 1977.
 *
 * @example
 * const club = karateClub();
 * club.numEdges; // 156: both ways
 */
export function karateClub(): Graph {
  const [from, to, weights]: [number[], number[], number[]] = [[], [], []];
  for (const line of CONTACTS.trim().split('\n')) {
    const [node, contacts] = line.split(' – ') as [string, string];
    for (const contact of contacts.split(' ')) {
      const [v, [w, weight]] = [Number(node), contact.split(':').map(Number) as [number, number]];
      from.push(v, w);
      to.push(w, v);
      weights.push(weight, weight);
    }
  }
  const clubs = Int32Array.from(CLUBS, Number);
  return new Graph({
    edgeIndex: new EdgeIndex([from, to], clubs.length),
    x: eye(clubs.length),
    edgeWeight: fromData(Float32Array.from(weights), [weights.length]),
    y: fromData(clubs, [clubs.length]),
  });
}
