// What the page shows is in its address, so that it can be shared and the back button works:
//   #/node/12?hops=2&deals=0&selected=34&fact=56
import { useSyncExternalStore } from "react";

export interface Route {
  // The node that the graph is drawn around; null on the start page.
  root: bigint | null;
  // The node that the side panel describes; the root unless another was chosen.
  selected: bigint | null;
  // The fact whose evidence is shown.
  fact: bigint | null;
  hops: number;
  // Whether deals are drawn as nodes, or as lines between their parties.
  deals: boolean;
}

function parseId(text: string | null | undefined): bigint | null {
  return text && /^[0-9]{1,20}$/.test(text) ? BigInt(text) : null;
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  const parameters = new URLSearchParams(query);
  const root = parseId(/^\/node\/([0-9]+)$/.exec(path)?.[1]);
  return {
    root,
    selected: parseId(parameters.get("selected")) ?? root,
    fact: parseId(parameters.get("fact")),
    hops: parameters.get("hops") === "2" ? 2 : 1,
    deals: parameters.get("deals") !== "0",
  };
}

export function formatRoute(route: Route): string {
  if (route.root === null) return "#/";
  const parameters = new URLSearchParams();
  if (route.hops !== 1) parameters.set("hops", String(route.hops));
  if (!route.deals) parameters.set("deals", "0");
  if (route.selected !== null && route.selected !== route.root) {
    parameters.set("selected", String(route.selected));
  }
  if (route.fact !== null) parameters.set("fact", String(route.fact));
  const query = parameters.toString();
  return `#/node/${route.root}${query ? `?${query}` : ""}`;
}

const listeners = new Set<() => void>();
function changed(): void {
  for (const listener of listeners) listener();
}
addEventListener("hashchange", changed);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let cachedHash: string | null = null;
let cachedRoute: Route = parseRoute("");
function snapshot(): Route {
  if (location.hash !== cachedHash) {
    cachedHash = location.hash;
    cachedRoute = parseRoute(cachedHash);
  }
  return cachedRoute;
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, snapshot);
}

export function navigate(change: Partial<Route>): void {
  const hash = formatRoute({ ...snapshot(), ...change });
  if (hash === location.hash) return;
  location.hash = hash;
  // The event comes later; a checkbox would jump back until then.
  changed();
}

// A new centre: nothing of the former one stays chosen.
export function openNode(id: bigint): void {
  navigate({ root: id, selected: id, fact: null });
}
