// The tiers of tests; `npm test` runs all but interop (ONNX Runtime) and published (the real data), which have commands of their own.
import path from "node:path";
import { defineConfig } from "vitest/config";

const tiers = ["unit", "conformance", "golden", "lifecycle", "types", "fuzz", "e2e", "tools", "interop", "published"];
const root = import.meta.dirname;

export default defineConfig({
  resolve: { alias: { netwright: path.join(root, "lib/index.ts") } },
  test: {
    projects: tiers.map((tier) => ({
      extends: true as const,
      test: {
        // `npm test` leaves out what needs more than the README's tools: vitest joins several negations by "or", one pattern does it.
        name: ["interop", "published"].includes(tier) ? `needs:${tier}` : tier,
        include: [`test/${tier}/**/*.test.ts`],
        // Native state is per process: a crash or a forced instruction set stays within its file.
        pool: "forks" as const,
        testTimeout: 60_000,
        hookTimeout: 120_000,
      },
    })),
    // A test that is switched off or focused is a failure, not a silent gap.
    allowOnly: false,
    passWithNoTests: false,
  },
});
