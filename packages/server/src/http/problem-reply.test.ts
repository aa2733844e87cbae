import { pino } from "pino";
import { expect, it } from "vitest";
import type { HttpContext } from "./http-context.ts";
import { createHttpServer } from "./http-server.ts";
import type { PrometheusMetrics } from "./prometheus.ts";

it("a request that failed is one log line, which names the request once, as the answer does", async () => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(line) });
  // SAFETY: registering the routes reads these two; `/metrics`, the one called, reads neither.
  const context = { publicUrl: "http://127.0.0.1", version: "0" } as HttpContext;
  // SAFETY: `/metrics` gets no further than this.
  const prometheus = { render: () => Promise.reject(new Error("disk gone")) } as PrometheusMetrics;
  const server = createHttpServer(context, { logger, prometheus });
  const answer = await server.inject("/metrics");
  await server.close();
  expect(answer.statusCode).toBe(500);
  const failed = lines.filter((line) => line.includes("request failed"));
  expect(failed).toHaveLength(1);
  expect(failed[0]?.match(/"requestId"/g)).toHaveLength(1);
  expect(failed[0]).toContain(`"requestId":"${answer.headers["x-request-id"]}"`);
  expect(answer.json()).toMatchObject({ requestId: answer.headers["x-request-id"] });
});
