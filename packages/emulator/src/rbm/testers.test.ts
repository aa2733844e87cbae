import { randomUUID } from "node:crypto";
import { testerInvitationList } from "@richline/contract";
import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import type { EmulatorOptions } from "../index.ts";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";

const day = 86_400_000;
const forbidden = { status: 403, body: { error: { status: "PERMISSION_DENIED" } } };

async function withTesters(options: EmulatorOptions = {}) {
  const clock = createManualClock();
  const fixture = await startEmulator({ clock, testersRequired: true, ...options });
  const { rbm, control, call } = fixture;
  const invite = (phone: string) =>
    rbm(`/v1/phones/${phone}/testers?agentId=${agentId}`, { method: "POST", body: {} });
  const answer = (phone: string, given: "accept" | "decline") =>
    control(`/phones/${phone}/invitations/${agentId}`, { method: "POST", body: { answer: given } });
  const ask = (phone: string) =>
    rbm(`/v1/phones/${phone}/capabilities?requestId=${randomUUID()}&agentId=${agentId}`);
  /** Invites with a token of its own: tokens end before a day does. */
  const inviteLater = async (phone: string) => {
    const token = (await call("/_emulator/token", { method: "POST" })).body.access_token;
    const headers = { authorization: `Bearer ${token}` };
    return rbm(`/v1/phones/${phone}/testers?agentId=${agentId}`, { method: "POST", headers });
  };
  return { ...fixture, clock, invite, answer, ask, inviteLater };
}

describe("a tester", () => {
  test("is invited, reads the invitation on the phone, and accepts it", async () => {
    const { invite, answer, send, ask, control } = await withTesters();
    expect(await send(somePhone, aText())).toMatchObject(forbidden);
    expect(await ask(somePhone)).toMatchObject(forbidden);

    expect(await invite(somePhone)).toMatchObject({
      status: 200,
      body: { name: `phones/${somePhone}/testers`, inviteStatus: "PENDING" },
    });
    expect(await send(somePhone, aText())).toMatchObject(forbidden);
    const shown = (await control(`/phones/${somePhone}/invitations`)).body;
    expect(testerInvitationList.parse(shown)).toEqual(shown);
    expect(shown.invitations).toMatchObject([
      { agentId, displayName: "Demo", phoneNumber: somePhone, inviteStatus: "PENDING" },
    ]);

    expect(await answer(somePhone, "accept")).toMatchObject({
      status: 200,
      body: { inviteStatus: "ACCEPTED", answeredAt: expect.any(String) },
    });
    expect(await send(somePhone, aText())).toMatchObject({ status: 200 });
    expect(await ask(somePhone)).toMatchObject({ status: 200 });
    expect((await invite(somePhone)).body.inviteStatus).toBe("ACCEPTED");
    expect((await control(`/agents/${agentId}/testers`)).body.invitations).toMatchObject([
      { phoneNumber: somePhone, inviteStatus: "ACCEPTED" },
    ]);
  });

  test("who declines is not written to, and can be asked again", async () => {
    const { invite, answer, send } = await withTesters();
    await invite(somePhone);
    await answer(somePhone, "decline");
    expect(await send(somePhone, aText())).toMatchObject(forbidden);
    expect(await answer(somePhone, "accept")).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
    expect((await invite(somePhone)).body.inviteStatus).toBe("PENDING");
    await answer(somePhone, "accept");
    expect(await send(somePhone, aText())).toMatchObject({ status: 200 });
  });

  test("is not needed by an agent that is launched somewhere, or unless it is asked for", async () => {
    const { send, control } = await withTesters();
    for (const launchState of ["PENDING", "LAUNCHED"]) {
      const body = { regionId: "fi-rcs", launchState };
      await control(`/agents/${agentId}/launches`, { method: "POST", body });
    }
    expect(await send(somePhone, aText())).toMatchObject({ status: 200 });
    const other = await withTesters({ testersRequired: false });
    expect(await other.send(somePhone, aText())).toMatchObject({ status: 200 });
  });

  test("has a phone with RCS: else the invitation answers 404", async () => {
    const { invite } = await withTesters();
    expect(await invite("+12025550190")).toMatchObject({
      status: 404,
      body: { error: { status: "NOT_FOUND" } },
    });
  });

  test("is not forgotten before a reset", async () => {
    const { invite, answer, send, control } = await withTesters();
    await invite(somePhone);
    await answer(somePhone, "accept");
    await control("/reset", { method: "POST" });
    expect(await send(somePhone, aText())).toMatchObject(forbidden);
  });

  test("must have been invited to answer", async () => {
    const { answer, control } = await withTesters({ phones: [{ phoneNumber: somePhone }] });
    expect(await answer(somePhone, "accept")).toMatchObject({ status: 404 });
    expect((await control(`/phones/${somePhone}/invitations`)).body).toEqual({ invitations: [] });
  });
});

describe("invitations", () => {
  const phone = (index: number) => `+1303555${String(index).padStart(4, "0")}`;
  const tooMany = { status: 429, body: { error: { status: "RESOURCE_EXHAUSTED" } } };

  test("are at most 20 in 24 hours", async () => {
    const { invite, inviteLater, clock } = await withTesters();
    for (let index = 0; index < 20; index += 1) {
      expect(await invite(phone(index))).toMatchObject({ status: 200 });
    }
    expect(await invite(phone(20))).toMatchObject(tooMany);
    clock.advance(day);
    expect(await inviteLater(phone(20))).toMatchObject({ status: 200 });
  });

  test("are at most 200 in all", async () => {
    const { invite } = await withTesters({ quotas: { testerInvitesPerDayMax: 1_000 } });
    for (let index = 0; index < 200; index += 1) await invite(phone(index));
    expect(await invite(phone(200))).toMatchObject(tooMany);
  });
});

describe("Dialogflow", () => {
  test("is integrated with no agent: 403", async () => {
    const { rbm } = await withTesters();
    const path = `/v1/phones/${somePhone}/dialogflowMessages?messageIdPrefix=a&agentId=${agentId}`;
    const body = { eventName: "welcome", languageCode: "en", parameters: {} };
    expect(await rbm(path, { method: "POST", body })).toMatchObject(forbidden);
  });
});
