// Loads what lies around nodes, and keeps what is drawn within its bound.
import { graph } from "./api";
import { FactStatus, NodeKind, type Edge } from "./gen/partnergraph/v1/graph_pb";
import type { RingNode } from "./gen/partnergraph/v1/graph_service_pb";
import type { ViewEdge, ViewNode } from "./graph_view";
import type { Translator } from "./language";

export const NODES_MAX = 300;

export interface Picture {
  nodes: Map<string, RingNode>;
  edges: Map<string, Edge>;
  // Nodes that are known to exist but are not in the picture: a number, or at least one.
  missing: number;
  cut: boolean;
}

export async function loadPicture(
  id: bigint,
  hops: number,
  deals: boolean,
  signal: AbortSignal,
): Promise<Picture> {
  const picture: Picture = { nodes: new Map(), edges: new Map(), missing: 0, cut: false };
  const parts = graph.neighborhood(
    {
      nodeIds: [id],
      // Through a deal that is a node of its own, a partner is two steps away.
      hops: deals ? hops * 2 : hops,
      expandPartnerships: deals,
      budget: { maxNodes: BigInt(NODES_MAX) },
    },
    { signal },
  );
  for await (const part of parts) {
    for (const found of part.nodes) {
      if (found.node) picture.nodes.set(String(found.node.nodeId), found);
    }
    for (const edge of part.edges) picture.edges.set(edgeKey(edge), edge);
    if (part.truncation) {
      picture.cut = true;
      for (const node of part.truncation.nodes) picture.missing += Number(node.degree - node.kept);
    }
  }
  return picture;
}

// Adds `more` as far as the bound allows.
export function mergePictures(base: Picture, more: Picture): Picture {
  const merged: Picture = {
    nodes: new Map(base.nodes),
    edges: new Map(base.edges),
    missing: base.missing + more.missing,
    cut: base.cut || more.cut,
  };
  for (const [id, node] of more.nodes) {
    if (merged.nodes.has(id)) continue;
    if (merged.nodes.size >= NODES_MAX) {
      merged.cut = true;
      merged.missing += 1;
    } else {
      // Rings of another centre say nothing here.
      merged.nodes.set(id, { ...node, ring: Math.max(1, node.ring) });
    }
  }
  for (const [key, edge] of more.edges) {
    if (merged.nodes.has(String(edge.source?.nodeId)) && merged.nodes.has(String(edge.target?.nodeId))) {
      merged.edges.set(key, edge);
    }
  }
  return merged;
}

function edgeKey(edge: Edge): string {
  return `${edge.factId}:${edge.type}:${edge.source?.nodeId}:${edge.target?.nodeId}:${edge.role}`;
}

export function viewNodes(picture: Picture, t: Translator): ViewNode[] {
  // A deal's own name lists its parties, who stand around it anyway: its kind and year say more.
  const dealLabels = new Map<string, string>();
  for (const edge of picture.edges.values()) {
    if (edge.type === "PARTY_TO" && edge.partnershipKind) {
      const year = edge.date?.year ? ` ${edge.date.year}` : "";
      const label = t.term(edge.partnershipKind) + year;
      dealLabels.set(String(edge.target?.nodeId), label);
    }
  }
  return [...picture.nodes.values()].map(({ node, ring, degree }) => {
    const id = String(node?.nodeId);
    const kind = node?.kind ?? NodeKind.UNSPECIFIED;
    const name = node?.name ?? id;
    const label = (kind === NodeKind.PARTNERSHIP && dealLabels.get(id)) || name;
    return { id, kind, name, label, degree: Number(degree), ring };
  });
}

export function viewEdges(picture: Picture, t: Translator): ViewEdge[] {
  return [...picture.edges].map(([id, edge]) => ({
    id,
    source: String(edge.source?.nodeId),
    target: String(edge.target?.nodeId),
    type: edge.type,
    label: edge.title || (edge.role ? t.term(edge.role) : edge.type === "PARTNER_WITH" ? t.term(edge.partnershipKind) : t.term(edge.type)),
    factId: edge.factId,
    tentative: edge.status === FactStatus.RUMOURED || edge.status === FactStatus.PLANNED,
  }));
}
