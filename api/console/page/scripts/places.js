// Going to another view.

/** Go to a place behind #; resolves once its view is on its way, so that a notice after that stays. */
export function go(place) {
  if (location.hash === place) return Promise.resolve();
  return new Promise((resolve) => {
    addEventListener("hashchange", resolve, { once: true });
    location.hash = place;
  });
}
