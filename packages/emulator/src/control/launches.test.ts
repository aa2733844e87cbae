import { agentLaunchList } from "@richline/contract";
import { describe, expect, test } from "vitest";
import { agentId, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

async function withLaunches() {
  const receiver = await startReceiver();
  const fixture = await startEmulator({
    agents: [{ agentId, displayName: "Demo", webhookUrl: receiver.url, clientToken: "secret" }],
  });
  const move = (launchState: string, more: object = {}) =>
    fixture.control(`/agents/${agentId}/launches`, {
      method: "POST",
      body: { regionId: "fi-rcs", launchState, ...more },
    });
  return { ...fixture, receiver, move };
}

describe("a launch", () => {
  test("is asked for by the partner and granted by the carrier; the webhook hears of both", async () => {
    const { move, receiver } = await withLaunches();
    expect(await move("PENDING")).toMatchObject({
      status: 200,
      body: { regionId: "fi-rcs", launchState: "PENDING", actingParty: "PARTNER" },
    });
    await move("LAUNCHED", { actingParty: "Elisa", comment: "Welcome" });
    const [, granted] = await receiver.take(2);
    expect(granted?.envelope.message.attributes).toMatchObject({
      business_id: agentId,
      product: "RBM",
      type: "agent_launch_event",
      event_type: "LAUNCHED",
    });
    expect(granted?.data).toEqual({
      eventId: expect.any(String),
      agentId,
      botDisplayName: "Demo",
      brandId: expect.any(String),
      brandDisplayName: "Demo",
      regionId: "/v1/regions/fi-rcs",
      oldLaunchState: "PENDING",
      newLaunchState: "LAUNCHED",
      actingParty: "Elisa",
      comment: "Welcome",
      sendTime: expect.any(String),
    });
  });

  test.each([
    [[], ["PENDING"]],
    [["PENDING"], ["LAUNCHED", "REJECTED"]],
    [["PENDING", "REJECTED"], ["PENDING"]],
    [["PENDING", "LAUNCHED"], ["SUSPENDED"]],
    [
      ["PENDING", "LAUNCHED", "SUSPENDED"],
      ["LAUNCHED", "UNLAUNCHED"],
    ],
    [["PENDING", "LAUNCHED", "SUSPENDED", "UNLAUNCHED"], ["PENDING"]],
  ])("after %j can become %j only", async (before, legal) => {
    for (const state of ["UNLAUNCHED", "PENDING", "LAUNCHED", "REJECTED", "SUSPENDED"]) {
      const { move } = await withLaunches();
      for (const step of before) await move(step);
      const answer = await move(state);
      if (legal.includes(state)) expect(answer).toMatchObject({ status: 200 });
      else {
        const detail = expect.stringContaining(legal.join(" or "));
        expect(answer).toMatchObject({ status: 409, body: { code: "conflict", detail } });
      }
    }
  });

  test("stands where it is in each region, also after a reset", async () => {
    const { move, control } = await withLaunches();
    await move("PENDING");
    await move("PENDING", { regionId: "de-rcs" });
    await move("REJECTED", { regionId: "de-rcs", comment: "No terms" });
    await control("/reset", { method: "POST" });
    const { body } = await control(`/agents/${agentId}/launches`);
    expect(agentLaunchList.parse(body)).toEqual(body);
    expect(body.launches).toMatchObject([
      { regionId: "fi-rcs", launchState: "PENDING" },
      { regionId: "de-rcs", launchState: "REJECTED", comment: "No terms" },
    ]);
    expect((await control(`/agents/${agentId}`)).body.launches).toEqual(body.launches);
  });

  test("that is described wrongly is refused", async () => {
    const { move } = await withLaunches();
    expect(await move("LAUNCH")).toMatchObject({ status: 400 });
    expect(await move("PENDING", { regionId: "/v1/regions/fi" })).toMatchObject({ status: 400 });
  });
});
