/* Places on a map that are near each other, as one circle. Written for this project. Apache-2.0. */
"use strict";

const rasdPlaces = (function () {
  const NEAR = 40; /* pixels; no circle is wider, so that none covers another of its kind */

  /* Places by what they are nearest to on the paper: the busiest first, each takes in what lies near
     it and is of its kind. Rings (countries) and points are never put together.
     points: {at: [longitude, latitude], n, ring}; pixel: gives [x, y] of a place on the paper.
     Gives [{seed, members}] with all points in it, the same whatever order ties come in. */
  function together(points, pixel) {
    const order = (a, b) => b.n - a.n || a.at[0] - b.at[0] || a.at[1] - b.at[1]
      || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
    const found = [];
    points.slice().sort(order).forEach((point) => {
      const [x, y] = pixel(point.at);
      const home = found.find((each) => Boolean(each.seed.ring) === Boolean(point.ring)
        && (each.x - x) ** 2 + (each.y - y) ** 2 < NEAR * NEAR);
      if (home) home.members.push(point);
      else found.push({ seed: point, members: [point], x, y });
    });
    return found.map((each) => ({ seed: each.seed, members: each.members }));
  }

  /* How far a cluster's places lie from each other, in degrees. */
  function width(members) {
    return Math.max(...[0, 1].map((axis) => {
      const at = members.map((point) => point.at[axis]);
      return Math.max(...at) - Math.min(...at);
    }));
  }

  return { NEAR, together, width };
})();
