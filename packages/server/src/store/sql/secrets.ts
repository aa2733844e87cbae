import { type Session, textOf } from "./session.ts";

/** The secret of this name: whoever is first decides it for all nodes. */
export async function keepSecret(session: Session, name: string, secret: string): Promise<string> {
  await session.insert({
    table: "secrets",
    columns: { name: "text", secret: "text" },
    rows: [{ name, secret }],
    suffix: "ON CONFLICT (name) DO NOTHING",
  });
  const [row] = await session.all("SELECT secret FROM secrets WHERE name = $1", [name]);
  if (row === undefined) throw new Error("A secret that was kept is not there.");
  return textOf(row, "secret");
}
