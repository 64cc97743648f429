import { defineConfig } from "vite";

// `npm run dev` serves the sources and passes calls on to a partnergraphd that runs already.
export default defineConfig({
  esbuild: { jsx: "automatic" },
  build: { target: "es2022", chunkSizeWarningLimit: 700, assetsInlineLimit: 0 },
  server: {
    proxy: {
      "^/partnergraph\\.v1\\.": {
        target: "http://127.0.0.1:8080",
        configure: (proxy) => {
          // The page's origin is the development server's, which partnergraphd would refuse.
          proxy.on("proxyReq", (request) => request.removeHeader("origin"));
        },
      },
    },
  },
});
