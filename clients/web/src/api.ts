// The services, called in the Connect protocol on the page's own origin.
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { AdminService } from "./gen/partnergraph/v1/admin_service_pb";
import { GraphService } from "./gen/partnergraph/v1/graph_service_pb";

const transport = createConnectTransport({
  baseUrl: location.origin,
  useBinaryFormat: true,
  defaultTimeoutMs: 20_000,
});

export const graph = createClient(GraphService, transport);
export const admin = createClient(AdminService, transport);

export function errorText(error: unknown): string {
  const connectError = ConnectError.from(error);
  return `${connectError.rawMessage} (${Code[connectError.code] ?? "Unknown"})`;
}

export function isCancelled(error: unknown): boolean {
  return ConnectError.from(error).code === Code.Canceled;
}
